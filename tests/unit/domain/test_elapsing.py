"""Spans, pauses and calendars compose into deadlines that are never restarted (RULES §4)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casewright.domain.calendars import Calendar, add, between
from casewright.domain.clocks import Clock, CommitmentKind, Milestone, Pause
from casewright.domain.elapsing import (
    NoCalendar,
    at_risk_of,
    deadline,
    deadline_of,
    nearly_due_of,
    span,
    used,
)

from .business_cases import CALENDARS, MOMENTS, PAUSES, SPANS

FEW = settings(max_examples=20, deadline=None)
HOUR, MINUTE, ZERO = timedelta(hours=1), timedelta(minutes=1), timedelta()
THURSDAY = datetime(2026, 11, 19, 8, tzinfo=UTC)
MAYBE = st.none() | CALENDARS
WEEK = {
    day: [{"opens": "10:00", "closes": "18:00"}] for day in ("sunday", "monday", "tuesday", "wednesday", "thursday")
}
SUPPORT = Calendar.model_validate({"id": "support", "zone": "Etc/UTC", "weekly": WEEK})
CALENDARS_BY_ID = {"support": SUPPORT}


def clock(
    text: str = "4 h", *, started: datetime = THURSDAY, calendar: str | None = None, pausable: bool = True
) -> Clock:
    return Clock(
        id="response",
        name="first response",
        kind=CommitmentKind.PROMISE,
        source="DF 3.1",
        span=text,
        calendar=calendar,
        met_by=Milestone.ANSWERED,
        pausable=pausable,
        started=started,
    )


def pause(since: float, until: float | None) -> Pause:
    """In hours after THURSDAY."""
    return Pause(since=THURSDAY + since * HOUR, until=None if until is None else THURSDAY + until * HOUR)


@FEW
@given(MOMENTS, SPANS, PAUSES, MAYBE)
def test_by_its_deadline_exactly_the_span_is_used(
    started: datetime, whole: timedelta, pauses: list[Pause], calendar: Calendar | None
) -> None:
    due = deadline(started, whole, pauses, calendar)
    assert due is not None
    assert used(started, due, pauses, calendar) == whole
    if whole:
        assert used(started, due - timedelta(seconds=1), pauses, calendar) < whole


@FEW
@given(MOMENTS, SPANS, PAUSES, MOMENTS, SPANS, MAYBE)
def test_a_pause_never_shortens_what_is_left(
    started: datetime,
    whole: timedelta,
    pauses: list[Pause],
    since: datetime,
    lasts: timedelta,
    calendar: Calendar | None,
) -> None:
    more = [*pauses, Pause(since=since, until=since + lasts)]
    before, after = deadline(started, whole, pauses, calendar), deadline(started, whole, more, calendar)
    assert before is not None
    assert after is not None
    assert after >= before
    at = since + lasts
    assert used(started, at, more, calendar) <= used(started, at, pauses, calendar)


@FEW
@given(MOMENTS, MOMENTS, MOMENTS, PAUSES, MAYBE)
def test_splitting_a_span_at_any_instant_changes_nothing(
    a: datetime, b: datetime, c: datetime, pauses: list[Pause], calendar: Calendar | None
) -> None:
    first, middle, last = sorted((a, b, c))
    parts = used(first, middle, pauses, calendar) + used(middle, last, pauses, calendar)
    assert parts == used(first, last, pauses, calendar)


@FEW
@given(MOMENTS, MOMENTS, PAUSES, CALENDARS)
def test_off_hours_and_pauses_compose(a: datetime, b: datetime, pauses: list[Pause], calendar: Calendar) -> None:
    """Counted the slow way: business time of each quiet stretch between two edges that no pause covers."""
    first, last = min(a, b), max(a, b)
    edges = sorted({first, last, *(edge for p in pauses for edge in (p.since, p.until or last) if first < edge < last)})
    counted = [
        between(calendar, start, end)
        for start, end in pairwise(edges)
        if not any(p.since <= start and end <= (p.until or last) for p in pauses)
    ]
    assert used(first, last, pauses, calendar) == sum(counted, ZERO)


@FEW
@given(MOMENTS, SPANS, PAUSES, MAYBE, MOMENTS)
def test_a_change_of_target_counts_from_the_original_start(
    started: datetime, new: timedelta, pauses: list[Pause], calendar: Calendar | None, at: datetime
) -> None:
    at = max(at, started)
    left = new - used(started, at, pauses, calendar)
    due = deadline(started, new, pauses, calendar)
    assert due is not None
    if left > ZERO:
        assert due == deadline(at, left, pauses, calendar)


@FEW
@given(MOMENTS, SPANS, PAUSES, MAYBE)
def test_an_order_of_pauses_or_their_repetition_changes_nothing(
    started: datetime, whole: timedelta, pauses: list[Pause], calendar: Calendar | None
) -> None:
    assert deadline(started, whole, [*pauses[::-1], *pauses], calendar) == deadline(started, whole, pauses, calendar)


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([], 4),
        ([pause(1, 3)], 6),
        ([pause(1, 3), pause(2, 5)], 8),
        ([pause(1, 3), pause(3, 4)], 7),
        ([pause(-5, 1)], 5),
        ([pause(-5, -1)], 4),
        ([pause(4, 9)], 4),
        ([pause(1, 1)], 4),
        ([pause(3.5, None)], None),
        ([pause(4, None)], 4),
        ([pause(1, 2), pause(1.5, None)], None),
        ([pause(0, None), pause(1, 2)], None),
    ],
)
def test_elapsed_time_with_pauses(pauses: Sequence[Pause], due: float | None) -> None:
    assert deadline(THURSDAY, 4 * HOUR, pauses, None) == (None if due is None else THURSDAY + due * HOUR)


def test_a_suspended_escalation_as_znuny_explains_it() -> None:
    """znuny/Znuny4OTRS-EscalationSuspend: 2 h from 08:00, suspended from 09:00 to 10:05, escalate at 11:05."""
    suspended = Pause(since=THURSDAY + HOUR, until=THURSDAY + 2 * HOUR + 5 * MINUTE)
    assert deadline(THURSDAY, 2 * HOUR, [suspended], None) == THURSDAY + 3 * HOUR + 5 * MINUTE


def test_a_pause_outside_hours_adds_nothing() -> None:
    overnight = Pause(since=THURSDAY + 10 * HOUR, until=THURSDAY + 74 * HOUR)
    assert deadline(THURSDAY, 10 * HOUR, [overnight], SUPPORT) == add(SUPPORT, THURSDAY, 10 * HOUR)


def test_a_pause_inside_hours_adds_its_business_time_alone() -> None:
    """From Thursday 17:00 to Sunday 11:00 lie two business hours."""
    over_the_weekend = Pause(since=THURSDAY + 9 * HOUR, until=THURSDAY + 75 * HOUR)
    assert deadline(THURSDAY, 8 * HOUR, [over_the_weekend], SUPPORT) == THURSDAY + 76 * HOUR


def test_nothing_left_in_closed_hours_is_due_at_the_opening_that_no_pause_covers() -> None:
    evening = THURSDAY + 11 * HOUR
    covers = Pause(since=THURSDAY + 12 * HOUR, until=THURSDAY + 75 * HOUR)
    assert deadline(evening, ZERO, [covers], SUPPORT) == THURSDAY + 75 * HOUR
    assert deadline(evening, ZERO, [], SUPPORT) == THURSDAY + 74 * HOUR


def test_before_the_start_nothing_is_used_and_after_the_deadline_it_goes_on() -> None:
    assert used(THURSDAY, THURSDAY - HOUR, [], None) == ZERO
    assert used(THURSDAY, THURSDAY + 3 * HOUR, [], None) == 3 * HOUR


@pytest.mark.parametrize(
    ("text", "length"),
    [("30 min", 30 * MINUTE), ("24 h", 24 * HOUR), ("2 d", 48 * HOUR), ("4 bh", 4 * HOUR), ("2 wd", 16 * HOUR)],
)
def test_a_span_has_a_length(text: str, length: timedelta) -> None:
    assert span(text, SUPPORT) == length


def test_a_working_day_is_as_long_as_most_open_weekdays() -> None:
    week = {**WEEK, "sunday": [{"opens": "10:00", "closes": "12:00"}], "saturday": []}
    assert span("1 wd", SUPPORT.model_validate({**SUPPORT.model_dump(), "weekly": week})) == 8 * HOUR
    even = {
        day: WEEK["monday"] if day == "monday" else [{"opens": "10:00", "closes": "14:00"}]
        for day in ("monday", "friday")
    }
    assert span("1 wd", SUPPORT.model_validate({**SUPPORT.model_dump(), "weekly": even})) == 4 * HOUR


@pytest.mark.parametrize("text", ["4 bh", "1 wd"])
def test_business_time_without_a_calendar_is_an_error(text: str) -> None:
    with pytest.raises(NoCalendar, match="needs a calendar"):
        span(text, None)
    with pytest.raises(NoCalendar, match="needs the calendar None"):
        deadline_of(clock(text), (), CALENDARS_BY_ID)
    with pytest.raises(NoCalendar, match="needs the calendar nobody"):
        deadline_of(clock(text, calendar="nobody"), (), CALENDARS_BY_ID)


def test_working_days_of_a_calendar_without_weekly_hours_are_an_error() -> None:
    with pytest.raises(NoCalendar, match="no weekly hours"):
        span("1 wd", Calendar(id="fair", zone="Etc/UTC"))


@pytest.mark.parametrize("text", ["4", "4 weeks", "h", "-4 h", "four h", ""])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no span"):
        span(text, SUPPORT)


def test_a_clock_that_never_pauses_ignores_pauses() -> None:
    assert deadline_of(clock(pausable=False), [pause(1, None)], {}) == THURSDAY + 4 * HOUR
    assert deadline_of(clock(), [pause(1, None)], {}) is None


def test_elapsed_clocks_need_no_calendar_even_when_they_name_one() -> None:
    assert deadline_of(clock("4 h", calendar="support"), (), {}) == THURSDAY + 4 * HOUR
    assert deadline_of(clock("4 bh", calendar="support"), (), CALENDARS_BY_ID) == THURSDAY + 6 * HOUR


def test_a_clock_is_at_risk_when_four_fifths_are_used() -> None:
    assert at_risk_of(clock("5 h"), [pause(1, 2)], {}) == THURSDAY + 5 * HOUR
    assert at_risk_of(clock("10 bh", calendar="support"), (), CALENDARS_BY_ID) == THURSDAY + 10 * HOUR
    assert at_risk_of(clock("5 h"), [pause(1, None)], {}) is None


@pytest.mark.parametrize(("text", "nearly"), [("74 min", None), ("75 min", None), ("76 min", 61), ("24 h", 1425)])
def test_only_more_than_75_minutes_are_ever_nearly_due(text: str, nearly: int | None) -> None:
    assert nearly_due_of(clock(text), (), {}) == (None if nearly is None else THURSDAY + nearly * MINUTE)


def test_a_clock_warns_when_it_says_itself() -> None:
    early = clock("5 h").model_copy(update={"risk_percent": 50, "nearly_left": HOUR, "nearly_over": 4 * HOUR})
    assert at_risk_of(early, (), {}) == THURSDAY + 2.5 * HOUR
    assert nearly_due_of(early, (), {}) == THURSDAY + 4 * HOUR
    assert nearly_due_of(early.model_copy(update={"nearly_over": 5 * HOUR}), (), {}) is None


def test_a_clock_kept_before_clocks_said_so_warns_as_all_did_then() -> None:
    older = {
        k: v for k, v in clock("5 h").model_dump().items() if k not in ("risk_percent", "nearly_left", "nearly_over")
    }
    found = Clock.model_validate(older)
    assert (at_risk_of(found, (), {}), nearly_due_of(found, (), {})) == (THURSDAY + 4 * HOUR, THURSDAY + 285 * MINUTE)


def test_a_start_of_any_zone_gives_the_same_instant() -> None:
    before_the_change = datetime(2026, 3, 7, 12, tzinfo=ZoneInfo("America/New_York"))
    due = deadline(before_the_change, 24 * HOUR, (), None)
    assert due == before_the_change.astimezone(UTC) + 24 * HOUR
