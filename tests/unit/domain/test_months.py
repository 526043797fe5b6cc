"""Months added to dates: the same day of the month, or that month's last."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casewright.domain.months import months_after, months_since


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2025-03-10", 0, "2025-03-10"),
        ("2025-03-10", 1, "2025-04-10"),
        ("2025-12-31", 1, "2026-01-31"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-08-31", 1, "2025-09-30"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2023-02-28", 12, "2024-02-28"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2024-05-31", 24, "2026-05-31"),
    ],
)
def test_a_term_ends_on_the_same_day_of_the_month_or_on_its_last(day: str, months: int, then: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(then)


@given(st.dates(max_value=date(9000, 12, 31)), st.integers(0, 1200))
def test_it_is_never_in_another_month_than_the_one_counted_to(day: date, months: int) -> None:
    then = months_after(day, months)
    assert (then.year - day.year) * 12 + then.month - day.month == months
    assert then.day <= day.day


@pytest.mark.parametrize(("day", "months"), [(date(2025, 1, 1), -1), (date(9999, 12, 31), 1)])
def test_what_is_no_date_is_refused(day: date, months: int) -> None:
    with pytest.raises(ValueError, match="months"):
        months_after(day, months)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "then", "months"),
    [
        ("2025-03-10T12:00:00", "2025-03-10T12:00:00", 0),
        ("2024-09-10T12:00:00", "2025-03-10T12:00:00", 6),
        ("2023-03-10T12:00:00", "2025-03-10T12:00:00", 24),
        ("2024-08-31T08:00:00", "2025-02-28T08:00:00", 6),
        ("2024-02-29T00:00:00", "2026-02-28T00:00:00", 24),
        ("2023-02-28T00:00:00", "2024-02-28T00:00:00", 12),
    ],
)
def test_an_anniversary_is_a_whole_number_of_months_and_a_second_less_or_more_is_not(
    start: str, then: str, months: int
) -> None:
    assert months_since(at(start), at(then)) == months
    assert months < months_since(at(start), at(then) + timedelta(seconds=1)) < months + 1
    if months:
        assert months - 1 < months_since(at(start), at(then) - timedelta(seconds=1)) < months


def test_half_of_a_month_is_half_a_month() -> None:
    assert months_since(at("2025-04-01T00:00:00"), at("2025-04-16T00:00:00")) == Decimal("0.5")


@given(st.dates(max_value=date(2900, 1, 1)), st.times(), st.timedeltas(timedelta(), timedelta(days=9000)))
def test_more_time_is_never_fewer_months(day: date, time: time, later: timedelta) -> None:
    begun = datetime.combine(day, time, tzinfo=UTC)
    assert months_since(begun, begun + later) <= months_since(begun, begun + later + timedelta(hours=1))


def test_what_begins_later_is_no_time_ago() -> None:
    with pytest.raises(ValueError, match="no time ago"):
        months_since(at("2025-03-11T00:00:00"), at("2025-03-10T00:00:00"))
