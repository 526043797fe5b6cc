"""The handbook as a folder: read once, refused whole when something in it is wrong."""

import shutil
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casewright.handbook import Handbook, NoPolicy
from casewright.policy.problems import PolicyError
from tests.unit.policy.billing_cases import FIRST, FOLDER, HANDBOOK, TWIN, case, decided

Edit = Callable[[str, str, str], str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "handbook"))


@pytest.fixture
def refusal(folder: Path) -> Edit:
    def edit(file: str, before: str, after: str) -> str:
        text = (folder / file).read_text(encoding="utf-8")
        assert before in text
        (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")
        with pytest.raises(PolicyError) as refused:
            Handbook.load(folder)
        return str(refused.value).replace(f":{text[: text.index(before)].count(chr(10)) + 1}:", ":L:")

    return edit


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("roles: [agent, senior-agent", "roles: [agnt, senior-agent", "roles.yaml:L: unknown role 'agnt'"),
        ("up_to: 149.00 USD", "up_to: 149 dollars", "roles.yaml:L: 'dollars' is no currency"),
        ("plans: [starter,", "plans: [startr,", "unknown plan 'startr'; did you mean 'starter'?"),
        ("younger_than_days: 30", "younger_than_days: a month", "'a month' is no number of days"),
        ("  override:", "  overide:", "unknown act 'overide'; did you mean 'override'?"),
        (
            "  stop: {roles: [operations-manager",
            "  stop: {roles: [operation-manager",
            "unknown role 'operation-manager'",
        ),
        ("  stop: {roles:", "  stopp: {roles:", "the key 'stop' is missing"),
        ("kind: refund\n", "kind: refnd\n", "unknown kind 'refnd'"),
        (
            "  - {kind: credit, roles: [finance-director], source: DF 6.1 level 3}\n",
            "",
            "no row for a credit of any amount",
        ),
        ("billing-specialists: {title", "billing-specialist: {title", "unknown team 'billing-specialists'"),
        ("\nauthority:", "\nauthorities:", "unknown key 'authorities'; did you mean 'authority'?"),
    ],
)
def test_a_mistake_in_the_charter_is_refused(refusal: Edit, before: str, after: str, reason: str) -> None:
    assert reason in refusal("roles.yaml", before, after)


@pytest.mark.parametrize(
    ("file", "before", "after", "reason"),
    [
        ("reply", "Subject: ", "Betreff: ", "reply.txt:L: the first line must be 'Subject: …'"),
        ("reply", "{message}", "{massage}", "unknown placeholder {massage}"),
        ("reply", "{message}", "{ message }", "reply.txt:L: a brace that is no placeholder"),
        ("refund-confirmation", " for your {plan} plan", "", "the placeholder {plan} is missing"),
        ("escalation", "{issue}", "{matter}", "A.1.v1.yaml:82: the template 'escalation' needs the value 'matter'"),
        ("ask-invoice", "{ticket}", "{message}", "needs values that a question doesn't have"),
    ],
)
def test_a_mistake_in_a_template_is_refused(refusal: Edit, file: str, before: str, after: str, reason: str) -> None:
    assert reason in refusal(f"templates/en/{file}.txt", before, after)


def test_a_missing_template_or_file_is_named(folder: Path) -> None:
    (folder / "templates" / "en" / "acknowledgment.txt").unlink()
    (folder / "roles.yaml").unlink()
    with pytest.raises(PolicyError) as refused:
        Handbook.load(folder)
    assert "acknowledgment.txt:1: the template is missing" in str(refused.value)
    assert "roles.yaml:1: can't be read" in str(refused.value)


def test_a_handbook_without_a_policy_is_refused(folder: Path) -> None:
    for policy in (folder / "policies").iterdir():
        policy.unlink()
    with pytest.raises(PolicyError, match="has no policy"):
        Handbook.load(folder)


def test_a_loaded_handbook_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        HANDBOOK.policies = ()  # type: ignore[misc]


def test_a_ticket_keeps_the_version_that_was_in_force_when_it_was_submitted(folder: Path) -> None:
    text = (folder / "policies" / "A.1.v1.yaml").read_text(encoding="utf-8")
    later = text.replace("version: 1\n", "version: 2\n", 1).replace("2023-10-26", "2025-06-01", 1)
    (folder / "policies" / "A.1.v2.yaml").write_text(later, encoding="utf-8")
    handbook = Handbook.load(folder)
    change = datetime(2025, 6, 1, tzinfo=UTC)
    assert handbook.version_in_force("A.1", change - timedelta(seconds=1)).version == 1
    assert handbook.version_in_force("A.1", change).version == 2
    assert handbook.policy_for("A.1", 1, change).version == 1


@pytest.mark.parametrize(
    ("policy", "version", "at", "reason"),
    [
        ("L.9", None, datetime(2025, 1, 1, tzinfo=UTC), "there is no policy 'L.9'; known: A.1, "),
        ("A.1", 9, datetime(2025, 1, 1, tzinfo=UTC), "there is no version 9 of A.1"),
        ("A.1", None, datetime(2020, 1, 1, tzinfo=UTC), "no version of A.1 was in force at 2020"),
    ],
)
def test_what_is_not_there_is_said(policy: str, version: int | None, at: datetime, reason: str) -> None:
    with pytest.raises(NoPolicy, match=reason):
        HANDBOOK.policy_for(policy, version, at)


def test_a_fact_that_comes_twice_is_refused() -> None:
    told = case(FIRST, TWIN)
    with pytest.raises(ValueError, match="comes twice"):
        HANDBOOK.case(told, [*told.facts.values(), *told.facts.values()])


def test_a_record_that_lacks_who_asked_can_not_be_decided_again() -> None:
    with pytest.raises(ValueError, match="who asked"):
        HANDBOOK.replay(decided(case(FIRST, TWIN)).model_copy(update={"requester": None}))
