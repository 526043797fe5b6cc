"""Tickets to put into the journal, numbered as the workflow numbers them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from casewright.domain import events as ev
from casewright.domain.decision import ApprovalNeed
from casewright.domain.effects import EffectCall, Mandate
from casewright.domain.money import Money
from casewright.domain.people import SYSTEM, Actor, ActorKind
from casewright.domain.steps import MailStep, RefundStep, SpendingLimit, Step, VelocityLimit
from casewright.domain.ticket import Requester, Submission

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Tamper = Callable[..., Awaitable[None]]
"""(table, statement, values): run it with the table's append-only triggers off."""

MANAGER = Actor(id="mia", kind=ActorKind.PERSON, roles=("support-manager",))


def usd(amount: str) -> Money:
    """Dollars."""
    return Money(amount=Decimal(amount), currency="USD")


def refund(
    amount: str,
    charge: str = "ch_1",
    *,
    twins: tuple[str, ...] = (),
    capacity: str = "100.00",
    velocity: tuple[VelocityLimit, ...] = (),
    customer: str = "cus_1",
    step: str = "d1-refund",
) -> RefundStep:
    """A refund of a charge, limited by all its twins."""
    scopes = (f"charge:{charge}", *(f"twin:{twin}" for twin in twins))
    return RefundStep(
        id=step,
        customer=customer,
        charge=charge,
        amount=usd(amount),
        limits=(SpendingLimit(scopes=scopes, capacity=usd(capacity)),),
        velocity=velocity,
    )


@dataclass
class Story:
    """A ticket whose rows are numbered as the workflow would number them."""

    number: int = 1
    seq: int = 0
    rows: list[ev.EventRow] = field(default_factory=list)

    @property
    def ticket(self) -> str:
        """Its id."""
        return f"T-{self.number:016d}"

    def row(self, event: ev.Event, seq: int | None = None, actor: Actor = SYSTEM) -> ev.EventRow:
        """The next row, or one under a reserved number."""
        if seq is None:
            self.seq += 1
            seq = self.seq
        row = ev.EventRow(ticket=self.ticket, seq=seq, at=NOON + timedelta(seconds=seq), actor=actor, event=event)
        self.rows.append(row)
        return row

    def submitted(self, subject: str = "Charged twice") -> ev.EventRow:
        """The first row."""
        requester = Requester(email="ada@example.com", customer="cus_1")
        return self.row(ev.Submitted(submission=Submission(policy="A.1", subject=subject, requester=requester)))

    def call(self, step: Step, person: Actor | None = None, need: ApprovalNeed | None = None) -> EffectCall:
        """The call of a step: planned, started, and numbers reserved for its result and for ``resolved``."""
        rows = () if self.rows else (self.submitted(),)
        planned = self.row(ev.StepPlanned(step=step, closes=True))
        result, closing = self.seq + 2, self.seq + 3
        started = self.row(ev.StepStarted(step=step.id, result_seq=result, closing_seq=closing))
        self.seq = closing
        resolved = ev.EventRow(
            ticket=self.ticket, seq=closing, at=NOON, actor=SYSTEM, event=ev.Resolved(code="automated", summary="Done")
        )
        return EffectCall(
            ticket=self.ticket,
            step=step,
            mandate=Mandate(policy="A.1", version=1, rule="A.1/auto-refund", person=person, need=need),
            rows=(*rows, planned, started),
            result_seq=result,
            on_success=(resolved,),
        )


def mail(step: str = "d1-mail") -> MailStep:
    """A letter to the customer."""
    return MailStep(id=step, template="refund-confirmation", to="ada@example.com")
