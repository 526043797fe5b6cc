"""I.2 from claims and facts: every rule, gap and boundary; months are the calendar's (HB I.2, RULES I.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from casewright.domain.billing import Account
from casewright.domain.decision import Decision, Ownership
from casewright.domain.facts import Fact
from casewright.domain.installments import Bill, BillStatus, PaymentRecord, add_up
from casewright.domain.money import Money
from casewright.domain.requests import AssessRequest
from casewright.domain.steps import MailStep, PaymentPlanStep
from casewright.domain.ticket import ClaimValue, Plan, Priority, Requester
from casewright.policy.case import Case
from casewright.policy.evaluate import evaluate
from casewright.policy.logic import Truth, truth
from casewright.policy.readings import readings_of
from casewright.policy.registry import INPUTS_MODULES

from .billing_cases import HANDBOOK, NOW
from .test_properties import automates

I_2 = HANDBOOK.policy_for("I.2", 1, NOW)
SECOND = timedelta(seconds=1)
OLD = datetime(2020, 1, 31, 12, tzinfo=UTC)
PERFECT = PaymentRecord(paid=9, failed=0, flawed=0)
FACTS = ("billing.account", "billing.bill", "billing.payments")


def bill(
    cents: int = 10001, *, status: BillStatus = BillStatus.OPEN, customer: str = "cus_1", planned: bool = False
) -> Bill:
    """The invoice INV-1, due on 31 March."""
    return Bill(
        id="in_1",
        number="INV-1",
        customer=customer,
        status=status,
        remaining=Money.from_minor(cents, "USD"),
        due=datetime(2025, 3, 31, 23, 59, 59, tzinfo=UTC),
        planned=planned,
    )


def case(
    *,
    since: datetime | None = OLD,
    record: PaymentRecord | None = PERFECT,
    named: Bill | None = None,
    claims: dict[str, ClaimValue] | None = None,
    account: bool = True,
    at: datetime = NOW,
    lost: tuple[str, ...] = (),
) -> Case:
    """A case in which all is well unless it says otherwise."""
    found = Account(customer="cus_1", name=None, contacts=("jane@example.com",), plan=Plan.STARTER, created=since)
    models: dict[str, BaseModel | None] = {
        "billing.account": found if account else None,
        "billing.bill": bill() if named is None else named,
        "billing.payments": record if account else None,
    }
    asked = AssessRequest(
        ticket="T-0000000000000001",
        submitted_at=at,
        policy="I.2",
        version=1,
        priority=Priority.LOW,
        requester=Requester(email="jane@example.com"),
        claims={"invoice": "INV-1", "months": "2", **(claims or {})},
    )
    facts = [
        Fact.unavailable(name, "test", at, "down") if name in lost else Fact.of(name, "test", at, model)
        for name, model in models.items()
    ]
    return HANDBOOK.case(asked, facts, at)


def decided(told: Case) -> Decision:
    return HANDBOOK.decide(told, told.at)


def rule(told: Case) -> str | None:
    return decided(told).ruling.rule


def plan_of(decision: Decision) -> PaymentPlanStep | None:
    return next((p.step for p in decision.steps if isinstance(p.step, PaymentPlanStep)), None)


def test_an_old_customer_who_always_paid_gets_two_parts_and_their_schedule() -> None:
    decision = decided(case())
    assert (decision.ruling.rule, decision.ruling.ownership) == ("I.2/approve", Ownership.AUTOMATE)
    plan, letter = (planned.step for planned in decision.steps)
    assert isinstance(plan, PaymentPlanStep)
    assert isinstance(letter, MailStep)
    assert [(p.due, str(p.amount)) for p in plan.parts] == [
        (date(2025, 4, 30), "50.00 USD"),
        (date(2025, 5, 31), "50.01 USD"),
    ]
    assert letter.values["schedule"] == "50.00 USD by 30 April 2025\n50.01 USD by 31 May 2025"
    assert [(limit.scopes, str(limit.capacity)) for limit in plan.limits] == [(("plan:in_1",), "100.01 USD")]


@pytest.mark.parametrize(
    ("months", "off", "expected"),
    [
        (6, -SECOND, "I.2/deny"),
        (6, timedelta(), "I.2/gap-tenure"),
        (6, SECOND, "I.2/gap-tenure"),
        (24, -SECOND, "I.2/gap-tenure"),
        (24, timedelta(), "I.2/gap-tenure"),
        (24, SECOND, "I.2/approve"),
    ],
)
def test_six_and_twenty_four_months_exactly_lie_between(months: int, off: timedelta, expected: str) -> None:
    since = datetime(2022, 8, 31, 12, tzinfo=UTC)
    reached = {6: datetime(2023, 2, 28, 12, tzinfo=UTC), 24: datetime(2024, 8, 31, 12, tzinfo=UTC)}[months]
    assert rule(case(since=since, at=reached + off)) == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (PaymentRecord(paid=99, failed=1, flawed=0), "I.2/deny"),
        (PaymentRecord(paid=99, failed=0, flawed=1), "I.2/gap-history"),
        (PaymentRecord(paid=0, failed=0, flawed=0), "I.2/gap-history"),
        (PaymentRecord(paid=1, failed=0, flawed=0), "I.2/approve"),
    ],
)
def test_only_a_perfect_history_is_approved_and_any_failure_is_denied(record: PaymentRecord, expected: str) -> None:
    assert rule(case(record=record)) == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("none", "I.2/approve"),
        ("", "I.2/approve"),
        (" Billing ", "I.2/dispute"),
        ("contract", "I.2/dispute-contract"),
        ("too much", "I.2/gap-unclear-dispute"),
        (" ", "I.2/approve"),
        (Money.from_minor(1, "USD"), "I.2/gap-unclear-dispute"),
    ],
)
def test_a_dispute_goes_to_those_who_settle_it_and_another_word_is_never_none(
    reason: ClaimValue, expected: str
) -> None:
    assert rule(case(claims={"disputed_reason": reason})) == expected


@pytest.mark.parametrize(
    ("told", "team", "roles"),
    [
        (case(claims={"disputed_reason": "billing"}), "accounts-receivable", "accounts-receivable"),
        (case(claims={"disputed_reason": "contract"}), "finance-directors", "finance-director"),
        (case(record=PaymentRecord(paid=1, failed=1, flawed=0)), "accounts-receivable", "accounts-receivable"),
    ],
)
def test_what_people_decide_has_the_plan_prepared_for_their_yes(told: Case, team: str, roles: str) -> None:
    decision = decided(told)
    assert decision.ruling.team == team
    assert decision.ruling.approval is not None
    assert decision.ruling.approval.roles[0] == roles
    assert [(p.step.kind, p.gated) for p in decision.steps] == [
        ("mail", False),
        ("notice", False),
        ("payment-plan", True),
        ("mail", True),
    ]


@pytest.mark.parametrize("claims", [{"months": "0"}, {"months": "25"}, {"invoice": ""}])
def test_a_denied_request_without_a_plan_that_can_be_made_is_left_to_people(claims: dict[str, ClaimValue]) -> None:
    decision = decided(case(since=NOW - timedelta(days=3), claims=claims))
    assert decision.ruling.rule == "I.2/deny"
    assert decision.ruling.approval is None
    assert plan_of(decision) is None


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"months": "two"}, "I.2/ask-months"),
        ({"months": "0"}, "I.2/ask-months"),
        ({"months": ""}, "I.2/ask-months"),
        ({"months": "1"}, "I.2/approve"),
        ({"months": "3"}, "I.2/gap-length"),
        ({"invoice": ""}, "I.2/ask-invoice"),
    ],
)
def test_what_only_the_customer_knows_is_asked_for(claims: dict[str, ClaimValue], expected: str) -> None:
    assert rule(case(claims=claims)) == expected


@pytest.mark.parametrize("status", [s for s in BillStatus if s is not BillStatus.OPEN])
def test_there_is_no_plan_where_nothing_is_owed(status: BillStatus) -> None:
    assert rule(case(named=bill(status=status))) == "I.2/gap-nothing-owed"
    assert rule(case(named=bill(0))) == "I.2/gap-nothing-owed"


def test_a_part_of_a_plan_gets_no_plan_of_its_own() -> None:
    assert rule(case(named=bill(planned=True))) == "I.2/gap-planned"


def test_of_another_customers_invoice_no_step_is_made_of() -> None:
    decision = decided(case(named=bill(customer="cus_2")))
    assert (decision.ruling.rule, decision.steps) == ("I.2/gap-unknown-invoice", ())
    assert plan_of(decided(case(named=bill(customer="cus_2"), since=NOW - SECOND))) is None


@pytest.mark.parametrize("name", FACTS)
def test_without_a_fact_nothing_is_approved_and_what_stands_without_it_stands(name: str) -> None:
    assert rule(case(lost=(name,))) is None
    assert rule(case(lost=(name,), claims={"disputed_reason": "billing"})) == "I.2/dispute"


def test_a_customer_since_a_day_that_nobody_knows_is_approved_by_nobody() -> None:
    assert rule(case(since=None)) is None
    assert rule(case(since=NOW + SECOND)) is None


def test_a_plan_that_doesnt_add_up_is_no_step() -> None:
    plan = plan_of(decided(case()))
    assert plan is not None
    with pytest.raises(ValidationError, match=r"not 100\.02 USD"):
        PaymentPlanStep.model_validate({**plan.model_dump(), "amount": Money.from_minor(10002, "USD")})


@st.composite
def cases(draw: st.DrawFn) -> Case:
    return case(
        since=draw(st.sampled_from([OLD, None, NOW - timedelta(days=30), NOW - timedelta(days=400)])),
        record=draw(st.builds(PaymentRecord, **dict.fromkeys(("paid", "failed", "flawed"), st.integers(0, 1)))),
        named=draw(
            st.builds(
                bill,
                st.integers(0, 3),
                status=st.sampled_from(BillStatus),
                customer=st.sampled_from(["cus_1", "cus_2"]),
                planned=st.booleans(),
            )
        ),
        claims={
            "invoice": draw(st.sampled_from(["", "INV-1"])),
            "months": draw(st.sampled_from(["", "1", "2", "3", "99"])),
            "disputed_reason": draw(st.sampled_from(["", "none", "billing", "contract", "?"])),
        },
        account=draw(st.sampled_from([True, True, False])),
        lost=tuple(draw(st.sets(st.sampled_from(FACTS), max_size=1))),
    )


@given(cases(), st.sampled_from(FACTS))
def test_ignorance_never_automates(told: Case, name: str) -> None:
    lost = {**told.facts, name: Fact.unavailable(name, "test", NOW, "down")}
    if automates_money(decided(replace(told, facts=lost))):
        assert automates_money(decided(told))


def automates_money(decision: Decision) -> bool:
    """Whether a plan is made by itself."""
    return automates(decision) and any(isinstance(p.step, PaymentPlanStep) and not p.gated for p in decision.steps)


@given(cases())
def test_every_plan_is_the_customers_own_and_adds_up_to_what_is_owed(told: Case) -> None:
    plan = plan_of(decided(told))
    if plan is not None:
        owed = told.read("billing.bill", Bill)
        assert owed is not None
        assert (plan.customer, plan.invoice, plan.amount) == ("cus_1", owed.id, owed.remaining)
        assert add_up(plan.parts, owed.remaining)


@given(cases())
def test_a_decision_replays_and_no_case_is_one_that_was_declared_impossible(told: Case) -> None:
    decision = decided(told)
    assert HANDBOOK.replay(Decision.model_validate_json(decision.model_dump_json())) == decision
    readings = readings_of(I_2, INPUTS_MODULES["I.2"].derive(told, INPUTS_MODULES["I.2"].parameters()))
    assert [c.why for c in I_2.impossible if truth(c.when, readings) is Truth.TRUE] == []
    verdict = evaluate(I_2, readings)
    assert verdict.row is not None or any(row.outcome == "unknown" for row in verdict.trace)
