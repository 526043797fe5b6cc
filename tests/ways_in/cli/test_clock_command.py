"""``casewright clock`` shows the arithmetic of a calendar's file."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from starter.cli import app

BERLIN = "zone: Europe/Berlin\nweekly: {sunday-thursday: 10:00-18:00}\nholidays: {2026-11-23: a holiday}\n"


@pytest.fixture
def berlin(tmp_path: Path) -> str:
    path = tmp_path / "berlin.yaml"
    path.write_text(BERLIN)
    return str(path)


def clock(*words: str) -> Result:
    return CliRunner().invoke(app, ["clock", *words])


def told(*words: str) -> str:
    done = clock(*words)
    assert done.exit_code == 0, done.stderr
    return done.stdout.strip()


def test_business_hours_are_added_in_the_calendars_own_time(berlin: str) -> None:
    shown = told("add", "--calendar", berlin, "2026-11-19T17:00", "2 bh")
    assert shown == "Sun 2026-11-22 11:00:00 +01:00 (2026-11-22T10:00:00Z)"


@pytest.mark.parametrize(
    ("span", "deadline"),
    [
        ("4 h", "2026-11-19T20:00:00+00:00"),
        ("2 d", "2026-11-21T16:00:00+00:00"),
        ("0 bh", "2026-11-19T16:00:00+00:00"),
        ("1 wd", "2026-11-22T16:00:00+00:00"),
        ("1 wd 30 min", "2026-11-22T16:30:00+00:00"),
        ("1 bh 15 s", "2026-11-22T09:00:15+00:00"),
    ],
)
def test_a_span_may_be_elapsed_or_business_time(berlin: str, span: str, deadline: str) -> None:
    answer = json.loads(told("add", "--calendar", berlin, "2026-11-19T16:00:00Z", span, "--json"))
    assert answer["deadline"] == deadline
    assert answer["zone"] == "Europe/Berlin"


def test_pauses_move_a_deadline(berlin: str) -> None:
    pauses = ["--pause", "2026-11-19T11:00/2026-11-19T12:00", "--pause", "2026-11-19T20:00/2026-11-20T20:00"]
    shown = told("add", "--calendar", berlin, "2026-11-19T10:00", "8 bh", *pauses)
    assert shown.startswith("Sun 2026-11-22 11:00:00")


def test_a_pause_that_lasts_leaves_no_deadline(berlin: str) -> None:
    words = ["add", "--calendar", berlin, "2026-11-19T10:00", "8 bh", "--pause", "2026-11-19T11:00/"]
    assert told(*words).startswith("no deadline")
    assert json.loads(told(*words, "--json"))["deadline"] is None


def test_what_lies_between_is_business_time_less_pauses(berlin: str) -> None:
    words = ["between", "--calendar", berlin, "2026-11-19T17:00", "2026-11-24T10:30"]
    assert told(*words) == "9 h 30 min"
    assert told(*words, "--pause", "2026-11-22T09:00/2026-11-22T10:15") == "9 h 15 min"
    assert json.loads(told(*words, "--json"))["seconds"] == 34200
    assert told("between", "--calendar", berlin, "2026-11-24T10:30", "2026-11-19T17:00") == "-9 h 30 min"


def test_a_week_is_shown_with_its_holidays(berlin: str) -> None:
    lines = told("show", "--calendar", berlin, "--week", "2026-11-22").splitlines()
    assert lines[0] == "Sun 2026-11-22  10:00-18:00"
    assert lines[1] == "Mon 2026-11-23  closed  (a holiday)"
    assert lines[-1] == "32 h in Europe/Berlin"
    answer = json.loads(told("show", "--calendar", berlin, "--week", "2026-11-22", "--json"))
    assert answer["openings"][0] == {"start": "2026-11-22T09:00:00+00:00", "end": "2026-11-22T17:00:00+00:00"}
    assert len(answer["openings"]) == 4


def test_a_json_file_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "Our Hours.json"
    path.write_text(json.dumps({"zone": "Etc/UTC", "weekly": {"monday": ["09:00-17:00"]}}))
    assert (
        json.loads(told("add", "--calendar", str(path), "2026-11-23T16:00", "1 bh", "--json"))["calendar"]
        == "our-hours"
    )


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (["add", "tomorrow", "4 bh"], 2, "'tomorrow' is no instant"),
        (["add", "2026-11-19T10:00", "4 parsecs"], 2, "'4 parsecs' is no span"),
        (["add", "2026-11-19T10:00", "1 d 1 bh"], 2, "mixes days of 24 h with business time"),
        (["add", "2026-11-19T10:00", "4 bh", "--pause", "2026-11-19T11:00"], 2, "is no pause"),
        (
            ["add", "2026-11-19T10:00", "4 bh", "--pause", "2026-11-19T11:00/2026-11-19T10:00"],
            2,
            "ends before it begins",
        ),
        (["add", "2026-11-19T10:00", "9999999 bh"], 1, "has only"),
        (["show", "--week", "someday"], 2, "'someday' is no date"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_line(berlin: str, words: list[str], code: int, reason: str) -> None:
    done = clock(words[0], "--calendar", berlin, *words[1:])
    assert done.exit_code == code
    assert reason in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_file_with_a_mistake_or_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("zone: Mars/Olympus\nweekly: {}\n")
    done = clock("show", "--calendar", str(path))
    assert done.exit_code == 1
    assert "wrong.yaml:1: 'Mars/Olympus' is no time zone" in done.stderr
    assert "can't be read" in clock("show", "--calendar", str(tmp_path / "none.yaml")).stderr


def test_a_calendar_that_never_opens_is_told(tmp_path: Path) -> None:
    path = tmp_path / "never.yaml"
    path.write_text("zone: Etc/UTC\nweekly: {}\n")
    done = clock("add", "--calendar", str(path), "2026-11-19T10:00", "0 bh")
    assert done.exit_code == 1
    assert "the calendar never never opens after" in done.stderr
