"""What travels between a client and the ticket's workflow: names and shapes, never workflow classes."""

from __future__ import annotations

from casewright.domain.events import EventRow
from casewright.domain.model import Frozen
from casewright.domain.people import ActorKind, PersonId
from casewright.domain.state import TicketState
from casewright.domain.tempo import Tempo
from casewright.domain.ticket import Submission, TicketId

TASK_QUEUE = "casewright"
TICKET_WORKFLOW = "Ticket"
ACT_UPDATE = "act"
"""Update ``act(Act) -> ActReceipt``; refused with error type ``ACT_REFUSED`` and one detail, a ``Refusal``."""
TELL_SIGNAL = "tell"
"""Signal ``tell(Act)``, for customers' answers that nobody waits on."""
STATE_QUERY = "state"
"""Query ``state() -> TicketState``; screens read the journal's tables instead."""
ACT_REFUSED = "ActRefused"

POLICY_ATTRIBUTE = "CasewrightPolicy"
PRIORITY_ATTRIBUTE = "CasewrightPriority"
STATE_ATTRIBUTE = "CasewrightState"
TEAM_ATTRIBUTE = "CasewrightTeam"
DEADLINE_ATTRIBUTE = "CasewrightDeadline"


class TicketTerms(Frozen):
    """What is fixed for a ticket's whole life at its submission."""

    reopening_days: int = 14
    survey_hours: int | None = 24
    """From the closure to the question how it went; None: no survey."""
    effect_budget_seconds: int = 3600
    """How long an effect is retried before its outcome counts as uncertain."""
    facts_budget_seconds: int = 600
    """How long an unavailable fact is asked for before people get the ticket."""
    tempo: Tempo = Tempo()
    """How fast its time runs: as the wall clock, but in a demonstration."""
    history_events: int = 8_000
    """Events in one run's history after which the ticket continues as new."""


class TicketStart(Frozen):
    """What starts a ticket, and what carries it over a continue-as-new."""

    ticket: TicketId
    submission: Submission
    submitter: PersonId = "unnamed"
    """The service or person who submitted it, as the way in established it."""
    submitter_kind: ActorKind = ActorKind.SERVICE
    terms: TicketTerms = TicketTerms()
    state: TicketState | None = None
    unwritten: tuple[EventRow, ...] = ()
    """Rows that the run before did not journal any more."""
