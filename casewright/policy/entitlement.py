"""Which commitments a ticket has: every one that applies, of every document, with its clock (RULES §4). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from casewright.domain import elapsing, spans
from casewright.domain.calendars import Calendar, zone_named
from casewright.domain.charter import Charter
from casewright.domain.clocks import DEFAULT_CALENDAR, CalendarId, Clock, CommitmentKind, Milestone
from casewright.domain.decision import Commitment, Ownership, Ruling
from casewright.domain.money import Money
from casewright.domain.ticket import Plan, PolicyId, Priority
from casewright.policy.commitment_book import (
    CommitmentBook,
    CommitmentRow,
    CustomerHours,
    IssueCode,
    Occasion,
    Warnings,
)

_MARGIN, _AHEAD = timedelta(days=7), timedelta(days=800)
"""No commitment of a ticket, with its pauses, lasts longer than two years."""
_RESPONSES = frozenset({Milestone.ANSWERED, Milestone.CONTACTED})


def entitle(
    book: CommitmentBook,
    *,
    policy: PolicyId,
    priority: Priority,
    plan: Plan | None,
    received: datetime,
    customer_zone: str | None,
    ruling: Ruling | None,
    ruled_at: datetime | None,
    calendars: Mapping[str, Calendar],
    charter: Charter | None = None,
    issue_code: IssueCode | None = None,
) -> tuple[Clock, ...]:
    """Every commitment that applies, each under a stable id, from the receipt (docs/decisions/0018).

    An unknown plan brings no promise of a plan; an unknown zone leaves the start where it is. The charter says whose
    calendar a team's business hours are; without it, or without a team, they are the default's.

    Raises:
        LookupError: a commitment counts by a calendar that isn't among those given.
        ValueError: a rule's clock runs from the ruling, and nobody said when that was.
    """
    service = book.service_of(policy, priority, plan, issue_code)
    escalated = ruling is not None and ruling.ownership is Ownership.ESCALATE
    clocks: list[Clock] = []
    for row in book.rows:
        span = row.span(priority, plan, service, escalated)
        if span is not None:
            start = local_start(received, customer_zone, book.customer_hours) if row.local_start else received
            clocks.append(_clock(row, span, start))
    for commitment in ruling.commitments if ruling is not None else ():
        start = _rule_start(commitment, received, ruled_at)
        clocks.append(_of_rule(commitment, start, _team_calendar(ruling, charter), policy not in book.never_paused))
    for clock in clocks:
        if clock.calendar is not None and clock.calendar not in calendars:
            raise LookupError(f"{clock.id} counts by the calendar {clock.calendar!r}, and there is none of that name")
    return tuple(_warned(clock, book.warnings) for clock in clocks)


def promised_response(clocks: tuple[Clock, ...], calendars: Mapping[str, Calendar]) -> Clock | None:
    """The promise that the acknowledgment names: the nearest of those of an answer or a contact.

    Never one of resolution or of the rule's own action, which would promise when it is over (SOP over DF).
    """
    promises = [c for c in clocks if c.kind is CommitmentKind.PROMISE and c.met_by in _RESPONSES]
    return min(promises, key=lambda clock: (_due(clock, calendars), clock.id), default=None)


def promise_in_words(promise: Clock, received: datetime, customer_zone: str | None) -> str:
    """What follows "within" in the acknowledgment; a clock that starts later than the receipt says when."""
    words = spans.in_words(promise.span)
    if promise.started <= received or (zone := _zone(customer_zone)) is None:
        return words
    start = promise.started.astimezone(zone)
    return f"{words} from {start:%H:%M} on {start.day} {start:%B %Y} ({zone.key})"


def calendars_of(
    clocks: tuple[Clock, ...], ruling: Ruling | None, calendars: Mapping[str, Calendar]
) -> tuple[Calendar, ...]:
    """The calendars that these clocks and requests for approval count by; the default's always."""
    of_approval = ruling.approval.calendar if ruling is not None and ruling.approval is not None else None
    wanted = {DEFAULT_CALENDAR, of_approval, *(clock.calendar for clock in clocks)}
    since = min((clock.started for clock in clocks), default=None)
    return tuple(_lately(calendars[name], since) for name in sorted(calendars) if name in wanted)


