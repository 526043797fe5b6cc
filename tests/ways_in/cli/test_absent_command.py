"""``casewright absent``: what it asks the API, and what it says."""

from __future__ import annotations

import json

import pytest
from pydantic import JsonValue
from typer.testing import CliRunner, Result

from starter.cli import app
from tests.ways_in.cli.stand_in import StandIn


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["absent", *words])


def absence(**changed: JsonValue) -> dict[str, JsonValue]:
    """As the API shows it."""
    told: dict[str, JsonValue] = {
        "id": 3, "person": "manager-gwen", "deputy": "manager-hal", "from": "2026-11-21T10:00:00Z",
        "until": "2026-12-01T08:00:00Z", "set_by": "manager-gwen", "at": "2026-11-21T10:00:00Z",
    }  # fmt: skip
    return {**told, "ended_by": None, "ended_at": None, **changed}


def test_an_absence_is_set_listed_and_ended(api: StandIn) -> None:
    over = absence(ended_by="operations-jon", ended_at="2026-11-22T09:00:00Z")
    api.answers["POST /absences"] = (201, absence())
    api.answers["GET /absences"] = (200, {"absences": [over]})
    api.answers["POST /absences/3/end"] = (200, over)
    made = run("set", "manager-hal", "--until", "2026-12-01T08:00Z", "--from", "2026-11-30", "--as", "manager-gwen")
    assert (made.exit_code, "manager-hal stands in for manager-gwen until 2026-12-01 08:00:00 UTC" in made.stdout) == (
        0,
        True,
    ), made.output
    assert "by operations-jon, 2026-11-22 09:00:00" in run("list", "--all").stdout
    assert json.loads(run("list", "--json").stdout)["absences"][0]["from"] == "2026-11-21T10:00:00Z"
    assert run("end", "3", "--as", "manager-gwen").stdout == "manager-hal stands in for manager-gwen no longer\n"
    assert [(one.method, one.path, json.loads(one.body or "null")) for one in api.asked] == [
        (
            "POST",
            "/absences",
            {"deputy": "manager-hal", "until": "2026-12-01T08:00:00+00:00", "from": "2026-11-30T00:00:00+00:00"},
        ),
        ("GET", "/absences?all=true", None),
        ("GET", "/absences", None),
        ("POST", "/absences/3/end", {}),
    ]


def test_where_nobody_is_away_that_is_said(api: StandIn) -> None:
    api.answers["GET /absences"] = (200, {"absences": []})
    assert run("list").stdout == "nobody is away\n"


@pytest.mark.parametrize("words", [["set", "manager-hal"], ["set", "manager-hal", "--until", "soon"], ["end"]])
def test_an_absence_without_its_end_or_number_is_wrong_usage(api: StandIn, words: list[str]) -> None:
    assert run(*words).exit_code == 2
    assert api.asked == []
