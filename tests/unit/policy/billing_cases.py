"""Cases of billing for tests: who asks, what was charged, what was given back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel

from casewright.domain.billing import Account, AutomaticRefunds, Charge, ChargeHistory, InvoicedCharge, Remuneration
from casewright.domain.decision import Decision
from casewright.domain.facts import Fact
from casewright.domain.money import Money
from casewright.domain.requests import AssessRequest
from casewright.domain.ticket import ClaimValue, Plan, Priority, Requester
from casewright.handbook import Handbook
from casewright.policy.case import Case

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "handbook"
FILE = FOLDER / "policies" / "A.1.v1.yaml"
HANDBOOK = Handbook.load(FOLDER)
A_1 = HANDBOOK.policy_for("A.1", 1, datetime(2025, 3, 10, tzinfo=UTC))
NOW = datetime(2025, 3, 10, 12, tzinfo=UTC)
BOUGHT = datetime(2025, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def money(amount: str, currency: str = "USD") -> Money:
    """An amount."""
    return Money(amount=Decimal(amount), currency=currency)


def charge(
    name: str = "ch_1",
    amount: Money | None = None,
    *,
    after: timedelta = timedelta(),
    transaction: str | None = None,
    invoice: str | None = None,
    refunded: str = "0",
    elsewhere: str = "0",
    customer: str = "cus_1",
    paid: bool = True,
    disputed: bool = False,
) -> Charge:
    """A charge, some time after the first."""
    value = amount or money("49.00")
    return Charge(
        id=name,
        customer=customer,
        amount=value,
        refunded=money(refunded, value.currency),
        refunded_elsewhere=money(elsewhere, value.currency),
        invoice=invoice,
        created=BOUGHT + after,
        paid=paid,
        disputed=disputed,
        transaction_id=transaction,
    )


FIRST = charge(invoice="in_1")
TWIN = charge("ch_2", after=HOUR)
NOTHING: dict[str, str] = {}


def case(
    *charges: Charge,
    total: Money | None = None,
    claims: Mapping[str, ClaimValue] | None = None,
    priority: Priority = Priority.LOW,
    email: str = "jane@example.com",
    plan: Plan | None = Plan.STARTER,
    account: bool = True,
    customer: str = "cus_1",
    past: tuple[Remuneration, ...] = (),
    lost: Mapping[str, str] = NOTHING,
    at: datetime = NOW,
) -> Case:
    """A case whose invoice INV-1 was paid by the first charge; ``lost`` names facts that can't be had."""
    named = [InvoicedCharge(invoice="INV-1", invoice_total=total or one.amount, charge=one) for one in charges[:1]]
    found = Account(customer=customer, name=None, contacts=("jane@example.com",), plan=plan)
    models: dict[str, BaseModel | None] = {
        "billing.account": found if account else None,
        "billing.charge": named[0] if named else None,
        "billing.history": ChargeHistory(charges=charges),
        "ledger.automatic_refunds": AutomaticRefunds(refunds=past),
    }
    asked = AssessRequest(
        ticket="T-0000000000000001",
        submitted_at=at,
        policy="A.1",
        version=1,
        priority=priority,
        requester=Requester(email=email),
        claims={"invoice": "INV-1"} if claims is None else dict(claims),
    )
    facts = [
        Fact.unavailable(name, "test", at, lost[name]) if name in lost else Fact.of(name, "test", at, model)
        for name, model in models.items()
    ]
    return HANDBOOK.case(asked, facts, at)


def past(amount: str, ago: timedelta, currency: str = "USD") -> Remuneration:
    """An automatic refund of another ticket."""
    return Remuneration(ticket="T-0000000000000002", amount=money(amount, currency), at=NOW - ago)


def decided(told: Case) -> Decision:
    """The decision, overlays included."""
    return HANDBOOK.decide(told, told.at)


def rule(told: Case) -> str | None:
    """The rule that a case comes to."""
    return decided(told).ruling.rule


def refund(told: Case) -> str | None:
    """What its refund gives, gated or not."""
    amounts = [str(p.step.amount) for p in decided(told).steps if p.step.kind == "refund"]
    return amounts[0] if amounts else None
