"""Business time: other projects' vectors, our conventions on clock changes, and properties of any calendar."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from casewright.domain.calendars import (
    Calendar,
    NeverOpens,
    Weekday,
    Window,
    add,
    between,
    is_open,
    next_opening,
    openings,
    zone_named,
)

from .business_cases import CALENDARS, MOMENTS, SPANS, Vector, at, span, vectors

FEW = settings(max_examples=20, deadline=None)
ZERO = timedelta()
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def office(**changed: object) -> Calendar:
    """Mondays from 9 to 17 in UTC, and what is changed."""
    week = {"monday": [{"opens": "09:00", "closes": "17:00"}]}
    return Calendar.model_validate({"id": "office", "zone": "Etc/UTC", "weekly": week, **changed})


@pytest.mark.parametrize("vector", list(vectors()), ids=str)
def test_vectors_come_out_as_they_are_written(vector: Vector) -> None:
    start = at(vector.first, vector.calendar)
    if vector.kind == "add":
        assert add(vector.calendar, start, span(vector.second)) == at(vector.third, vector.calendar)
    else:
        assert between(vector.calendar, start, at(vector.second, vector.calendar)) == span(vector.third)


@FEW
@given(CALENDARS, MOMENTS, SPANS)
def test_what_was_added_lies_between(calendar: Calendar, start: datetime, business: timedelta) -> None:
    due = add(calendar, start, business)
    assert due >= start
    assert between(calendar, start, due) == business
    if business:
        assert between(calendar, start, due - timedelta(seconds=1)) < business


@FEW
@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_splitting_at_any_instant_changes_nothing(calendar: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    assert between(calendar, a, b) + between(calendar, b, c) == between(calendar, a, c)
    assert between(calendar, a, b) == -between(calendar, b, a)
    assert abs(between(calendar, a, b)) <= abs(b - a)


@FEW
@given(CALENDARS, MOMENTS, SPANS, SPANS)
def test_adding_in_two_steps_is_adding_at_once(
    calendar: Calendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    if second:
        assert add(calendar, add(calendar, start, first), second) == add(calendar, start, first + second)


@FEW
@given(CALENDARS, MOMENTS)
def test_it_is_open_exactly_from_opening_up_to_closing(calendar: Calendar, since: datetime) -> None:
    stretches = list(islice(openings(calendar, since), 3))
    for (opens, closes), following in zip(stretches, [*stretches[1:], None], strict=True):
        assert is_open(calendar, opens)
        assert next_opening(calendar, opens) == opens
        assert is_open(calendar, closes - timedelta(microseconds=1))
        if following is not None and closes - opens < timedelta(days=365):
            assert not is_open(calendar, closes)
            assert add(calendar, closes, ZERO) == following[0] > closes


@FEW
@given(CALENDARS, MOMENTS)
def test_openings_agree_with_minutes_on_the_wall(calendar: Calendar, since: datetime) -> None:
    """Counted the slow way: at every local quarter of an hour, does a window of that day or the day before hold it?"""
    for hour in range(96):
        instant = (since + timedelta(minutes=45 * hour)).replace(second=30)
        local = instant.astimezone(zone_named(calendar.zone))
        if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
            assert is_open(calendar, instant) == _holds(calendar, local.replace(tzinfo=None))


def _holds(calendar: Calendar, local: datetime) -> bool:
    for day in (local.date(), local.date() - timedelta(days=1)):
        for window in calendar.windows_on(day):
            opens, closes = datetime.combine(day, window.opens), datetime.combine(day, window.closes)
            if opens <= local < (closes if window.closes > window.opens else closes + timedelta(days=1)):
                return True
    return False


def test_the_closing_instant_is_closed_and_the_opening_one_open() -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    assert is_open(office(), monday + timedelta(hours=9))
    assert not is_open(office(), monday + timedelta(hours=17))
    assert next_opening(office(), monday + timedelta(hours=17)) == monday + timedelta(days=7, hours=9)


def test_a_calendar_without_hours_says_that_it_never_opens() -> None:
    closed = office(weekly={})
    with pytest.raises(NeverOpens, match="office never opens"):
        next_opening(closed, NOON)
    with pytest.raises(NeverOpens, match="has only 0:00:00 of business time"):
        add(closed, NOON, timedelta(hours=1))
    assert between(closed, NOON, NOON + timedelta(days=400)) == ZERO
    assert list(openings(closed, NOON)) == []


def test_a_calendar_of_exception_days_ends_with_the_last_of_them() -> None:
    fair = office(weekly={}, exceptions={date(2033, 5, 1): [Window(opens=time(10), closes=time(12))]})
    assert add(fair, NOON, timedelta(hours=2)) == datetime(2033, 5, 1, 12, tzinfo=UTC)
    with pytest.raises(NeverOpens, match="only 2:00:00"):
        add(fair, NOON, timedelta(hours=3))


def test_ten_years_of_holidays_are_waited_for() -> None:
    off = {date(2026, 1, 1) + timedelta(days=n): "a sabbatical" for n in range(3652)}
    assert next_opening(office(holidays=off), NOON) == datetime(2036, 1, 7, 9, tzinfo=UTC)


def test_more_than_a_hundred_years_are_refused() -> None:
    with pytest.raises(NeverOpens, match="has only"):
        add(office(), NOON, timedelta(hours=9_999_999))


def test_time_is_never_added_backwards() -> None:
    with pytest.raises(ValueError, match="negative"):
        add(office(), NOON, timedelta(seconds=-1))


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        is_open(office(), NOON.replace(tzinfo=None))


def test_around_the_clock_all_time_counts() -> None:
    always = office(weekly={day: [Window(opens=time(), closes=time())] for day in Weekday})
    assert add(always, NOON, timedelta(days=900)) == NOON + timedelta(days=900)
    first = next(openings(always, NOON))
    assert first[0] == NOON
    assert first[1] - NOON > timedelta(days=300)


@pytest.mark.parametrize(
    "windows",
    [
        [("09:00", "13:00"), ("12:59", "17:00")],
        [("22:00", "06:00"), ("23:00", "23:30")],
        [("09:00", "09:00"), ("10:00", "11:00")],
        [("09:00", "10:00"), ("09:00", "10:00")],
    ],
)
def test_windows_of_a_day_that_overlap_are_refused(windows: list[tuple[str, str]]) -> None:
    with pytest.raises(ValidationError, match="of one day overlap"):
        office(weekly={"monday": [{"opens": a, "closes": b} for a, b in windows]})


def test_windows_that_touch_are_one() -> None:
    halves = [{"opens": "12:00", "closes": "24:00"}, {"opens": "09:00", "closes": "12:00"}]
    split = office(weekly={"monday": halves, "tuesday": [{"opens": "00:00", "closes": "02:00"}]})
    opened = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert next(openings(split, opened)) == (opened, opened + timedelta(hours=17))


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "localtime", "posix/Europe/Berlin", "../etc/passwd", "America"])
def test_a_zone_outside_the_database_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError, match="no time zone of the IANA database"):
        office(zone=zone)


def test_a_calendar_survives_the_way_through_json() -> None:
    before = office(holidays={date(2026, 12, 25): "Christmas Day"}, exceptions={date(2026, 12, 24): []})
    add(before, NOON, timedelta(hours=20))
    after = Calendar.model_validate_json(before.model_dump_json())
    assert after == before
    assert set(before.model_dump()) == set(Calendar.model_fields)


def test_a_changed_copy_of_a_calendar_has_its_own_hours() -> None:
    add(office(), NOON, timedelta(hours=1))
    before = office()
    assert is_open(before, NOON)
    assert not is_open(before.model_copy(update={"holidays": {NOON.date(): "closed"}}), NOON)
