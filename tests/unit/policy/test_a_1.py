"""A.1 from claims and facts: every rule, every gap, every boundary (HB A.1, RULES A.1)."""

from datetime import timedelta

import pytest

from casewright.domain.decision import Ownership
from casewright.domain.steps import RefundStep
from casewright.domain.ticket import ClaimValue, Plan, Priority
from casewright.policy.case import Case

from .billing_cases import FIRST, HOUR, TWIN, case, charge, decided, money, past, refund, rule

SECOND = timedelta(seconds=1)
DAYS = timedelta(days=1)


def the_refund(told: Case) -> RefundStep:
    steps = [planned.step for planned in decided(told).steps]
    return next(step for step in steps if isinstance(step, RefundStep))


@pytest.mark.parametrize("priority", [Priority.LOW, Priority.MEDIUM])
def test_a_proven_duplicate_is_refunded_and_confirmed(priority: Priority) -> None:
    decision = decided(case(FIRST, TWIN, priority=priority))
    assert decision.ruling.rule == "A.1/auto-refund"
    assert decision.ruling.ownership is Ownership.AUTOMATE
    assert decision.ruling.approval is None
    assert [(p.step.kind, p.gated) for p in decision.steps] == [("refund", False), ("mail", False)]
    assert [c.span for c in decision.ruling.commitments] == ["24 h"]


@pytest.mark.parametrize("priority", [Priority.HIGH, Priority.CRITICAL])
def test_a_higher_priority_waits_for_a_specialist_with_the_refund_prepared(priority: Priority) -> None:
    decision = decided(case(FIRST, TWIN, priority=priority))
    assert decision.ruling.rule == "A.1/specialist"
    assert decision.ruling.team == "billing-specialists"
    assert [(p.step.id, p.gated) for p in decision.steps] == [
        ("escalation", False),
        ("refund", True),
        ("confirmation", True),
    ]
    assert [(c.name, c.span) for c in decision.ruling.commitments] == [("first contact", "4 bh")]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("149.99", "A.1/auto-refund"), ("150.00", "A.1/auto-refund"), ("150.01", "A.1/specialist")],
)
def test_150_is_the_most_that_is_automated(amount: str, expected: str) -> None:
    one, other = charge(amount=money(amount)), charge("ch_2", money(amount), after=HOUR)
    assert rule(case(one, other)) == expected


@pytest.mark.parametrize(
    ("apart", "expected"),
    [
        (71 * HOUR + timedelta(minutes=59), "A.1/auto-refund"),
        (72 * HOUR, "A.1/auto-refund"),
        (72 * HOUR + SECOND, "A.1/gap-no-proof"),
        (-72 * HOUR, "A.1/auto-refund"),
        (-72 * HOUR - SECOND, "A.1/gap-no-proof"),
    ],
)
def test_equal_amounts_are_a_duplicate_up_to_72_hours(apart: timedelta, expected: str) -> None:
    assert rule(case(FIRST, charge("ch_2", after=apart))) == expected


def test_one_transaction_id_is_a_duplicate_at_any_distance() -> None:
    one, other = charge(transaction="txn"), charge("ch_2", transaction="txn", after=400 * DAYS)
    assert refund(case(one, other)) == "49.00 USD"


def test_charges_without_a_transaction_id_do_not_share_one() -> None:
    assert rule(case(FIRST, charge("ch_2", after=100 * HOUR))) == "A.1/gap-no-proof"


def test_a_charge_alone_proves_nothing() -> None:
    assert rule(case(FIRST)) == "A.1/gap-no-proof"


@pytest.mark.parametrize(
    "other",
    [
        charge("ch_2", after=HOUR, customer="cus_2"),
        charge("ch_2", after=HOUR, paid=False),
        charge("ch_2", money("49.01"), after=HOUR),
        charge("ch_2", money("49.00", "EUR"), after=HOUR),
        charge("ch_2", after=HOUR, invoice="in_2"),
    ],
    ids=["another customer's", "a failed attempt", "another amount", "another currency", "a sale of its own"],
)
def test_what_looks_alike_is_no_duplicate(other: object) -> None:
    assert isinstance(other, type(FIRST))
    assert rule(case(FIRST, other)) == "A.1/gap-no-proof"


def test_of_three_charges_in_a_chain_two_are_proven_too_many() -> None:
    chain = [FIRST, charge("ch_2", after=72 * HOUR), charge("ch_3", after=144 * HOUR)]
    step = the_refund(case(*chain))
    assert str(step.amount) == "49.00 USD"
    assert [str(limit.capacity) for limit in step.limits] == ["49.00 USD", "98.00 USD"]
    assert step.limits[1].scopes == ("twin:ch_1", "twin:ch_2", "twin:ch_3")


def test_a_duplicate_between_two_sales_is_given_back_once() -> None:
    group = [FIRST, charge("ch_2", after=HOUR), charge("ch_3", after=2 * HOUR, invoice="in_3")]
    assert [str(limit.capacity) for limit in the_refund(case(*group)).limits] == ["49.00 USD", "49.00 USD"]


