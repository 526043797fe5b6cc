"""A.2's arithmetic: what is left of a cycle, and what that is worth (HB A.2, RULES A.2)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casewright.domain.money import Money
from casewright.policy.inputs.cycle import days_left, days_of, share


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2025-01-31T12:00", "2025-02-28T12:00", 28),
        ("2024-01-31T12:00", "2024-02-29T12:00", 29),
        ("2024-02-29T12:00", "2024-03-31T12:00", 31),
        ("2025-04-30T00:00", "2025-05-31T00:00", 31),
        ("2025-03-01T00:00", "2026-03-01T00:00", 365),
        ("2023-03-01T00:00", "2024-03-01T00:00", 366),
        ("2024-02-29T00:00", "2025-02-28T00:00", 365),
        ("2025-04-01T00:00", "2025-04-01T00:00", 0),
        ("2025-04-01T00:00", "2025-04-07T00:01", 7),
    ],
)
def test_a_cycle_has_the_days_of_its_own_months(start: str, end: str, days: int) -> None:
    assert days_of(on(start), on(end)) == days


@pytest.mark.parametrize(
    ("at", "left"),
    [
        ("2025-03-31T00:00", 29),
        ("2025-04-01T12:00", 29),
        ("2025-04-02T11:59:59", 29),
        ("2025-04-02T12:00", 28),
        ("2025-04-30T11:59:59", 1),
        ("2025-04-30T12:00", 0),
        ("2025-06-01T00:00", 0),
    ],
)
def test_a_day_is_used_as_soon_as_it_has_started(at: str, left: int) -> None:
    assert days_left(on("2025-04-01T12:00"), on("2025-05-01T12:00"), on(at)) == left


@pytest.mark.parametrize(
    ("amount", "part", "of", "worth"),
    [
        ("49.01 USD", 15, 30, "24.51 USD"),
        ("0.01 USD", 1, 2, "0.01 USD"),
        ("0.01 USD", 1, 3, "0.00 USD"),
        ("1.00 USD", 1, 8, "0.13 USD"),
        ("1000 JPY", 1, 16, "63 JPY"),
        ("1.000 KWD", 1, 16, "0.063 KWD"),
        ("49.00 USD", 0, 30, "0.00 USD"),
        ("49.00 USD", 30, 30, "49.00 USD"),
    ],
)
def test_a_share_is_rounded_half_up_to_the_minor_unit(amount: str, part: int, of: int, worth: str) -> None:
    assert str(share(money(amount), part, of)) == worth


@given(
    cents=st.integers(0, 10**9),
    days=st.integers(1, 366),
    passed=st.timedeltas(timedelta(0), timedelta(days=400)),
)
def test_never_more_than_was_paid_and_never_more_later(cents: int, days: int, passed: timedelta) -> None:
    start = on("2024-02-01T00:00")
    end, whole = start + timedelta(days=days), Money.from_minor(cents, "USD")

    def worth(after: timedelta) -> Money:
        return share(whole, days_left(start, end, start + after), days_of(start, end))

    assert Money.zero("USD") <= worth(passed) <= whole
    assert worth(passed + timedelta(hours=7)) <= worth(passed)


def money(text: str) -> Money:
    amount, currency = text.split()
    return Money(amount=Decimal(amount), currency=currency)
