"""Money is exact, and never of two currencies at once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from casewright.domain.money import CurrencyMismatch, Money

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD"])


@given(st.integers(-(10**9), 10**9), CURRENCIES)
def test_minor_units_and_back_is_the_same_amount(minor: int, currency: str) -> None:
    money = Money.from_minor(minor, currency)
    assert money.minor == minor
    assert Money.model_validate_json(money.model_dump_json()) == money


@given(st.integers(0, 10**9), st.integers(0, 10**9), CURRENCIES)
def test_sums_are_exact(first: int, second: int, currency: str) -> None:
    total = Money.from_minor(first, currency) + Money.from_minor(second, currency)
    assert total.minor == first + second
    assert (total - Money.from_minor(second, currency)).minor == first


@pytest.mark.parametrize("amount", ["1.001", "NaN", "Infinity", "-Infinity", "1e400"])
def test_what_no_gateway_could_pay_is_refused(amount: str) -> None:
    with pytest.raises(ValidationError):
        Money(amount=Decimal(amount), currency="USD")


def test_amounts_of_two_currencies_are_neither_added_nor_compared() -> None:
    dollars, euros = Money.from_minor(100, "USD"), Money.from_minor(100, "EUR")
    with pytest.raises(CurrencyMismatch):
        dollars + euros
    with pytest.raises(CurrencyMismatch):
        dollars <= euros  # noqa: B015 - the comparison itself must raise
