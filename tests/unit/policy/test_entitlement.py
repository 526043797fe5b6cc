"""Which commitments a ticket has: the documents' tables cell by cell, and what none of them says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from casewright.domain.clocks import Clock, CommitmentKind, Milestone
from casewright.domain.decision import Commitment, Ownership, Ruling
from casewright.domain.elapsing import at_risk_of, nearly_due_of
from casewright.domain.entitlement import Entitlement
from casewright.domain.ticket import Plan, PolicyId, Priority
from casewright.handbook import Handbook
from casewright.policy.commitment_book import IssueCode, Service
from casewright.policy.commitments import read_commitments
from casewright.policy.entitlement import breach_remedy, entitle, low_rating_remedy, promise_in_words, promised_response

from .billing_cases import FOLDER, HANDBOOK, money

BOOK, CALENDARS = HANDBOOK.commitments, HANDBOOK.calendars
RECEIVED = datetime(2025, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CRITICAL, HIGH, MEDIUM, LOW = Priority.CRITICAL, Priority.HIGH, Priority.MEDIUM, Priority.LOW


def ruling(
    *commitments: Commitment,
    policy: PolicyId = "A.1",
    ownership: Ownership = Ownership.ESCALATE,
    team: str | None = "billing-specialists",
    neutral: bool = False,
) -> Ruling:
    return Ruling(
        policy=policy,
        version=1,
        rule=f"{policy}/rule",
        ownership=ownership,
        reason="because",
        team=team,
        commitments=commitments,
        neutral=neutral,
    )


def clocks(
    plan: Plan | None = Plan.STARTER,
    priority: Priority = LOW,
    ruled: Ruling | None = None,
    *,
    policy: PolicyId = "A.1",
    received: datetime = RECEIVED,
    zone: str | None = None,
    ruled_at: datetime | None = None,
    issue_code: IssueCode | None = None,
) -> dict[str, Clock]:
    found = entitle(
        BOOK,
        policy=policy,
        priority=priority,
        plan=plan,
        received=received,
        customer_zone=zone,
        ruling=ruled,
        ruled_at=ruled_at,
        calendars=CALENDARS,
        charter=HANDBOOK.charter,
        issue_code=issue_code,
    )
    by_id = {clock.id: clock for clock in found}
    assert len(by_id) == len(found)
    return by_id


def with_warnings(written: str) -> Handbook:
    """The handbook whose clocks warn at other times."""
    text = (FOLDER / "commitments.yaml").read_text(encoding="utf-8")
    usual = "share: 80 %, left: 15 min, over: 75 min"
    assert usual in text
    return replace(HANDBOOK, commitments=read_commitments(text.replace(usual, written), "commitments.yaml", CALENDARS))


FIRST_CONTACT = Commitment(name="first contact", span="4 bh", source="HB A.1", met_by=Milestone.CONTACTED)
POLICY_ACTION = Commitment(name="policy action", span="24 h", source="HB A.1")


@pytest.mark.parametrize(
    ("plan", "spans"),
    [
        (Plan.STARTER, ("1 h", "24 h", "48 h", "72 h")),
        (Plan.PROFESSIONAL, ("1 h", "12 h", "24 h", "48 h")),
        (Plan.ENTERPRISE, ("1 h", "4 h", "12 h", "24 h")),
        (Plan.PLATINUM, ("1 h", "4 h", "12 h", "24 h")),
    ],
)
def test_df_promises_a_first_response_by_plan_and_priority(plan: Plan, spans: tuple[str, ...]) -> None:
    found = [clocks(plan, priority)["df-first-response"] for priority in (CRITICAL, HIGH, MEDIUM, LOW)]
    assert tuple(clock.span for clock in found) == spans
    assert {(c.kind, c.source, c.met_by) for c in found} == {(CommitmentKind.PROMISE, "DF 3.1", Milestone.ANSWERED)}


@pytest.mark.parametrize(
    ("id", "spans"),
    [
        ("df-resolution", ("4 h", "24 h", "72 h", "72 h")),
        ("ai-first-response", ("5 min", "1 h", "2 h", "4 h")),
        ("ai-resolution", (None, "24 h", "48 h", "72 h")),
        ("acknowledgment", ("5 min",) * 4),
    ],
)
def test_targets_by_priority_are_the_same_for_every_plan(id: str, spans: tuple[str | None, ...]) -> None:
    for plan in (*Plan, None):
        found = [clocks(plan, priority).get(id) for priority in (CRITICAL, HIGH, MEDIUM, LOW)]
        assert tuple(clock.span if clock else None for clock in found) == spans
        assert {clock.kind for clock in found if clock} == {CommitmentKind.TARGET}


@pytest.mark.parametrize(("priority", "span"), [(CRITICAL, "4 h"), (HIGH, "24 h"), (MEDIUM, "5 d"), (LOW, "5 d")])
def test_after_an_escalation_df_resolves_within_five_days(priority: Priority, span: str) -> None:
    assert clocks(priority=priority, ruled=ruling())["df-resolution"].span == span


@pytest.mark.parametrize("ownership", [o for o in Ownership if o is not Ownership.ESCALATE])
def test_without_an_escalation_df_resolves_within_72_hours(ownership: Ownership) -> None:
    resolution = clocks(ruled=ruling(ownership=ownership))["df-resolution"]
    assert (resolution.span, resolution.source) == ("72 h", "DF 7.3")


@pytest.mark.parametrize(
    ("policy", "plan", "priority", "response", "resolution"),
    [
        ("E.1", Plan.STARTER, LOW, "4 h", "1 wd"),
        ("B.1", Plan.STARTER, LOW, "2 h", "2 wd"),
        ("A.1", Plan.STARTER, HIGH, "4 h", "1 wd"),
        ("B.1", Plan.ENTERPRISE, LOW, "1 h", "1 wd"),
        ("A.1", Plan.PLATINUM, HIGH, "1 h", "1 wd"),
        ("A.1", Plan.STARTER, CRITICAL, "15 min", None),
        ("A.1", Plan.ENTERPRISE, CRITICAL, "15 min", None),
    ],
)
def test_unit_aims_by_service(
    policy: PolicyId, plan: Plan, priority: Priority, response: str, resolution: str | None
) -> None:
    found = clocks(plan, priority, policy=policy)
    assert found["unit-first-response"].span == response
    over = found.get("unit-resolution")
    assert (over and (over.span, over.calendar)) == (resolution and (resolution, "support"))


@pytest.mark.parametrize(
    ("policy", "code", "service"),
    [
        ("E.2", None, Service.TECHNICAL),
        ("E.1", None, Service.GENERAL),
        ("J.2", None, Service.TECHNICAL),
        ("J.1", None, Service.ACCOUNT),
        (None, IssueCode.PERF, Service.TECHNICAL),
        (None, IssueCode.BILLING, Service.ACCOUNT),
        (None, IssueCode.OTHER, Service.GENERAL),
        (None, None, Service.GENERAL),
    ],
)
def test_a_service_follows_from_policy_category_or_issue_code(
    policy: PolicyId | None, code: IssueCode | None, service: Service
) -> None:
    assert BOOK.service_of(policy, LOW, Plan.STARTER, code) is service


def test_an_unknown_plan_brings_no_promise_but_every_target() -> None:
    for priority in Priority:
        known, unknown = clocks(Plan.STARTER, priority), clocks(None, priority)
        assert known.keys() - unknown.keys() == {"df-first-response"}
        assert not any(clock.kind is CommitmentKind.PROMISE for clock in unknown.values())


def test_what_a_rule_sets_runs_from_the_receipt_under_a_name_that_stays() -> None:
    found = clocks(ruled=ruling(FIRST_CONTACT, POLICY_ACTION), ruled_at=RECEIVED.replace(hour=15))
    contact, action = found["rule-first-contact"], found["rule-policy-action"]
    assert (contact.span, contact.calendar, contact.met_by) == ("4 bh", "support", Milestone.CONTACTED)
    assert (action.span, action.calendar, action.met_by) == ("24 h", None, Milestone.ACTED)
    assert contact.started == action.started == RECEIVED
    assert (contact.kind, contact.source) == (CommitmentKind.PROMISE, "HB A.1")


def test_a_rule_may_run_from_its_ruling() -> None:
    after_approval = POLICY_ACTION.model_copy(update={"from_ruling": True})
    later = RECEIVED.replace(hour=20)
    assert clocks(ruled=ruling(after_approval), ruled_at=later)["rule-policy-action"].started == later
    with pytest.raises(ValueError, match="policy action runs from the ruling, and nobody said when"):
        clocks(ruled=ruling(after_approval))


def test_business_hours_are_the_teams_unless_the_rule_names_others() -> None:
    ways = {"billing-specialists": HANDBOOK.charter.team(None).model_copy(update={"calendar": "around-the-clock"})}
    charter = HANDBOOK.charter.model_copy(update={"ways": ways})
    named = FIRST_CONTACT.model_copy(update={"name": "human outreach", "calendar": "support"})
    found = entitle(
        BOOK,
        policy="A.1",
        priority=LOW,
        plan=None,
        received=RECEIVED,
        customer_zone=None,
        ruling=ruling(FIRST_CONTACT, named),
        ruled_at=None,
        calendars=CALENDARS,
        charter=charter,
    )
    calendars = {clock.id: clock.calendar for clock in found}
    assert (calendars["rule-first-contact"], calendars["rule-human-outreach"]) == ("around-the-clock", "support")


def test_a_calendar_that_is_gone_is_named() -> None:
    gone = FIRST_CONTACT.model_copy(update={"calendar": "berlin"})
    with pytest.raises(LookupError, match="rule-first-contact counts by the calendar 'berlin'"):
        clocks(ruled=ruling(gone))


@pytest.mark.parametrize("policy", ["D.2", "F.1", "F.2", "G.1", "G.2"])
def test_statutory_and_protective_clocks_never_pause(policy: PolicyId) -> None:
    found = clocks(policy=policy, ruled=ruling(POLICY_ACTION, policy=policy))
    assert {id for id, clock in found.items() if not clock.pausable} == {"rule-policy-action"}


@pytest.mark.parametrize("policy", ["A.1", "D.1", "E.1", "G.3"])
def test_any_other_clock_pauses(policy: PolicyId) -> None:
    assert all(c.pausable for c in clocks(policy=policy, ruled=ruling(POLICY_ACTION, policy=policy)).values())


@pytest.mark.parametrize(
    ("zone", "received", "started"),
    [
        # New York is four hours behind UTC on that day, in summer time; Tokyo nine ahead.
        ("America/New_York", "2025-03-10T12:59:59+00:00", "2025-03-10T13:00:00+00:00"),
        ("America/New_York", "2025-03-10T13:00:00+00:00", "2025-03-10T13:00:00+00:00"),
        ("America/New_York", "2025-03-10T21:59:59+00:00", "2025-03-10T21:59:59+00:00"),
        ("America/New_York", "2025-03-10T22:00:00+00:00", "2025-03-11T13:00:00+00:00"),
        ("Asia/Tokyo", "2025-03-10T23:30:00+00:00", "2025-03-11T00:00:00+00:00"),
        ("Asia/Tokyo", "2025-03-10T12:00:00+00:00", "2025-03-11T00:00:00+00:00"),
        # The night in which New York's clocks go forward: nine in the morning is an hour sooner.
        ("America/New_York", "2025-03-08T23:30:00+00:00", "2025-03-09T13:00:00+00:00"),
        ("America/New_York", "2025-03-07T23:30:00+00:00", "2025-03-08T14:00:00+00:00"),
        (None, "2025-03-10T03:00:00+00:00", "2025-03-10T03:00:00+00:00"),
        ("Atlantis/Poseidonis", "2025-03-10T03:00:00+00:00", "2025-03-10T03:00:00+00:00"),
        ("../../etc/passwd", "2025-03-10T03:00:00+00:00", "2025-03-10T03:00:00+00:00"),
    ],
)
def test_a_plans_response_begins_in_the_customers_hours(zone: str | None, received: str, started: str) -> None:
    at = datetime.fromisoformat(received)
    found = clocks(Plan.ENTERPRISE, HIGH, ruling(POLICY_ACTION), received=at, zone=zone)
    assert found.pop("df-first-response").started == datetime.fromisoformat(started)
    assert {clock.started for clock in found.values()} == {at}


def test_the_acknowledgment_names_the_nearest_promise_of_a_response() -> None:
    by_plan = tuple(clocks(Plan.ENTERPRISE, HIGH, ruling(FIRST_CONTACT)).values())
    assert (found := promised_response(by_plan, CALENDARS)) is not None
    assert (
        found.id == "df-first-response"
    )  # at 16:00; four business hours end then too, and the plan's name comes first
    by_rule = tuple(clocks(Plan.STARTER, HIGH, ruling(FIRST_CONTACT)).values())
    assert (found := promised_response(by_rule, CALENDARS)) is not None
    assert found.id == "rule-first-contact"


def test_the_acknowledgment_names_no_target_and_no_time_of_resolution() -> None:
    promised = tuple(clocks(None, HIGH, ruling(POLICY_ACTION)).values())
    assert "rule-policy-action" in {clock.id for clock in promised}
    assert promised_response(promised, CALENDARS) is None


def test_the_promise_says_from_when_it_counts_if_that_is_later() -> None:
    at_night = RECEIVED.replace(hour=2)
    promise = clocks(Plan.ENTERPRISE, HIGH, received=at_night, zone="Europe/London")["df-first-response"]
    words = promise_in_words(promise, at_night, "Europe/London")
    assert words == "4 hours from 09:00 on 10 March 2025 (Europe/London)"
    assert promise_in_words(clocks(Plan.ENTERPRISE)["df-first-response"], RECEIVED, None) == "24 hours"


def entitlement(plan: Plan | None, ruled: Ruling | None, handbook: Handbook = HANDBOOK) -> Entitlement:
    return handbook.entitlement(
        policy="A.1", priority=HIGH, plan=plan, customer="cus_1", received=RECEIVED, ruling=ruled
    )


def test_an_entitlement_has_the_calendars_that_it_counts_by_and_what_the_plan_gives() -> None:
    found = entitlement(Plan.ENTERPRISE, ruling(FIRST_CONTACT))
    assert [calendar.id for calendar in found.calendars] == ["support"]
    assert (found.promise, found.plan, found.customer) == ("4 hours", Plan.ENTERPRISE, "cus_1")
    assert (found.breach_credit, found.low_rating_credit) == (money("50.00"), money("100.00"))
    assert "rule-first-contact" in {clock.id for clock in found.clocks}


def test_a_neutral_ruling_promises_nothing_that_would_tell_of_an_account() -> None:
    assert entitlement(Plan.ENTERPRISE, ruling(FIRST_CONTACT, neutral=True)).promise is None


def test_every_clock_warns_when_the_handbook_says() -> None:
    handbook = with_warnings("share: 50 %, left: 30 min, over: 2 h")
    found = entitlement(Plan.STARTER, ruling(FIRST_CONTACT, POLICY_ACTION), handbook)
    by_id = {calendar.id: calendar for calendar in found.calendars}
    clock = {clock.id: clock for clock in found.clocks}
    assert {c.risk_percent for c in found.clocks} == {50}
    assert at_risk_of(clock["rule-policy-action"], (), by_id) == RECEIVED + 12 * HOUR
    assert at_risk_of(clock["rule-first-contact"], (), by_id) == RECEIVED + 2 * HOUR
    assert nearly_due_of(clock["rule-first-contact"], (), by_id) == RECEIVED + 3.5 * HOUR
    assert nearly_due_of(clock["ai-first-response"], (), by_id) is None  # an hour, and 'over' is two


@pytest.mark.parametrize(
    ("plan", "breach", "rating"),
    [
        (Plan.STARTER, None, None),
        (Plan.PROFESSIONAL, None, None),
        (Plan.ENTERPRISE, "50.00", "100.00"),
        (Plan.PLATINUM, "50.00", "100.00"),
        (None, None, None),
    ],
)
def test_what_is_given_follows_the_plan(plan: Plan | None, breach: str | None, rating: str | None) -> None:
    assert breach_remedy(BOOK, plan) == (money(breach) if breach else None)
    assert low_rating_remedy(BOOK, plan) == (money(rating) if rating else None)
