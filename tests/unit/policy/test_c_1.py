"""C.1 from claims and facts: every rule, gap and boundary; the warranty is each purchase's own (HB C.1, RULES C.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casewright.domain import events as ev
from casewright.domain.decision import Decision, Ownership
from casewright.domain.facts import Fact
from casewright.domain.people import POLICY_EXCEPTION_QUEUE
from casewright.domain.plan import carry_out
from casewright.domain.requests import AssessRequest
from casewright.domain.shipping import Purchase, SoldPiece
from casewright.domain.steps import MailStep, NoticeStep, ReplacementStep, ReturnLabelStep
from casewright.domain.ticket import ClaimValue, Priority, Requester
from casewright.policy.case import Case
from casewright.policy.decide import derive
from casewright.policy.evaluate import evaluate
from casewright.policy.logic import Truth, truth
from casewright.policy.readings import readings_of
from casewright.policy.registry import INPUTS_MODULES
from tests.unit.domain import tickets as t

from .billing_cases import HANDBOOK

C_1 = HANDBOOK.policy_for("C.1", 1, datetime(2025, 1, 1, tzinfo=UTC))
BOUGHT = date(2023, 3, 10)
NOON = datetime(2025, 3, 10, 12, tzinfo=UTC)
"""Of the last day of two years."""
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
MINOR: dict[str, ClaimValue] = {"serial": "SN-1", "defect": "minor"}
MAJOR: dict[str, ClaimValue] = {"serial": "SN-1", "defect": "major"}


def bought(on: date = BOUGHT, months: int = 24, *, zone: str = "Etc/UTC", replaced: bool = False) -> Purchase:
    return Purchase(
        order="ORD-1", product="Desk lamp", bought_on=on, time_zone=zone, warranty_months=months, replaced=replaced
    )


def case(
    fact: Fact,
    claims: dict[str, ClaimValue],
    priority: Priority,
    *,
    submitted: datetime = NOON,
    name: str | None = None,
) -> Case:
    asked = AssessRequest(
        ticket="T-0000000000000001",
        submitted_at=submitted,
        policy="C.1",
        version=1,
        priority=priority,
        requester=Requester(email="jane@example.com", name=name),
        claims=claims,
    )
    return HANDBOOK.case(asked, [fact], fact.observed_at)


def decided(
    purchase: Purchase | None = None,
    *,
    at: datetime = NOON,
    submitted: datetime | None = None,
    priority: Priority = Priority.LOW,
    known: bool = True,
    name: str | None = None,
    claims: dict[str, ClaimValue] = MINOR,
) -> Decision:
    """A case about SN-1; ``purchase`` None: somebody else's; ``known`` False: nobody's."""
    fact = Fact.of("shop.serial", "test", at, SoldPiece(serial="SN-1", purchase=purchase) if known else None)
    return HANDBOOK.decide(case(fact, claims, priority, submitted=submitted or at, name=name), at)


def rule(decision: Decision) -> str | None:
    return decision.ruling.rule


@pytest.mark.parametrize("said", [{}, {"purchase_date": "2023-03-10"}], ids=["no date", "the same date"])
def test_a_minor_defect_under_warranty_is_replaced_and_gets_a_label(said: dict[str, ClaimValue]) -> None:
    decision = decided(bought(), name="Jane", claims={**MINOR, **said})
    assert (rule(decision), decision.ruling.ownership) == ("C.1/replace", Ownership.AUTOMATE)
    replacement, label = (planned.step for planned in decision.steps)
    assert replacement == ReplacementStep(id="replacement", serial="SN-1")
    assert label == ReturnLabelStep(
        id="return-label", to="jane@example.com", name="Jane", order="ORD-1", product="Desk lamp"
    )
    assert not any(planned.gated for planned in decision.steps)


def test_the_label_answers_the_request_and_closes_it_once_the_replacement_is_on_its_way() -> None:
    events = carry_out(t.submitted(), decided(bought()))
    replacement, label = (event for event in events if isinstance(event, ev.StepPlanned))
    assert (replacement.answers, replacement.closes) == (False, False)
    assert (label.answers, label.closes, label.after) == (True, True, (replacement.step.id,))


def test_somebody_without_a_name_gets_a_label_as_well() -> None:
    label = decided(bought()).steps[-1].step
    assert isinstance(label, ReturnLabelStep)
    assert label.name is None


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NOON - DAY, "C.1/replace"),
        (NOON, "C.1/replace"),
        (datetime(2025, 3, 10, 23, 59, 59, tzinfo=UTC), "C.1/replace"),
        (datetime(2025, 3, 11, tzinfo=UTC), "C.1/out-of-warranty"),
        (NOON + DAY, "C.1/out-of-warranty"),
    ],
)
def test_the_last_day_is_under_warranty_to_its_last_second(at: datetime, expected: str) -> None:
    assert rule(decided(bought(), at=at)) == expected


@pytest.mark.parametrize(
    ("on", "months", "last"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2023-02-28", 12, "2024-02-28"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-08-31", 6, "2025-02-28"),
        ("2024-10-31", 1, "2024-11-30"),
        ("2024-12-31", 2, "2025-02-28"),
    ],
)
def test_month_ends_and_leap_days(on: str, months: int, last: str) -> None:
    purchase = bought(date.fromisoformat(on), months)
    noon = datetime.fromisoformat(f"{last}T12:00:00Z")
    assert rule(decided(purchase, at=noon)) == "C.1/replace"
    assert rule(decided(purchase, at=noon + DAY)) == "C.1/out-of-warranty"


@pytest.mark.parametrize(
    ("zone", "ends"),
    [("Pacific/Kiritimati", "2025-03-10T10:00:00Z"), ("Pacific/Pago_Pago", "2025-03-11T11:00:00Z")],
)
def test_the_day_is_that_of_where_it_went(zone: str, ends: str) -> None:
    over = datetime.fromisoformat(ends)
    assert rule(decided(bought(zone=zone), at=over - SECOND)) == "C.1/replace"
    assert rule(decided(bought(zone=zone), at=over)) == "C.1/out-of-warranty"


def test_the_day_of_the_request_counts_however_long_it_took_to_decide() -> None:
    assert rule(decided(bought(), at=NOON + 3 * DAY, submitted=NOON)) == "C.1/replace"


def test_without_a_warranty_there_is_none_on_the_day_of_purchase_either() -> None:
    assert rule(decided(bought(NOON.date(), 0))) == "C.1/out-of-warranty"
    assert rule(decided(bought(NOON.date(), 1))) == "C.1/replace"


@pytest.mark.parametrize("priority", [Priority.MEDIUM, Priority.HIGH, Priority.CRITICAL])
def test_a_priority_above_low_goes_to_operations(priority: Priority) -> None:
    assert rule(decided(bought(), priority=priority)) == "C.1/operations"


@pytest.mark.parametrize("defect", ["major", "MAJOR", "unclear", "", "only a minor scratch", "minor?", "slight", None])
def test_whatever_isnt_minor_in_the_customers_own_field_goes_to_operations(defect: str | None) -> None:
    claims: dict[str, ClaimValue] = {"serial": "SN-1", "troubleshooting": "It is minor."}
    decision = decided(bought(), claims=claims if defect is None else {**claims, "defect": defect})
    assert (rule(decision), decision.ruling.team) == ("C.1/operations", "operations")


@pytest.mark.parametrize("defect", ["minor", " Minor ", "MINOR"])
def test_minor_is_minor_in_any_case_of_letters(defect: str) -> None:
    assert rule(decided(bought(), claims={**MINOR, "defect": defect})) == "C.1/replace"


def test_operations_approve_a_replacement_and_the_customer_gets_instructions_meanwhile() -> None:
    decision = decided(bought(), claims=MAJOR)
    steps = [(planned.step.kind, planned.gated) for planned in decision.steps]
    assert steps == [("mail", False), ("notice", False), ("replacement", True), ("return-label", True)]
    assert decision.ruling.approval is not None
    assert decision.ruling.approval.roles[0] == "operations"
    letter = decision.steps[0].step
    assert isinstance(letter, MailStep)
    assert letter.template == "warranty-troubleshooting"


def test_out_of_warranty_nothing_is_sent_and_a_paid_repair_waits_for_operations() -> None:
    decision = decided(bought(), at=NOON + DAY)
    assert [(planned.step.kind, planned.gated) for planned in decision.steps] == [
        ("mail", False),
        ("notice", False),
        ("mail", True),
    ]
    offer = decision.steps[-1].step
    assert isinstance(offer, MailStep)
    assert (
        "was under warranty until 10 March 2025"
        in HANDBOOK.render(offer.template, {"ticket": "T-1", **offer.values})[1]
    )


def test_colleagues_are_told_nothing_that_identifies_the_customer() -> None:
    decision = decided(bought(), claims={**MAJOR, "troubleshooting": "my private words"}, name="Jane")
    notice = next(planned.step for planned in decision.steps if isinstance(planned.step, NoticeStep))
    said = notice.model_dump_json()
    assert not any(word in said for word in ("jane", "Jane", "private", "SN-1", "ORD-1"))


@pytest.mark.parametrize("known", [True, False], ids=["another customer's", "nobody's"])
@pytest.mark.parametrize("priority", list(Priority))
def test_a_piece_that_isnt_this_customers_is_for_a_senior_agent(known: bool, priority: Priority) -> None:
    decision = decided(None, known=known, priority=priority)
    assert (rule(decision), decision.ruling.team) == ("C.1/gap-serial", POLICY_EXCEPTION_QUEUE)
    assert decision.steps == ()


@pytest.mark.parametrize("said", ["2023-03-09", "2023-03-11", "10/03/2023", "20230310", "2023-02-30", "last spring"])
def test_a_purchase_date_that_isnt_the_order_historys_is_for_a_senior_agent(said: str) -> None:
    assert rule(decided(bought(), claims={**MINOR, "purchase_date": said})) == "C.1/gap-purchase-date"


def test_a_piece_that_was_replaced_isnt_replaced_again_nor_offered_for_approval() -> None:
    assert rule(decided(bought(replaced=True))) == "C.1/gap-replaced"
    decision = decided(bought(replaced=True), claims=MAJOR)
    assert rule(decision) == "C.1/operations"
    assert [planned.step.kind for planned in decision.steps] == ["mail", "notice"]


@pytest.mark.parametrize("claims", [{}, {"serial": ""}, {"serial": "?!"}], ids=["none", "empty", "no serial number"])
def test_without_a_serial_number_the_customer_is_asked(claims: dict[str, ClaimValue]) -> None:
    decision = decided(None, known=False, claims={"defect": "minor", **claims})
    assert (rule(decision), decision.ruling.question) == ("C.1/ask-serial", "ask-serial")


@pytest.mark.parametrize(
    "purchase",
    [bought(zone="Mars/Olympus"), bought(date(2025, 3, 11)), bought(months=120_000)],
    ids=["no such time zone", "bought after it was reported", "beyond the calendar"],
)
def test_terms_that_cant_be_true_are_for_a_senior_agent_and_bring_nothing(purchase: Purchase) -> None:
    decision = decided(purchase)
    assert (rule(decision), decision.ruling.ownership, decision.steps) == (None, Ownership.EXCEPTION, ())
    assert "warranty" in decision.unavailable


def test_a_decision_replayed_from_its_own_record_is_identical() -> None:
    decision = decided(bought(), at=NOON + 3 * DAY, submitted=NOON)
    assert HANDBOOK.replay(Decision.model_validate_json(decision.model_dump_json())) == decision


CLAIMS = st.fixed_dictionaries(
    {},
    optional={
        "serial": st.sampled_from(["SN-1", "", "?"]),
        "defect": st.sampled_from(["minor", "major", "unclear", "a scratch"]),
        "purchase_date": st.sampled_from(["2023-03-10", "2023-03-11", "10/03/2023"]),
    },
)
PURCHASES = st.builds(
    bought,
    st.dates(date(2020, 1, 1), date(2025, 3, 20)),
    st.sampled_from([0, 1, 24, 60, 120_000]),
    zone=st.sampled_from(["Etc/UTC", "Pacific/Kiritimati", "Mars/Olympus"]),
    replaced=st.booleans(),
)


@settings(max_examples=150, deadline=None, database=None)
@given(st.none() | PURCHASES, CLAIMS, st.sampled_from(Priority), st.sampled_from(["value", "none", "unavailable"]))
def test_every_case_comes_to_a_row_or_to_what_isnt_known_and_only_the_plain_one_is_automated(
    purchase: Purchase | None, claims: dict[str, ClaimValue], priority: Priority, said: str
) -> None:
    piece = SoldPiece(serial="SN-1", purchase=purchase) if said == "value" else None
    fact = Fact.of("shop.serial", "test", NOON, piece)
    if said == "unavailable":
        fact = Fact.unavailable("shop.serial", "test", NOON, "down")
    told = case(fact, claims, priority)
    readings = readings_of(C_1, derive(C_1, INPUTS_MODULES["C.1"], told))
    assert [combination.why for combination in C_1.impossible if truth(combination.when, readings) is Truth.TRUE] == []
    verdict = evaluate(C_1, readings)
    assert verdict.row is not None or any(row.outcome == "unknown" for row in verdict.trace)
    if HANDBOOK.decide(told, NOON).ruling.ownership is Ownership.AUTOMATE:
        assert (claims["serial"], claims["defect"], priority) == ("SN-1", "minor", Priority.LOW)
        assert purchase is not None
        assert purchase.warranty_months > 0
        assert not purchase.replaced
        assert claims.get("purchase_date") in (None, purchase.bought_on.isoformat())
