"""What holds of A.1 for any case at all."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casewright.domain.billing import Charge, Remuneration
from casewright.domain.decision import Decision, Ownership
from casewright.domain.facts import Fact
from casewright.domain.money import Money
from casewright.domain.steps import RefundStep
from casewright.domain.ticket import ClaimValue, Plan, Priority
from casewright.policy.case import Case
from casewright.policy.decide import derive
from casewright.policy.evaluate import evaluate
from casewright.policy.logic import Truth, truth
from casewright.policy.readings import readings_of
from casewright.policy.registry import INPUTS_MODULES

from .billing_cases import A_1, HANDBOOK, NOW, case, charge, decided

CALM = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
FACTS = ("billing.account", "billing.charge", "billing.history", "ledger.automatic_refunds")
AMOUNTS = st.sampled_from([1, 100, 4900, 15000, 15001, 60000])
CURRENCIES = st.sampled_from(["USD", "USD", "USD", "EUR"])


def amounts() -> st.SearchStrategy[Money]:
    return st.builds(Money.from_minor, AMOUNTS, CURRENCIES)


@st.composite
def charges(draw: st.DrawFn, number: int) -> Charge:
    amount = draw(amounts())
    refunded = draw(st.sampled_from([0, 0, 0, amount.minor // 2, amount.minor]))
    one = charge(
        f"ch_{number}",
        amount,
        after=timedelta(seconds=draw(st.sampled_from([0, 3600, 72 * 3600, 72 * 3600 + 1]))) * number,
        transaction=draw(st.sampled_from([None, "txn"])),
        invoice=f"in_{number}" if number == 0 else draw(st.sampled_from([None, None, f"in_{number}"])),
        customer=draw(st.sampled_from(["cus_1", "cus_1", "cus_1", "cus_2"])),
        paid=draw(st.sampled_from([True, True, True, False])),
        disputed=draw(st.sampled_from([False, False, False, True])),
    )
    gone = Money.from_minor(refunded, amount.currency)
    elsewhere = Money.from_minor(draw(st.sampled_from([0, refunded])), amount.currency)
    return one.model_copy(update={"refunded": gone, "refunded_elsewhere": elsewhere})


@st.composite
def cases(draw: st.DrawFn) -> Case:
    group = [draw(charges(number)) for number in range(draw(st.integers(0, 4)))]
    claims: dict[str, ClaimValue] = {}
    if draw(st.integers(0, 5)):
        claims["invoice"] = "INV-1"
    if draw(st.booleans()):
        claims["amount"] = draw(amounts())
    ago = st.sampled_from([timedelta(hours=1), timedelta(hours=72), timedelta(days=20)])
    past = draw(
        st.lists(st.builds(lambda m, a: Remuneration(ticket="T", amount=m, at=NOW - a), amounts(), ago), max_size=2)
    )
    return case(
        *group,
        total=draw(st.none() | amounts()) if group else None,
        claims=claims,
        priority=draw(st.sampled_from(Priority)),
        email=draw(st.sampled_from(["jane@example.com", "jane@example.com", "else@example.com"])),
        plan=draw(st.none() | st.sampled_from(Plan)),
        account=draw(st.sampled_from([True, True, True, False])),
        past=tuple(past),
        lost=dict.fromkeys(draw(st.sets(st.sampled_from(FACTS), max_size=1)), "down"),
    )


def automates(decision: Decision) -> bool:
    """Whether anything but a letter happens by itself."""
    return decision.ruling.ownership is Ownership.AUTOMATE or any(
        planned.step.kind != "mail" and not planned.gated for planned in decision.steps
    )


@CALM
@given(cases(), st.sampled_from(FACTS))
def test_ignorance_never_automates(told: Case, name: str) -> None:
    lost = {**told.facts, name: Fact.unavailable(name, "test", NOW, "down")}
    if automates(decided(replace(told, facts=lost))):
        assert automates(decided(told))


@CALM
@given(cases())
def test_a_higher_priority_never_automates_what_a_lower_one_did_not(told: Case) -> None:
    for priority in (Priority.HIGH, Priority.CRITICAL):
        assert not automates(decided(replace(told, priority=priority)))


@CALM
@given(cases())
def test_a_decision_replayed_from_its_own_record_is_identical(told: Case) -> None:
    decision = decided(told)
    record = Decision.model_validate_json(decision.model_dump_json())
    assert record == decision
    assert HANDBOOK.replay(record) == decision


@CALM
@given(cases())
def test_money_leaves_only_within_every_limit_of_its_own(told: Case) -> None:
    for planned in decided(told).steps:
        if isinstance(planned.step, RefundStep):
            assert planned.step.amount.minor > 0
            assert all(planned.step.amount <= limit.capacity for limit in planned.step.limits)
            assert planned.step.customer == "cus_1"


@CALM
@given(cases())
def test_no_case_comes_to_a_combination_declared_impossible_and_every_known_case_to_a_row(told: Case) -> None:
    readings = readings_of(A_1, derive(A_1, INPUTS_MODULES["A.1"], told))
    assert [c.why for c in A_1.impossible if truth(c.when, readings) is Truth.TRUE] == []
    verdict = evaluate(A_1, readings)
    assert verdict.row is not None or any(row.outcome == "unknown" for row in verdict.trace)
