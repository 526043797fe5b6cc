"""The result of a run for machines: one JSON document."""

from __future__ import annotations

from pydantic import BaseModel

from casewright.domain.tempo import Tempo
from starter.run.board import Board, Standing
from starter.run.outcome import Outcome
from starter.run.wording import waits


class SampleReport(BaseModel):
    """One sample: what it is to show, and what became of it."""

    name: str
    title: str
    shows: str
    ticket: str | None
    as_expected: bool | None
    reasons: list[str]
    """Why it isn't as expected."""
    waits_for: str
    outcome: Outcome | None
    """None: it hasn't settled."""


class RunReport(BaseModel):
    """All samples, and how long it took."""

    as_expected: bool
    seconds_to_start: float
    seconds_to_settle: float
    addresses: dict[str, str]
    tempo: Tempo
    """Of its tickets: the instant from which their time runs, and how fast."""
    samples: list[SampleReport]


def report(board: Board, addresses: dict[str, str], started: float, settled: float) -> RunReport:
    """Put a board into a document."""
    return RunReport(
        as_expected=board.all_as_expected,
        seconds_to_start=round(started, 1),
        seconds_to_settle=round(settled, 1),
        addresses=addresses,
        tempo=board.tempo,
        samples=[_sample(standing) for standing in board.standings],
    )


def _sample(standing: Standing) -> SampleReport:
    sample = standing.sample
    return SampleReport(
        name=sample.name,
        title=sample.title,
        shows=sample.shows,
        ticket=standing.ticket,
        as_expected=standing.as_expected,
        reasons=standing.reasons,
        waits_for=waits(standing),
        outcome=standing.outcome,
    )
