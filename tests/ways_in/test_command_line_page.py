"""docs/command-line.md lists what there is: commands, teams and resolution codes."""

from __future__ import annotations

import re
from pathlib import Path

from typer import Typer
from typer.main import get_group

from casewright.handbook import Handbook
from starter.cli import app
from starter.commands import absent, act, people, sandbox, stop
from starter.run.samples import load_samples

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The page's text under a heading."""
    return PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def tables(text: str) -> list[dict[str, str]]:
    """Each table of two columns, without its head: what is in backquotes → what is beside it."""
    found = [re.findall(r"^\| `([a-z0-9-]+)` +\| (.*?) +\|$", block, re.MULTILINE) for block in text.split("\n\n")]
    return [dict(rows) for rows in found if rows]


def commands(of: Typer) -> set[str]:
    return set(get_group(of).commands)


def test_every_command_is_in_the_overview() -> None:
    overview = PAGE.split("\n## ", 1)[0]
    named = set(re.findall(r"`casewright ([a-z]+)", overview)) | set(re.findall(r"`([a-z]+)`", overview))
    assert commands(app) - named == set()
    for group in (act.app, absent.app, stop.app, people.app, sandbox.app):
        words = re.findall(r"`([a-z ]+)`", overview)
        assert commands(group) <= {word for listed in words for word in listed.split()}, commands(group)


def test_the_teams_are_those_of_the_handbook() -> None:
    listed, *_ = tables(section("Teams and resolution codes"))
    assert listed == Handbook.load(ROOT / "handbook").organisation.teams


def test_the_resolution_codes_are_those_that_the_samples_come_to() -> None:
    _, automatic, by_people = tables(section("Teams and resolution codes"))
    samples = load_samples(ROOT / "sandbox" / "samples")
    assert by_people.keys() == {act.act["code"] for sample in samples for act in sample.acts if "code" in act.act}
    come_to = {sample.expect.code for sample in samples if sample.expect.code is not None}
    assert automatic.keys() == come_to - by_people.keys()
