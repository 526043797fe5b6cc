"""What the ticket's workflow asks its activities, apart from effects."""

from __future__ import annotations

from datetime import datetime

from casewright.domain.acts import Remedy
from casewright.domain.decision import ApprovalNeed, Ruling
from casewright.domain.effects import EffectCall
from casewright.domain.events import EventRow
from casewright.domain.model import Frozen
from casewright.domain.state import TicketState
from casewright.domain.steps import Step
from casewright.domain.ticket import ClaimName, ClaimValue, Plan, PolicyId, Priority, Requester

ASSESS = "assess"
ENTITLE = "entitle"
PREPARE_REMEDY = "prepare_remedy"
JOURNAL = "journal"
GIVE_UP = "give_up"
FACTS_MISSING = "FactsMissing"
JOURNAL_CONFLICT = "JournalConflict"


class AssessRequest(Frozen):
    """Gather the facts of a ticket and decide it."""

    ticket: str
    submitted_at: datetime
    policy: PolicyId
    version: int | None
    """None: the version in force when it was submitted."""
    priority: Priority
    requester: Requester
    claims: dict[ClaimName, ClaimValue]
    insist: bool = False
    """Fail (to be retried) rather than decide while a needed fact is unavailable."""

    @classmethod
    def of(cls, state: TicketState, *, insist: bool = False) -> AssessRequest:
        """What there is to decide about a ticket now."""
        ruling: Ruling | None = state.ruling
        return cls(
            ticket=state.id,
            submitted_at=state.submitted_at,
            policy=state.submission.policy,
            version=ruling.version if ruling else None,
            priority=state.priority,
            requester=state.submission.requester,
            claims=state.claims,
            insist=insist,
        )


class EntitleRequest(Frozen):
    """Work out a ticket's commitments under its present ruling and priority."""

    case: AssessRequest
    ruling: Ruling | None
    plan: Plan | None
    customer: str | None
    zone: str | None = None
    seek: bool = False
    """Ask billing for the plan, and fail (to be retried) while it can't say."""

    @classmethod
    def of(cls, state: TicketState) -> EntitleRequest:
        """What a ticket is entitled to now, as far as it is known who the customer is."""
        return cls(
            case=AssessRequest.of(state),
            ruling=state.ruling,
            plan=state.plan,
            customer=state.customer,
            zone=state.zone,
        )


class RemedyOrder(Frozen):
    """Check a person's remedy against the systems, and turn it into steps."""

    case: AssessRequest
    remedy: Remedy


class RemedyPlan(Frozen):
    """The steps of a remedy and who may authorise it; or why it can't be given."""

    steps: tuple[Step, ...] = ()
    need: ApprovalNeed | None = None
    impossible: str | None = None


class JournalRows(Frozen):
    """Rows that no effect carries."""

    rows: tuple[EventRow, ...]


class GivenUp(Frozen):
    """An effect whose retry budget is over."""

    call: EffectCall
    reason: str
