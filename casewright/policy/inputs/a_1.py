"""A.1 overcharge and duplicate charge: from claims and billing facts to the table's inputs (HB A.1, DF 6)."""

from __future__ import annotations

from datetime import timedelta

from casewright.domain.billing import Account, AutomaticRefunds, ChargeHistory, InvoicedCharge
from casewright.domain.decision import ApprovalNeed
from casewright.domain.facts import FactUnavailable
from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.steps import SpendingLimit, VelocityLimit
from casewright.domain.ticket import Plan, Priority
from casewright.policy.case import Case
from casewright.policy.derivation import Derived, InputsModule, asked_each
from casewright.policy.inputs.overcharge import InvoiceState, Overcharge, Parameters, PaymentState
from casewright.policy.inputs.proof import ProofKind
from casewright.policy.inputs.remedies import invoice_proof, prepare_remedy


class Inputs(Frozen):
    """The table's columns; see the policy's file for what each means."""

    priority: Priority | None
    invoice: InvoiceState | None
    payment: PaymentState | None
    bank_dispute: bool | None
    proof: ProofKind | None
    disputed: Money | None
    within_proven: bool | None
    within_refundable: bool | None
    automatic_short: Money | None
    automatic_long: Money | None


class Values(Frozen):
    """What the steps use."""

    customer: str | None = None
    charge: str | None = None
    amount: Money | None = None
    """What a refund gives: the disputed amount, where it is proven and can be refunded; else None."""
    plan: str = "current"
    limits: tuple[SpendingLimit, ...] | None = None
    velocity: tuple[VelocityLimit, ...] = ()
    approvers: ApprovalNeed | None = None


def derive(case: Case, parameters: Parameters) -> Derived[Inputs, Values]:
    """The table's inputs, each unavailable exactly when it needs a fact that is; and what the steps use."""
    asked = Overcharge(case, parameters)
    inputs, unavailable = asked_each(Inputs, asked)
    return Derived(inputs, _values(asked), unavailable)


def _values(asked: Overcharge) -> Values:
    try:
        proof, amount, plan = asked.proven, asked.disputed, asked.account.plan if asked.account else None
        if proof is None or amount is None or asked.bank_dispute or asked.payment != "paid":
            return Values(plan=_plan(plan))
        if not (asked.within_proven and asked.within_refundable):
            return Values(plan=_plan(plan))
    except FactUnavailable:
        return Values()
    charge, parameters = proof.charge, asked.parameters
    return Values(
        customer=charge.customer,
        charge=charge.id,
        amount=amount,
        plan=_plan(plan),
        limits=proof.limits(amount),
        velocity=(
            VelocityLimit(hours=_hours(parameters.short_window), capacity=parameters.short_limit),
            VelocityLimit(hours=_hours(parameters.long_window), capacity=parameters.long_limit),
        ),
        approvers=asked.case.charter.approvers(
            "refund", amount + charge.refunded, plan, asked.case.at - charge.created
        ),
    )


def _plan(plan: Plan | None) -> str:
    return plan.value.capitalize() if plan is not None else "current"


def _hours(window: timedelta) -> int:
    """Whole hours, rounded up: a window is never shortened."""
    return -(-window // timedelta(hours=1))


MODULE = InputsModule(
    parameters=Parameters,
    inputs=Inputs,
    values=Values,
    facts={
        "billing.account": Account,
        "billing.charge": InvoicedCharge,
        "billing.history": ChargeHistory,
        "ledger.automatic_refunds": AutomaticRefunds,
    },
    derive=derive,
    prepare_remedy=lambda case, parameters, remedy: prepare_remedy(
        case, remedy, invoice_proof(case, remedy, parameters.twin_window)
    ),
)
