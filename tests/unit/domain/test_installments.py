"""A debt in parts: to the cent, and due on real days (RULES I.2)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casewright.domain.installments import MAX_PARTS, add_up, counted_from, installments
from casewright.domain.money import Money

DAY = date(2025, 1, 31)


def dollars(cents: int) -> Money:
    return Money.from_minor(cents, "USD")


@given(
    st.integers(1, 10**12),
    st.integers(1, MAX_PARTS),
    st.dates(max_value=date(9000, 1, 1)),
    st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_the_parts_add_up_to_the_cent_and_follow_each_other_by_a_month(
    minor: int, months: int, day: date, currency: str
) -> None:
    owed = Money.from_minor(minor, currency)
    parts = installments(owed, months, day)
    if minor < months:
        assert parts is None
        return
    assert parts is not None
    assert len(parts) == months
    assert add_up(parts, owed)
    assert [(p.due.year - day.year) * 12 + p.due.month - day.month for p in parts] == list(range(1, months + 1))
    assert max(p.amount.minor for p in parts) == parts[-1].amount.minor
    assert parts[-1].amount.minor - parts[0].amount.minor < months


def test_the_last_part_takes_the_rest() -> None:
    assert [str(p.amount) for p in installments(dollars(10000), 3, DAY) or ()] == [
        "33.33 USD",
        "33.33 USD",
        "33.34 USD",
    ]


def test_a_short_month_doesnt_shift_the_dates_after_it() -> None:
    assert [p.due for p in installments(dollars(300), 3, DAY) or ()] == [
        date(2025, 2, 28),
        date(2025, 3, 31),
        date(2025, 4, 30),
    ]
    assert [p.due for p in installments(dollars(300), 1, date(2024, 1, 31)) or ()] == [date(2024, 2, 29)]


@pytest.mark.parametrize(("cents", "months"), [(100, 0), (100, MAX_PARTS + 1), (1, 2), (0, 1)])
def test_there_is_no_plan_of_nothing_of_no_months_or_of_too_many(cents: int, months: int) -> None:
    assert installments(dollars(cents), months, DAY) is None


def test_parts_that_dont_add_up_are_told() -> None:
    parts = installments(dollars(10000), 2, DAY)
    assert parts is not None
    assert not add_up(parts, dollars(10001))
    assert not add_up(parts[::-1], dollars(10000))
    assert not add_up(parts, Money.from_minor(10000, "EUR"))


@pytest.mark.parametrize(
    ("due", "expected"),
    [(None, date(2025, 3, 10)), ("2025-03-01", date(2025, 3, 10)), ("2025-03-25", date(2025, 3, 25))],
)
def test_months_are_counted_from_the_due_date_unless_it_has_passed(due: str | None, expected: date) -> None:
    instant = datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None
    assert counted_from(instant, datetime(2025, 3, 10, 23, 59, tzinfo=UTC)) == expected
