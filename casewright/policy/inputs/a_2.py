"""A.2 subscription cancellation and refund: from billing's facts to the table's inputs (HB A.2, DF 6)."""

from __future__ import annotations

from datetime import datetime, timedelta

from casewright.domain.billing import Account, AutomaticRefunds
from casewright.domain.decision import ApprovalNeed
from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.steps import SpendingLimit
from casewright.domain.subscriptions import Subscriptions
from casewright.policy.case import Case
from casewright.policy.derivation import Derived, InputsModule, asked_each
from casewright.policy.inputs.remedies import prepare_remedy, subscription_proof
from casewright.policy.inputs.subscription import (
    Cancellation,
    Parameters,
    PaymentState,
    PlanName,
    SubscriptionState,
    known,
)


class Inputs(Frozen):
    """The table's columns; see the policy's file for what each means."""

    plan: PlanName | None
    price_locked: bool | None
    subscription: SubscriptionState | None
    payment: PaymentState | None
    since_payment: timedelta | None
    pays_cycle: bool | None
    refund: Money | None


class Values(Frozen):
    """What the steps use."""

    customer: str | None = None
    subscription_id: str | None = None
    plan_name: str = "current"
    paid_until: datetime | None = None
    """The end of the cycle whose unused part is given back; None: nothing is."""
    charge: str | None = None
    amount: Money | None = None
    limits: tuple[SpendingLimit, ...] | None = None
    without_refund: str | None = None
    """The subscription again, where nothing is given back."""
    notice_days: int = 0
    """Days until it ends, from when somebody says so: none within the cooling-off period."""
    ends: str = "at once"
    approvers: ApprovalNeed | None = None
    """Who may give what is prepared."""


def derive(case: Case, parameters: Parameters) -> Derived[Inputs, Values]:
    """The table's inputs, each unavailable exactly when it needs a fact that is; and what the steps use."""
    asked = Cancellation(case, parameters)
    inputs, unavailable = asked_each(Inputs, asked)
    return Derived(inputs, _values(asked), unavailable)


def _values(asked: Cancellation) -> Values:
    if not known(asked) or asked.account is None or asked.lasting is None:
        return Values()
    account, subscription = asked.account, asked.lasting
    plan = account.plan.value.capitalize() if account.plan is not None else "current"
    # A locked price is negotiated: nothing is worked out beforehand (DF 6.3).
    amount = asked.refund if asked.in_cooling_off and not asked.price_locked else None
    if amount is None or asked.paid is None:
        days = 0 if asked.in_cooling_off else -(-asked.parameters.notice // timedelta(days=1))
        return Values(
            customer=account.customer,
            subscription_id=subscription.id,
            plan_name=plan,
            without_refund=subscription.id,
            notice_days=days,
            ends=f"{days} days after this message" if days else "at once",
            approvers=_cancellers(asked, account),
        )
    charge = asked.paid.invoiced.charge
    return Values(
        customer=account.customer,
        subscription_id=subscription.id,
        plan_name=plan,
        paid_until=subscription.cycle_end,
        charge=charge.id,
        amount=amount,
        limits=asked.limits(amount),
        approvers=asked.case.charter.approvers(
            "refund", amount + charge.refunded, account.plan, asked.case.at - charge.created
        ),
    )


def _cancellers(asked: Cancellation, account: Account) -> ApprovalNeed:
    """Who may cancel without giving anything back: whoever has authority over a refund of nothing on that plan."""
    need = asked.case.charter.approvers("refund", Money.zero("USD"), account.plan, None)
    plan = account.plan.value if account.plan is not None else "unknown"
    return need.model_copy(update={"why": f"cancellation on plan {plan}: DF 6.1"})


MODULE = InputsModule(
    parameters=Parameters,
    inputs=Inputs,
    values=Values,
    facts={
        "billing.account": Account,
        "billing.subscription": Subscriptions,
        "ledger.automatic_refunds": AutomaticRefunds,
    },
    derive=derive,
    prepare_remedy=lambda case, _, remedy: prepare_remedy(case, remedy, subscription_proof(case, remedy)),
)
