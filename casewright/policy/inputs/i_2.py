"""I.2 invoice dispute and payment plan: from claims and billing facts to the table's inputs (HB I.2, RULES I.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from casewright.domain.billing import Account
from casewright.domain.facts import FactUnavailable
from casewright.domain.installments import Bill, Installment, PaymentRecord
from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.steps import PLAN_SCOPE, SpendingLimit
from casewright.policy.case import Case
from casewright.policy.derivation import Derived, InputsModule, asked_each
from casewright.policy.inputs.plan_request import BillState, History, PlanRequest


class Parameters(Frozen):
    """What this code reads of the version's parameters: nothing; the table compares."""


class Inputs(Frozen):
    """The table's columns; see the policy's file for what each means."""

    dispute: Literal["none", "billing", "contract", "unclear"] | None
    tenure: Decimal | None
    history: History | None
    invoice: Literal["missing", "unknown", "foreign", "found"] | None
    bill: BillState | None
    months: Decimal | None


class Values(Frozen):
    """What the steps use: of the customer's own open invoice, where the asked-for months cut it into parts."""

    customer: str | None = None
    invoice_id: str | None = None
    number: str | None = None
    owed: Money | None = None
    parts: tuple[Installment, ...] | None = None
    schedule: str | None = None
    """The parts, a line each."""
    limits: tuple[SpendingLimit, ...] | None = None


def derive(case: Case, parameters: Parameters) -> Derived[Inputs, Values]:
    """The table's inputs, each unavailable exactly when it needs a fact that is; and what the steps use."""
    asked = PlanRequest(case)
    inputs, unavailable = asked_each(Inputs, asked)
    return Derived(inputs, _values(asked), unavailable)


def _values(asked: PlanRequest) -> Values:
    try:
        bill, parts = asked.own, asked.parts
    except FactUnavailable:
        return Values()
    if bill is None or parts is None:
        return Values()
    return Values(
        customer=bill.customer,
        invoice_id=bill.id,
        number=bill.number,
        owed=bill.remaining,
        parts=parts,
        schedule="\n".join(map(str, parts)),
        limits=(SpendingLimit(scopes=(f"{PLAN_SCOPE}{bill.id}",), capacity=bill.remaining),),
    )


MODULE = InputsModule(
    parameters=Parameters,
    inputs=Inputs,
    values=Values,
    facts={"billing.account": Account, "billing.bill": Bill, "billing.payments": PaymentRecord},
    derive=derive,
)
