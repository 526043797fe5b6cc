"""Three-valued logic: what is not known is neither true nor false, and money is never converted."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from casewright.policy.grammar import AllOf, AnyOf, Comparison, Reading, Test, Unavailable
from casewright.policy.logic import Truth, all_of, any_of, compare, order, truth
from casewright.policy.typed import Value

from .billing_cases import money

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
LIMIT = money("150.00")


def asks(test: Test, *operands: Value) -> Comparison:
    return Comparison("it", test, operands, f"it {test}")


def test_and_is_false_as_soon_as_one_part_is_whatever_is_unknown() -> None:
    assert all_of([T, U, F]) is F
    assert all_of([T, U]) is U
    assert all_of([T, T]) is T


def test_or_is_true_as_soon_as_one_part_is_whatever_is_unknown() -> None:
    assert any_of([F, U, T]) is T
    assert any_of([F, U]) is U
    assert any_of([F, F]) is F


@pytest.mark.parametrize(
    ("test", "below", "at", "above"),
    [(Test.BELOW, T, F, F), (Test.AT_MOST, T, T, F), (Test.ABOVE, F, F, T), (Test.AT_LEAST, F, T, T)],
)
def test_money_compares_to_the_cent(test: Test, below: Truth, at: Truth, above: Truth) -> None:
    found = [compare(asks(test, LIMIT), money(amount)) for amount in ("149.99", "150.00", "150.01")]
    assert found == [below, at, above]


@pytest.mark.parametrize("test", [Test.BELOW, Test.AT_MOST, Test.ABOVE, Test.AT_LEAST])
def test_money_of_another_currency_is_unknown_never_converted(test: Test) -> None:
    assert compare(asks(test, LIMIT), money("1.00", "EUR")) is U


def test_the_currency_itself_can_be_asked_for() -> None:
    assert compare(asks(Test.OTHER_CURRENCY, LIMIT), money("1.00", "EUR")) is T
    assert compare(asks(Test.SAME_CURRENCY, LIMIT), money("1.00")) is T


@pytest.mark.parametrize("test", [t for t in Test if t is not Test.ABSENT])
def test_an_absent_value_makes_no_comparison_true(test: Test) -> None:
    assert compare(asks(test, LIMIT), None) is F


def test_only_is_absent_holds_of_an_absent_value() -> None:
    assert compare(asks(Test.ABSENT), None) is T
    assert compare(asks(Test.ABSENT), LIMIT) is F
    assert compare(asks(Test.PRESENT), LIMIT) is T


@pytest.mark.parametrize("test", list(Test))
def test_what_can_not_be_had_is_unknown_to_every_comparison(test: Test) -> None:
    assert compare(asks(test, LIMIT), Unavailable("the system is down")) is U


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Decimal(2), Decimal(3)),
        (timedelta(hours=71, minutes=59), timedelta(hours=72)),
        (datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 3, 2, tzinfo=UTC)),
    ],
)
def test_numbers_durations_and_instants_have_an_order(left: Value, right: Value) -> None:
    assert (order(left, right), order(left, left), order(right, left)) == (-1, 0, 1)


def test_values_of_different_types_have_no_order() -> None:
    with pytest.raises(TypeError, match="no order"):
        order(Decimal(1), timedelta(1))


def test_conditions_nest() -> None:
    readings: dict[str, Reading] = {"a": "x", "b": Unavailable("down")}
    a, b = Comparison("a", Test.IS, ("x",), "a is x"), Comparison("b", Test.IS, ("x",), "b is x")
    assert truth(AllOf((a, b)), readings) is U
    assert truth(AnyOf((a, b)), readings) is T
    assert truth(AllOf((AnyOf((a, b)), a)), readings) is T
