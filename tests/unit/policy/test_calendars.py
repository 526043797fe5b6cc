"""Calendars are read from YAML and JSON; a mistake in one is refused with its file, line and reason."""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import yaml

from casewright.domain.calendars import Calendar, Weekday, Window, is_open
from casewright.policy import nodes
from casewright.policy.calendars import read_calendar
from casewright.policy.problems import PolicyError
from casewright.policy.public_holidays import YEARS

SHIPPED = Path(__file__).parents[3] / "handbook" / "calendars"
NAME = "calendars/shop.yaml"
TEXT = """\
zone: Europe/Berlin
weekly:
  monday-thursday: [09:00-12:00, 13:00-17:30]
  friday: 9:00 - 12:00
  saturday: closed
holidays:
  2026-12-25: Christmas Day
exceptions:
  2026-12-24: [10:00-14:00]
  2026-12-31: []
"""


def window(opens: int, closes: int) -> Window:
    return Window(opens=time(opens), closes=time(closes))


def problems(text: str) -> list[str]:
    with pytest.raises(PolicyError) as refused:
        read_calendar(text, NAME)
    return [str(problem) for problem in refused.value.problems]


def test_a_file_gives_the_week_the_holidays_and_the_exception_days() -> None:
    calendar = read_calendar(TEXT, NAME)
    assert (calendar.id, calendar.zone) == ("shop", "Europe/Berlin")
    assert calendar.weekly[Weekday.WEDNESDAY][1] == Window(opens=time(13), closes=time(17, 30))
    assert calendar.weekly[Weekday.FRIDAY] == (window(9, 12),)
    assert calendar.weekly[Weekday.SATURDAY] == ()
    assert calendar.holidays == {date(2026, 12, 25): "Christmas Day"}
    assert calendar.exceptions == {date(2026, 12, 24): (window(10, 14),), date(2026, 12, 31): ()}


@pytest.mark.parametrize("indent", [None, 2, "\t"])
@pytest.mark.parametrize("loader", [nodes._LOADER, yaml.BaseLoader])
def test_json_of_the_same_shape_reads_the_same(
    indent: int | str | None, loader: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodes, "_LOADER", loader)
    shape = {
        "id": "night",
        "zone": "Etc/UTC",
        "weekly": {"sun-mon": "22:00-06:00"},
        "holidays": {"2026-01-01": "New Year"},
    }
    calendar = read_calendar(json.dumps(shape, indent=indent), "calendars/other.json")
    assert calendar == Calendar(
        id="night",
        zone="Etc/UTC",
        weekly={Weekday.SUNDAY: (window(22, 6),), Weekday.MONDAY: (window(22, 6),)},
        holidays={date(2026, 1, 1): "New Year"},
    )


def test_a_countrys_public_holidays_are_expanded_and_own_days_added() -> None:
    country = "holidays: {country: US, subdivision: CA, 2026-07-04: Picnic, 2026-08-08: Ours}"
    days = read_calendar(f"zone: America/Los_Angeles\nweekly: {{monday: 09:00-17:00}}\n{country}", NAME).holidays
    assert days[date(2026, 7, 4)] == "Picnic"
    assert days[date(2026, 8, 8)] == "Ours"
    assert "Independence Day" in days[date(2026, 7, 3)]
    assert days[date(2026, 3, 31)].startswith("Cesar Chavez Day") or "Chavez" in days[date(2026, 3, 31)]
    assert {day.year for day in days} == set(YEARS)


def test_german_holidays_have_english_names_on_any_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    days = read_calendar("zone: Europe/Berlin\nweekly: {}\nholidays: {country: DE}", NAME).holidays
    assert days[date(2026, 10, 3)] == "German Unity Day"


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("zone: Europe/Berlin", "zone: Europe/Berln", 1, "'Europe/Berln' is no time zone of the IANA database"),
        ("zone: Europe/Berlin\n", "", 1, "the key 'zone' is missing"),
        ("holidays:", "holiday:", 6, "unknown key 'holiday'; did you mean 'holidays'?"),
        ("friday", "fryday", 4, "'fryday' is no weekday, nor two with a hyphen; did you mean 'friday'?"),
        ("monday-thursday", "monday-tuesday-thursday", 3, "is no weekday, nor two with a hyphen"),
        ("friday", "thursday", 4, "thursday comes twice"),
        ("9:00 - 12:00", "9 to 12", 4, "'9 to 12' is no window: write it as 09:00-17:30, or closed"),
        ("9:00 - 12:00", "9:00-25:00", 4, "a day has 00:00 to 24:00"),
        ("9:00 - 12:00", "24:00-09:00", 4, "a day has 00:00 to 24:00"),
        ("13:00-17:30", "11:00-17:30", 3, "the windows 09:00-12:00 and 11:00-17:30 of one day overlap"),
        ("2026-12-25:", "25.12.2026:", 7, "'25.12.2026' is no date: write it as 2026-12-25"),
        ("2026-12-31:", "2026-02-30:", 10, "'2026-02-30' is no date"),
        ("2026-12-25: Christmas Day", "country: XX", 7, "no public holidays are known of 'XX'"),
        ("2026-12-25: Christmas Day", "{country: DE, subdivision: ZZ}", 7, "'ZZ' of 'DE'"),
        ("2026-12-25: Christmas Day", "subdivision: CA", 7, "a subdivision needs its country"),
        ("zone:", "id: Shop\nzone:", 1, "'Shop' is no id of a calendar"),
    ],
)
def test_a_mistake_is_refused_with_its_line(old: str, new: str, line: int, reason: str) -> None:
    assert old in TEXT
    found = problems(TEXT.replace(old, new, 1))
    assert any(problem.startswith(f"{NAME}:{line}: ") and reason in problem for problem in found), found


def test_every_mistake_is_told_at_once() -> None:
    assert len(problems(TEXT.replace("Berlin", "Berln").replace("friday", "fryday").replace("12-31", "13-31"))) == 3


def test_people_work_sunday_to_thursday_from_ten_to_six() -> None:
    support = read_calendar((SHIPPED / "support.yaml").read_text(), "calendars/support.yaml")
    assert support.id == "support"
    assert [day for day in Weekday if not support.weekly.get(day)] == [Weekday.FRIDAY, Weekday.SATURDAY]
    assert set(support.weekly.values()) == {(window(10, 18),)}


def test_around_the_clock_is_always_open() -> None:
    always = read_calendar((SHIPPED / "around-the-clock.yaml").read_text(), "calendars/around-the-clock.yaml")
    assert all(is_open(always, datetime(2026, 11, day, 23, 59, tzinfo=UTC)) for day in range(1, 31))