def _lately(calendar: Calendar, since: datetime | None) -> Calendar:
    """A calendar as a ticket keeps it: with the holidays and exceptions that can matter to it, not those of decades."""
    if since is None:
        return calendar
    first, last = since.date() - _MARGIN, since.date() + _AHEAD
    kept = {
        name: {day: value for day, value in getattr(calendar, name).items() if first <= day <= last}
        for name in ("holidays", "exceptions")
    }
    return calendar.model_copy(update=kept)


def breach_remedy(book: CommitmentBook, plan: Plan | None) -> Money | None:
    """What Template 3 gives for a broken promise (DF 5.2); None: the apology alone."""
    return book.remedy(Occasion.BROKEN_PROMISE, plan)


def low_rating_remedy(book: CommitmentBook, plan: Plan | None) -> Money | None:
    """What a score below 3 is made good with, once per customer and quarter (DF 8.2)."""
    return book.remedy(Occasion.LOW_RATING, plan)


def local_start(received: datetime, customer_zone: str | None, hours: CustomerHours) -> datetime:
    """The receipt, or outside the customer's hours the next time that these begin (DF 3.2)."""
    zone = _zone(customer_zone)
    if zone is None:
        return received
    local = received.astimezone(zone)
    if hours.opens <= local.time() < hours.closes:
        return received
    day = local.date() if local.time() < hours.opens else local.date() + timedelta(days=1)
    return datetime.combine(day, hours.opens, zone).astimezone(UTC)


def _zone(name: str | None) -> ZoneInfo | None:
    """What a customer's record calls a zone need not be one."""
    try:
        return zone_named(name) if name else None
    except ValueError:
        return None


def _due(clock: Clock, calendars: Mapping[str, Calendar]) -> datetime:
    deadline = elapsing.deadline_of(clock, (), calendars)
    assert deadline is not None  # nothing pauses it
    return deadline


def _clock(row: CommitmentRow, span: str, started: datetime) -> Clock:
    return Clock(
        id=row.id,
        name=row.name,
        kind=row.kind,
        source=row.source,
        span=span,
        calendar=row.calendar or DEFAULT_CALENDAR if spans.needs_calendar(span) else None,
        met_by=row.met_by,
        started=started,
    )


def _warned(clock: Clock, warnings: Warnings) -> Clock:
    """A clock that warns when the book says so, whichever document it is of."""
    told = {"risk_percent": int(warnings.share * 100), "nearly_left": warnings.left, "nearly_over": warnings.over}
    return clock.model_copy(update=told)


def _rule_start(commitment: Commitment, received: datetime, ruled_at: datetime | None) -> datetime:
    if not commitment.from_ruling:
        return received
    if ruled_at is None:
        raise ValueError(f"{commitment.name} runs from the ruling, and nobody said when that was")
    return ruled_at


def _of_rule(commitment: Commitment, started: datetime, team_calendar: CalendarId, pausable: bool) -> Clock:
    calendar = (commitment.calendar or team_calendar) if spans.needs_calendar(commitment.span) else None
    return Clock(
        id=f"rule-{commitment.name.strip().replace(' ', '-')}",
        name=commitment.name,
        kind=commitment.kind,
        source=commitment.source,
        span=commitment.span,
        calendar=calendar,
        met_by=commitment.met_by,
        pausable=pausable,
        started=started,
    )


def _team_calendar(ruling: Ruling | None, charter: Charter | None) -> CalendarId:
    if ruling is None or charter is None:
        return DEFAULT_CALENDAR
    return charter.team(ruling.team).calendar