def test_every_twin_sees_the_same_group_whichever_invoice_is_named() -> None:
    one, other = charge("ch_1"), charge("ch_2", after=HOUR)
    assert the_refund(case(one, other)).limits[1] == the_refund(case(other, one)).limits[1]


def test_of_a_dearer_and_a_cheaper_charge_of_one_transaction_the_dearer_is_kept() -> None:
    dear, cheap = charge(amount=money("60.00"), transaction="t"), charge("ch_2", money("49.00"), transaction="t")
    assert refund(case(dear, cheap)) == "49.00 USD"


def test_a_charge_that_was_fully_refunded_goes_to_people_in_silence() -> None:
    decision = decided(case(charge(refunded="49.00"), TWIN))
    assert decision.ruling.rule == "A.1/already-refunded"
    assert decision.ruling.ownership is Ownership.EXCEPTION
    assert decision.steps == ()


def test_a_twin_that_was_given_back_leaves_nothing() -> None:
    assert rule(case(FIRST, charge("ch_2", after=HOUR, refunded="49.00"))) == "A.1/gap-settled"


def test_what_was_given_back_of_either_twin_lowers_what_is_proven() -> None:
    told = case(charge(refunded="9.00", elsewhere="9.00"), charge("ch_2", after=HOUR, refunded="10.00"))
    assert refund(told) == "30.00 USD"


def test_capacities_leave_out_only_what_others_refunded_since_ours_count_as_reservations() -> None:
    told = case(charge(refunded="9.00", elsewhere="9.00"), charge("ch_2", after=HOUR, refunded="10.00"))
    assert [str(limit.capacity) for limit in the_refund(told).limits] == ["40.00 USD", "40.00 USD"]


def test_an_overcharge_is_what_the_charge_has_above_the_invoice() -> None:
    step = the_refund(case(FIRST, total=money("29.00")))
    assert str(step.amount) == "20.00 USD"
    assert [(limit.scopes, str(limit.capacity)) for limit in step.limits] == [
        (("charge:ch_1",), "49.00 USD"),
        (("overcharge:ch_1",), "20.00 USD"),
    ]


def test_an_overcharge_that_was_given_back_is_settled() -> None:
    assert rule(case(charge(refunded="20.00"), total=money("29.00"))) == "A.1/gap-settled"


def test_an_invoice_in_another_currency_proves_no_overcharge() -> None:
    assert rule(case(FIRST, total=money("29.00", "EUR"))) == "A.1/gap-no-proof"


@pytest.mark.parametrize(
    ("named", "expected"),
    [("48.99", "48.99 USD"), ("49.00", "49.00 USD"), ("49.01", None)],
)
def test_the_customer_gets_what_they_dispute_and_never_more_than_is_proven(named: str, expected: str | None) -> None:
    assert refund(case(FIRST, TWIN, claims={"invoice": "INV-1", "amount": money(named)})) == expected


def test_more_than_the_gateway_can_refund_goes_to_people() -> None:
    group = [charge(refunded="30.00"), charge("ch_2", after=HOUR), charge("ch_3", after=2 * HOUR)]
    told = case(*group, claims={"invoice": "INV-1", "amount": money("20.00")})
    assert rule(told) == "A.1/gap-exceeds-refundable"


def test_an_amount_in_another_currency_than_the_charge_is_never_within_the_proof() -> None:
    claims: dict[str, ClaimValue] = {"invoice": "INV-1", "amount": money("20.00")}
    euros = [charge(amount=money("49.00", "EUR")), charge("ch_2", money("49.00", "EUR"), after=HOUR)]
    assert rule(case(*euros, claims=claims)) == "A.1/gap-exceeds-proven"


def test_another_currency_than_the_limits_waits_for_a_specialist() -> None:
    euros = [charge(amount=money("49.00", "EUR")), charge("ch_2", money("49.00", "EUR"), after=HOUR)]
    assert rule(case(*euros)) == "A.1/specialist"


@pytest.mark.parametrize("claims", [{}, {"invoice": "  "}, {"invoice": "'; drop table"}, {"invoice": money("1.00")}])
def test_without_an_invoice_number_the_customer_is_asked(claims: dict[str, ClaimValue]) -> None:
    decision = decided(case(claims=claims))
    assert decision.ruling.rule == "A.1/ask-invoice"
    assert decision.ruling.question == "ask-invoice"


def test_an_unknown_invoice_goes_to_people() -> None:
    assert rule(case()) == "A.1/gap-unknown-invoice"


def test_another_customers_invoice_goes_to_people_without_a_word_about_it() -> None:
    decision = decided(case(FIRST, TWIN, customer="cus_2"))
    assert decision.ruling.rule == "A.1/gap-unknown-invoice"
    assert decision.inputs["payment"] == "none"
    assert decision.steps == ()


def test_a_charge_that_was_never_paid_goes_to_people() -> None:
    assert rule(case(charge(paid=False), TWIN)) == "A.1/gap-not-paid"


