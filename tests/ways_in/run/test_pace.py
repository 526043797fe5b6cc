"""The speed of a run: chosen at its first start, kept with its data, and never changed under them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casewright.domain.tempo import WALL_CLOCK, Tempo
from starter.run.environment import tempo_told
from starter.run.folder import DataFolder
from starter.run.pace import in_words, settled_tempo
from starter.run.problem import RunProblem
from starter.run.wishes import read_wishes

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


def started(folder: DataFolder, speed: float | None) -> tuple[Tempo, list[str]]:
    """The tempo of a start that goes well, and what is said."""
    said: list[str] = []
    tempo = settled_tempo(folder, speed, said.append)
    folder.keys()
    return tempo, said


def silent(words: str) -> None:
    """Says nothing."""


def test_time_begins_at_the_first_start_with_the_speed_that_was_asked_for(folder: DataFolder) -> None:
    before = datetime.now(UTC)
    tempo, said = started(folder, 3600)
    assert tempo.speed == 3600
    assert before <= tempo.epoch <= datetime.now(UTC)
    assert said == []


def test_a_later_start_without_a_speed_goes_on_at_the_kept_one_and_says_so(folder: DataFolder) -> None:
    first, _ = started(folder, 3600)
    assert started(folder, None) == (first, ["these data live at speed 3600, and go on so"])


def test_the_same_speed_may_be_asked_for_again(folder: DataFolder) -> None:
    first, _ = started(folder, 3600)
    assert started(folder, 3600)[0] == first


@pytest.mark.parametrize(("kept", "asked"), [(3600, 60), (3600, 1), (None, 3600), (1, 3600)])
def test_another_speed_on_kept_data_is_refused_with_what_to_do(
    folder: DataFolder, kept: float | None, asked: float
) -> None:
    started(folder, kept)
    with pytest.raises(RunProblem) as refused:
        settled_tempo(folder, asked, silent)
    words = str(refused.value)
    assert f"SPEED={asked:g} was asked for" in words
    assert f"live at speed {kept or 1:g}" in words
    assert "FRESH=1" in words


def test_data_of_an_earlier_release_have_lived_by_the_wall_clock(folder: DataFolder) -> None:
    folder.keys()
    with pytest.raises(RunProblem, match="live at speed 1:"):
        settled_tempo(folder, 3600, silent)
    assert started(folder, None) == (WALL_CLOCK, [])


def test_a_fresh_start_may_have_another_speed(folder: DataFolder) -> None:
    started(folder, 3600)
    folder.clear()
    assert started(folder, 60)[0].speed == 60


def test_a_damaged_file_is_named(folder: DataFolder, tmp_path: Path) -> None:
    (tmp_path / "tempo.json").write_text('{"speed": "fast"}', encoding="utf-8")
    with pytest.raises(RunProblem, match=r"tempo\.json is damaged"):
        settled_tempo(folder, None, silent)


def test_data_whose_time_is_over_are_named(folder: DataFolder) -> None:
    folder.keep_tempo(Tempo(epoch=LONG_AGO, speed=100_000))
    with pytest.raises(RunProblem, match="has passed the year 9999: begin anew"):
        settled_tempo(folder, None, silent)


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "fast", "1000000"])
def test_a_speed_that_makes_no_time_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, speed: str) -> None:
    monkeypatch.setenv("SPEED", speed)
    with pytest.raises(RunProblem, match=f"^SPEED='{speed}' can't be used"):
        read_wishes()


def test_programs_are_told_the_very_same_tempo() -> None:
    tempo = Tempo(epoch=datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC), speed=0.1)
    told = tempo_told(tempo)
    assert Tempo(epoch=datetime.fromisoformat(told["CASEWRIGHT_EPOCH"]), speed=float(told["CASEWRIGHT_SPEED"])) == tempo


def test_the_head_says_the_virtual_time_and_the_speed_unless_it_is_1() -> None:
    assert in_words(WALL_CLOCK) is None
    hour_a_second = Tempo(epoch=datetime.now(UTC) - timedelta(hours=1), speed=3600)
    words = in_words(hour_a_second)
    assert words is not None
    assert words.endswith(" UTC, speed 3600")
    assert f"Virtual time {hour_a_second.now():%Y-%m}" in words
