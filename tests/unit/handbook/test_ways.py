"""How teams work, who is above whom, and which calendars there are: read with the handbook, or refused with it."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from casewright.domain.charter import Team
from casewright.handbook import Handbook
from casewright.policy.people import read_organisation
from casewright.policy.problems import PolicyError
from tests.unit.policy.billing_cases import FOLDER, HANDBOOK

ROLES = (FOLDER / "roles.yaml").read_text(encoding="utf-8")
TEAM = 'calendar: support, channel: "#billing", lead: team-lead, '
Change = Callable[[Path], object]


def test_a_team_has_a_calendar_a_channel_and_a_lead() -> None:
    billing = HANDBOOK.charter.team("billing-specialists")
    assert billing == Team(calendar="support", channel="#billing", lead="team-lead")


def test_a_role_has_an_authority_above_it_up_to_the_top() -> None:
    ladder = HANDBOOK.charter.ladder(("agent", "senior-agent", "team-lead", "support-manager", "finance-director"))
    assert [level for (level,) in ladder] == [
        "agent",
        "senior-agent",
        "team-lead",
        "support-manager",
        "finance-director",
    ]


def test_older_files_without_these_read_as_they_did() -> None:
    older = re.sub(r"(calendar|lead|next): [a-z-]+, |channel: \"#[a-z-]+\", ", "", ROLES)
    assert not re.search(r", (calendar|channel|lead|next): ", older)
    charter = read_organisation(older, "roles.yaml").charter
    assert charter.team("billing-specialists") == Team()
    assert charter.ladder(("agent", "support-manager")) == (("agent", "support-manager"),)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (TEAM, TEAM.replace("support", "suport"), "L: unknown calendar 'suport'; did you mean 'support'?"),
        (TEAM, TEAM.replace("team-lead", "team-led"), "L: unknown role 'team-led'; did you mean 'team-lead'?"),
        (TEAM, TEAM.replace("#billing", "billing"), "L: 'billing' is no channel: write it as \"#billing\", in quotes"),
        (TEAM, TEAM.replace('"#billing"', '""'), "L: a value is missing here"),
        (TEAM, TEAM.replace("lead:", "leader:"), "L: unknown key 'leader'; did you mean 'lead'?"),
        ("next: senior-agent", "next: senior-agnt", "L: unknown role 'senior-agnt'; did you mean 'senior-agent'?"),
        ("next: finance-director", "next: agent", "L: who is above 'support-manager' comes back to it"),
        ("next: senior-agent", "next: agent", "L: who is above 'agent' comes back to it: nobody would be at the top"),
    ],
)
def test_a_mistake_in_it_is_refused(before: str, after: str, reason: str) -> None:
    line = ROLES[: ROLES.index(before)].count("\n") + 1
    with pytest.raises(PolicyError) as refused:
        read_organisation(ROLES.replace(before, after, 1), "roles.yaml")
    assert reason in str(refused.value).replace(f"roles.yaml:{line}:", "L:")


def twice(folder: Path) -> None:
    shutil.copy(folder / "calendars/support.yaml", folder / "calendars/other.yaml")
    with (folder / "calendars/other.yaml").open("a", encoding="utf-8") as file:
        file.write("id: support\n")


def rename(folder: Path) -> None:
    (folder / "calendars/support.yaml").rename(folder / "calendars/people.yaml")


def broken(folder: Path) -> None:
    (folder / "calendars/support.yaml").write_text("zone: Atlantis\n", encoding="utf-8")


def without_commitments(folder: Path) -> None:
    (folder / "commitments.yaml").unlink()


def to_a_colleague(folder: Path) -> None:
    file = folder / "policies/A.1.v1.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("template: escalation", "template: staff-low-rating"), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (twice, "calendars/support.yaml:1: there are two calendars 'support'"),
        (rename, "calendars/support.yaml:1: the calendar is missing: it is that of whoever names none"),
        (broken, "calendars/support.yaml:1: "),
        (without_commitments, "commitments.yaml:1: can't be read"),
        (to_a_colleague, "unknown template 'staff-low-rating'"),
    ],
)
def test_what_its_files_lack_is_named(tmp_path: Path, change: Change, reason: str) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "handbook"))
    change(folder)
    with pytest.raises(PolicyError) as refused:
        Handbook.load(folder)
    assert reason in str(refused.value)


def test_naming_a_calendar_that_has_a_mistake_is_no_second_mistake(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "handbook"))
    broken(folder)
    with pytest.raises(PolicyError) as refused:
        Handbook.load(folder)
    assert {problem.file for problem in refused.value.problems} == {"calendars/support.yaml"}