@pytest.mark.parametrize("group", [(charge(disputed=True), TWIN), (FIRST, charge("ch_2", after=HOUR, disputed=True))])
def test_money_that_a_bank_may_return_is_not_prepared_a_second_time(group: tuple[object, object]) -> None:
    decision = decided(case(*[c for c in group if isinstance(c, type(FIRST))]))
    assert decision.ruling.rule == "A.1/specialist"
    assert [p.step.kind for p in decision.steps] == ["mail"]
    assert decision.ruling.approval is None


@pytest.mark.parametrize(
    ("amount", "ago", "expected"),
    [
        ("100.99", HOUR, "A.1/auto-refund"),
        ("101.00", HOUR, "A.1/auto-refund"),
        ("101.01", HOUR, "A.1/specialist"),
        ("101.01", 72 * HOUR, "A.1/specialist"),
        ("101.01", 72 * HOUR + SECOND, "A.1/auto-refund"),
        ("251.00", 4 * DAYS, "A.1/auto-refund"),
        ("251.01", 4 * DAYS, "A.1/specialist"),
        ("251.01", 30 * DAYS, "A.1/specialist"),
        ("251.01", 30 * DAYS + SECOND, "A.1/auto-refund"),
    ],
)
def test_what_one_customer_gets_automatically_is_limited(amount: str, ago: timedelta, expected: str) -> None:
    assert rule(case(FIRST, TWIN, past=(past(amount, ago),))) == expected


def test_the_refund_carries_the_limits_per_customer_into_the_reservation() -> None:
    velocity = the_refund(case(FIRST, TWIN)).velocity
    assert [(limit.hours, str(limit.capacity)) for limit in velocity] == [(72, "150.00 USD"), (720, "300.00 USD")]


def test_earlier_refunds_of_another_currency_can_not_be_added_up() -> None:
    decision = decided(case(FIRST, TWIN, past=(past("1.00", HOUR, "EUR"),)))
    assert decision.ruling.rule is None
    assert "different currencies" in decision.ruling.reason


@pytest.mark.parametrize(
    ("fact", "inputs"),
    [
        ("billing.history", {"proof", "bank_dispute", "disputed", "within_proven", "within_refundable"}),
        ("ledger.automatic_refunds", set()),
        ("billing.account", {"invoice", "payment", "proof", "bank_dispute", "disputed"}),
        ("billing.charge", {"invoice", "payment", "proof", "bank_dispute", "disputed"}),
    ],
)
def test_a_fact_that_can_not_be_had_takes_exactly_its_inputs_along(fact: str, inputs: set[str]) -> None:
    decision = decided(case(FIRST, TWIN, lost={fact: "no answer"}))
    both = {"automatic_short", "automatic_long"}
    rest = {"within_proven", "within_refundable"} if inputs else set()
    assert set(decision.unavailable) == inputs | both | rest
    assert decision.ruling.rule is None
    assert decision.ruling.ownership is Ownership.EXCEPTION
    assert "no answer" in decision.ruling.reason


def test_a_high_amount_reaches_the_specialist_even_while_the_gateway_is_down() -> None:
    lost = dict.fromkeys(("billing.charge", "billing.history", "billing.account"), "down")
    decision = decided(case(FIRST, claims={"invoice": "INV-1", "amount": money("150.01")}, lost=lost))
    assert decision.ruling.rule == "A.1/specialist"
    assert [p.step.kind for p in decision.steps] == ["mail"]


@pytest.mark.parametrize("amount", ["49 dollars", money("0.00"), money("-5.00")])
def test_an_amount_that_does_not_read_never_automates(amount: object) -> None:
    decision = decided(case(FIRST, TWIN, claims={"invoice": "INV-1", "amount": amount}))  # type: ignore[dict-item]
    assert decision.ruling.rule is None
    assert "claim amount" in decision.ruling.reason


def test_charges_of_one_transaction_in_two_currencies_are_for_people() -> None:
    mixed = [charge(transaction="t"), charge("ch_2", money("49.00", "EUR"), transaction="t")]
    assert rule(case(*mixed)) is None


@pytest.mark.parametrize(
    ("amount", "plan", "age", "lowest"),
    [
        ("149.00", Plan.STARTER, 29, "agent"),
        ("149.01", Plan.STARTER, 29, "support-manager"),
        ("149.00", Plan.ENTERPRISE, 29, "support-manager"),
        ("149.00", Plan.STARTER, 30, "support-manager"),
        ("149.00", None, 1, "support-manager"),
        ("1000.00", Plan.PROFESSIONAL, 1, "support-manager"),
        ("1000.01", Plan.PROFESSIONAL, 1, "finance-director"),
    ],
)
def test_the_prepared_refund_names_who_may_approve_it(amount: str, plan: Plan | None, age: int, lowest: str) -> None:
    one, other = charge(amount=money(amount)), charge("ch_2", money(amount), after=HOUR)
    told = case(one, other, plan=plan, priority=Priority.HIGH, at=one.created + age * DAYS)
    approval = decided(told).ruling.approval
    assert approval is not None
    assert approval.roles[0] == lowest
    assert approval.roles[-1] == "finance-director"
