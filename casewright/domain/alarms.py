"""Alarms: the instants at which a ticket does something by itself. One timer stands, for the nearest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from casewright.domain import elapsing, spans
from casewright.domain.clocks import DEFAULT_CALENDAR, Clock, Milestone
from casewright.domain.messages import TicketTerms
from casewright.domain.model import Frozen
from casewright.domain.state import Approval, Phase, TicketState

ANSWERABLE = timedelta(days=3)
"""How long a survey can be answered at the least, however short the reopening window."""
REMINDER = timedelta(days=1)
"""Between reminders of a request that the top level leaves unanswered (RULES §5)."""


class AlarmKind(StrEnum):
    """What is due; where several are at one instant, in this order."""

    AT_RISK = "at-risk"
    NEARLY_DUE = "nearly-due"
    BREACH = "breach"
    OVERDUE = "overdue"
    APPROVAL = "approval"
    SURVEY = "survey"
    CLOSE = "close"


class Alarm(Frozen):
    """One thing that is due at one instant."""

    at: datetime
    kind: AlarmKind
    subject: str = ""
    """The clock, for alarms of clocks."""
    deadline: datetime | None = None
    """Its deadline, for alarms of clocks."""

    @property
    def words(self) -> str:
        """For operators: what the timer is for."""
        return f"{self.kind}: {self.subject}" if self.subject else _WORDS[self.kind]


_WORDS = {
    AlarmKind.OVERDUE: "colleagues are reminded of what is overdue",
    AlarmKind.APPROVAL: "the request for approval goes up a level",
    AlarmKind.SURVEY: "the customer is asked how it went",
    AlarmKind.CLOSE: "the reopening window ends",
}


def next_alarm(state: TicketState, terms: TicketTerms, now: datetime) -> Alarm | None:
    """The nearest alarm, which may lie in the past; None: nothing is due ever."""
    return next(iter(next_alarms(state, terms, now)), None)


def next_alarms(state: TicketState, terms: TicketTerms, now: datetime) -> tuple[Alarm, ...]:
    """The nearest alarm and those of its kind at the same instant: people are told of them in one breath."""
    order = list(AlarmKind)
    found = sorted(_alarms(state, terms, now), key=lambda a: (a.at, order.index(a.kind), a.subject))
    return tuple(a for a in found if (a.at, a.kind) == (found[0].at, found[0].kind))


def next_deadline(state: TicketState) -> datetime | None:
    """The instant that people work to: the nearest deadline of a commitment or of a request for approval.

    One that has passed stays until it is met all the same: what is overdue comes before what is due.
    """
    if state.phase is Phase.CLOSED:
        return None
    found = [deadline for _, deadline in _deadlines(state, overdue=True)]
    if state.awaits_approval and state.approval is not None:
        found.append(approval_deadline(state, state.approval))
    return min(found, default=None)


def approval_deadline(state: TicketState, approval: Approval) -> datetime:
    """Until when the level that was asked last has time; at the top, when it is reminded."""
    need, asked = approval.need, approval.asked_at or state.folded_at
    if approval.reminders:
        return asked + REMINDER
    of_calendar = spans.needs_calendar(need.span)
    calendar = state.calendars.get(need.calendar or DEFAULT_CALENDAR) if of_calendar else None
    if of_calendar and calendar is None:
        return asked + REMINDER  # nothing was set that says when people work
    reached = elapsing.deadline(asked, elapsing.span(need.span, calendar), (), calendar)
    assert reached is not None  # nothing pauses it
    return reached


def _alarms(state: TicketState, terms: TicketTerms, now: datetime) -> Iterator[Alarm]:
    if state.phase is Phase.CLOSED:
        return
    for clock, deadline in _deadlines(state):
        yield from _of_clock(state, clock, deadline, now)
    if state.phase is Phase.OPEN and state.awaits_approval and state.approval is not None:
        yield Alarm(at=approval_deadline(state, state.approval), kind=AlarmKind.APPROVAL)
    yield from _overdue(state)
    survey = survey_at(state, terms)
    if survey is not None:
        yield Alarm(at=survey, kind=AlarmKind.SURVEY)
    if state.phase is Phase.RESOLVED and state.resolved_at is not None:
        yield Alarm(at=_end(state.resolved_at, terms), kind=AlarmKind.CLOSE)


def _end(resolved_at: datetime, terms: TicketTerms) -> datetime:
    """When the ticket closes for good: after the reopening window, and not before a survey could be answered."""
    ends = resolved_at + timedelta(days=terms.reopening_days)
    if terms.survey_hours is None:
        return ends
    return max(ends, resolved_at + timedelta(hours=terms.survey_hours) + ANSWERABLE)


def _overdue(state: TicketState) -> Iterator[Alarm]:
    """Once a day while something broken is still to be met: nothing rots in silence."""
    broken = [clock.breached_at for clock in overdue(state) if clock.breached_at is not None]
    if state.phase is Phase.OPEN and not state.waiting_for_customer and broken:
        yield Alarm(at=max([*broken, *filter(None, [state.overdue_told_at])]) + REMINDER, kind=AlarmKind.OVERDUE)


def overdue(state: TicketState) -> tuple[Clock, ...]:
    """The commitments that were broken and are still to be met."""
    return tuple(clock for clock in state.clocks.values() if clock.is_overdue)


def _deadlines(state: TicketState, *, overdue: bool = False) -> Iterator[tuple[Clock, datetime]]:
    """The clocks that run, with their deadlines, and if so wished those overdue; a paused one has none."""
    for clock in state.clocks.values():
        if clock.runs or (overdue and clock.is_overdue):
            deadline = elapsing.deadline_of(clock, state.pauses, state.calendars)
            if deadline is not None:
                yield clock, deadline


def _of_clock(state: TicketState, clock: Clock, deadline: datetime, now: datetime) -> Iterator[Alarm]:
    """What a clock will say; of a warning that its breach has overtaken, nothing."""
    yield Alarm(at=deadline, kind=AlarmKind.BREACH, subject=clock.id, deadline=deadline)
    if deadline <= now:
        return
    risk = elapsing.at_risk_of(clock, state.pauses, state.calendars)
    if clock.at_risk_at is None and risk is not None:
        yield Alarm(at=risk, kind=AlarmKind.AT_RISK, subject=clock.id, deadline=deadline)
    nearly = elapsing.nearly_due_of(clock, state.pauses, state.calendars)
    if clock.nearly_due_at is None and nearly is not None:
        yield Alarm(at=nearly, kind=AlarmKind.NEARLY_DUE, subject=clock.id, deadline=deadline)


def survey_at(state: TicketState, terms: TicketTerms) -> datetime | None:
    """When the customer is asked how it went: after every closure, though not again after a low rating.

    A neutral policy asks after its one answer, whoever works on the ticket meanwhile (B.1: no account enumeration).
    """
    if terms.survey_hours is None or (state.rating is not None and state.rating.is_low):
        return None
    after = timedelta(hours=terms.survey_hours)
    if state.ruling is not None and state.ruling.neutral:
        answered = state.reached.get(Milestone.ANSWERED)
        return answered + after if answered is not None and state.surveys == 0 else None
    if state.phase is not Phase.RESOLVED or state.resolved_at is None or state.surveyed >= state.closures:
        return None
    return state.resolved_at + after
