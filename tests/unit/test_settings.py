"""Settings that don't go together are refused in words that say what to do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from casewright.client import connecting
from casewright.domain.tempo import WALL_CLOCK, Tempo
from casewright.settings import Settings, in_words

EPOCH = "2026-03-02T12:00:00Z"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EPOCH", "SPEED", "PRODUCTION"):
        monkeypatch.delenv(f"CASEWRIGHT_{name}", raising=False)


def refusal(monkeypatch: pytest.MonkeyPatch, **told: str) -> str:
    for name, value in told.items():
        monkeypatch.setenv(f"CASEWRIGHT_{name}", value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    return in_words(refused.value)


def test_time_runs_as_the_wall_clock_unless_told_otherwise() -> None:
    assert Settings().tempo == WALL_CLOCK


def test_epoch_and_speed_from_the_environment_are_the_tempo_of_its_tickets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWRIGHT_EPOCH", EPOCH)
    monkeypatch.setenv("CASEWRIGHT_SPEED", "3600")
    tempo = Tempo(epoch=datetime(2026, 3, 2, 12, tzinfo=UTC), speed=3600)
    assert Settings().tempo == tempo
    assert connecting.terms(Settings()).tempo == tempo


def test_another_process_gets_the_same_tempo_by_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Settings(epoch=datetime(2026, 3, 2, 12, 0, 0, 1, tzinfo=UTC), speed=0.1)
    for name, value in told.as_environment().items():
        monkeypatch.setenv(name, value)
    assert Settings().tempo == told.tempo


def test_any_speed_but_1_is_refused_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    words = refusal(monkeypatch, SPEED="3600", EPOCH=EPOCH, PRODUCTION="true")
    assert words.startswith("CASEWRIGHT_SPEED=3600 is for demonstrations: in production")


def test_production_runs_by_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWRIGHT_PRODUCTION", "true")
    monkeypatch.setenv("CASEWRIGHT_EPOCH", EPOCH)
    assert Settings().tempo == WALL_CLOCK


def test_a_speed_needs_the_instant_that_it_runs_from(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "needs CASEWRIGHT_EPOCH" in refusal(monkeypatch, SPEED="3600")


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "fast", "1e6"])
def test_a_speed_that_makes_no_time_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, speed: str) -> None:
    assert refusal(monkeypatch, EPOCH=EPOCH, SPEED=speed).startswith("CASEWRIGHT_SPEED: ")


def test_an_epoch_without_a_time_zone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(monkeypatch, SPEED="2", EPOCH="2026-03-02T12:00:00").startswith("CASEWRIGHT_EPOCH: ")
