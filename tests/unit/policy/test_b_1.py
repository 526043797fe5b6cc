"""B.1 from claims and facts: every rule, gap and boundary; and the one reply that every ticket gets (HB B.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from pydantic import BaseModel

from casewright.domain.decision import Decision, Ownership
from casewright.domain.facts import Fact
from casewright.domain.identity import FailedLogins, IdentityAccount, Standing
from casewright.domain.requests import AssessRequest
from casewright.domain.steps import MailStep, PasswordResetStep
from casewright.domain.ticket import ClaimValue, Priority, Requester
from casewright.policy.inputs.attempts import read_attempts

from .billing_cases import HANDBOOK, NOW

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
NOTHING: dict[str, ClaimValue] = {}
LOW, HIGH = (Priority.LOW, Priority.MEDIUM), (Priority.HIGH, Priority.CRITICAL)


def decided(
    *ago: timedelta,
    standing: Standing | None = Standing.GOOD,
    priority: Priority = Priority.LOW,
    claims: Mapping[str, ClaimValue] = NOTHING,
    since: timedelta = 7 * DAY,
    lost: tuple[str, ...] = (),
) -> Decision:
    """A case whose failed attempts were so long ago; no standing: nobody has the address."""
    known = standing is not None
    models: dict[str, BaseModel | None] = {
        "identity.account": IdentityAccount(user="usr_1", standing=standing, registered=True) if standing else None,
        "identity.logins": FailedLogins(since=NOW - since, failed=tuple(NOW - one for one in ago)) if known else None,
    }
    asked = AssessRequest(
        ticket="T-0000000000000001",
        submitted_at=NOW,
        policy="B.1",
        version=1,
        priority=priority,
        requester=Requester(email="jane@example.com", name="Jane Example"),
        claims=dict(claims),
    )
    facts = [
        Fact.unavailable(name, "test", NOW, "down") if name in lost else Fact.of(name, "test", NOW, model)
        for name, model in models.items()
    ]
    return HANDBOOK.decide(HANDBOOK.case(asked, facts, NOW), NOW)


def rule(decision: Decision) -> str | None:
    return decision.ruling.rule


def kinds(decision: Decision) -> list[tuple[str, bool]]:
    return [(planned.step.kind, planned.gated) for planned in decision.steps]


@pytest.mark.parametrize("priority", LOW)
def test_a_forgotten_password_is_reset_within_twelve_hours_for_thirty_minutes(priority: Priority) -> None:
    decision = decided(priority=priority)
    assert (rule(decision), decision.ruling.ownership) == ("B.1/reset", Ownership.AUTOMATE)
    assert kinds(decision) == [("mail", False), ("password-reset", False)]
    reset = decision.steps[1].step
    assert isinstance(reset, PasswordResetStep)
    assert (reset.user, reset.minutes) == ("usr_1", 30)
    assert [c.span for c in decision.ruling.commitments] == ["12 h"]


@pytest.mark.parametrize("priority", HIGH)
def test_a_higher_priority_waits_for_security_operations_within_an_hour(priority: Priority) -> None:
    decision = decided(priority=priority)
    assert (rule(decision), decision.ruling.team) == ("B.1/secops", "security-operations")
    assert kinds(decision) == [("mail", False), ("notice", False), ("sms", False), ("password-reset", True)]
    assert decision.ruling.approval is not None
    assert "security-operations" in decision.ruling.approval.roles
    assert [c.span for c in decision.ruling.commitments] == ["1 h"]


@pytest.mark.parametrize(("attempts", "expected"), [(2, "B.1/reset"), (3, "B.1/secops"), (4, "B.1/secops")])
def test_three_failed_attempts_are_multiple(attempts: int, expected: str) -> None:
    assert rule(decided(*[SECOND] * attempts)) == expected


@pytest.mark.parametrize(("oldest", "expected"), [(DAY, "B.1/secops"), (DAY + SECOND, "B.1/reset")])
def test_attempts_count_for_a_day_to_the_second(oldest: timedelta, expected: str) -> None:
    assert rule(decided(SECOND, SECOND, oldest)) == expected


@pytest.mark.parametrize(("since", "expected"), [(DAY, "B.1/reset"), (DAY - SECOND, "B.1/secops")])
def test_more_attempts_than_the_store_lists_are_too_many(since: timedelta, expected: str) -> None:
    assert rule(decided(since=since)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2", "B.1/reset"),
        ("3", "B.1/secops"),
        ("twice", "B.1/reset"),
        ("thrice", "B.1/secops"),
        ("once or twice", "B.1/reset"),
        ("two or three times", "B.1/secops"),
        ("many times", "B.1/secops"),
        ("It KEEPS FAILING", "B.1/secops"),
        ("several attempts", "B.1/secops"),
        ("a few", "B.1/secops"),
        ("over and over", "B.1/secops"),
        ("never", "B.1/reset"),
        ("see the picture", "B.1/gap-unclear-report"),
        ("99999999999999999999", "B.1/secops"),
        ("000000000000000000003", "B.1/secops"),
        ("  ", "B.1/reset"),
    ],
)
def test_what_the_customer_says_of_attempts_is_read_cautiously(text: str, expected: str) -> None:
    assert rule(decided(claims={"attempts": text})) == expected


def test_words_of_many_outweigh_a_number_beside_them() -> None:
    assert read_attempts("2, and it keeps failing").told == "many"


def test_an_account_shut_for_security_has_nothing_to_approve() -> None:
    decision = decided(standing=Standing.SECURITY)
    assert (rule(decision), decision.ruling.approval) == ("B.1/secops", None)
    assert "password-reset" not in [kind for kind, _ in kinds(decision)]


@pytest.mark.parametrize("standing", [Standing.OTHER, Standing.UNCLEAR])
def test_an_account_not_in_good_standing_is_for_a_person(standing: Standing) -> None:
    assert rule(decided(standing=standing)) == "B.1/gap-standing"


def test_nobody_is_reset_at_an_unknown_address_whatever_the_priority() -> None:
    assert rule(decided(standing=None)) == "B.1/gap-unknown-address"
    urgent = decided(standing=None, priority=Priority.HIGH)
    assert rule(urgent) == "B.1/secops"
    assert "password-reset" not in [kind for kind, _ in kinds(urgent)]


@pytest.mark.parametrize("lost", ["identity.account", "identity.logins"])
def test_ignorance_never_resets(lost: str) -> None:
    decision = decided(lost=(lost,))
    assert (rule(decision), kinds(decision)) == (None, [("mail", False)])


def test_the_same_reply_comes_first_whatever_is_found() -> None:
    everything = [
        decided(standing=standing, priority=priority, lost=lost, claims=claims)
        for standing in (*Standing, None)
        for priority in Priority
        for lost in ((), ("identity.account", "identity.logins"))
        for claims in (NOTHING, {"attempts": "many"}, {"attempts": "?"})
    ]
    first = {decision.steps[0].step.model_dump_json() for decision in everything}
    assert len(first) == 1
    assert all(decision.ruling.neutral and not decision.steps[0].gated for decision in everything)
    assert all(sum(isinstance(p.step, MailStep) for p in decision.steps) == 1 for decision in everything)


def test_a_decision_replayed_from_its_own_record_is_identical() -> None:
    decision = decided(SECOND, priority=Priority.HIGH, claims={"attempts": "2"})
    record = Decision.model_validate_json(decision.model_dump_json())
    assert HANDBOOK.replay(record) == decision
