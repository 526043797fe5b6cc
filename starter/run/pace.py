"""The time that a run's tickets live in: its speed is chosen at the first start, and kept with the data."""

from __future__ import annotations

from datetime import UTC, datetime

from casewright.domain.tempo import WALL_CLOCK, Tempo
from casewright.embedded.processes import Progress
from starter.run.folder import DataFolder
from starter.run.problem import RunProblem


def settled_tempo(folder: DataFolder, asked: float | None, say: Progress) -> Tempo:
    """The folder's tempo; at the first start one that begins now, at the speed that is asked for (None: 1).

    Raises:
        RunProblem: the data live at another speed, or their time is over.
    """
    tempo = folder.tempo()
    if tempo is None:
        # Data without one are of an earlier release, whose tickets lived by the wall clock.
        tempo = WALL_CLOCK if folder.has_keys() else Tempo(epoch=datetime.now(UTC), speed=asked or 1)
        folder.keep_tempo(tempo)
    elif asked is None and tempo.speed != 1:
        say(f"these data live at speed {tempo.speed:g}, and go on so")
    if asked is not None and asked != tempo.speed:
        raise RunProblem(
            f"SPEED={asked:g} was asked for, and the data in {folder.root} live at speed {tempo.speed:g}: every "
            f"instant in them would mean another one. Start without SPEED to go on at {tempo.speed:g}, begin anew with "
            f"FRESH=1, or use other data: make run SPEED={asked:g} CASEWRIGHT_DATA=/another/folder"
        )
    _require_time_left(folder, tempo)
    return tempo


def in_words(tempo: Tempo) -> str | None:
    """What time it is, and how fast it runs; None: as the wall clock."""
    if tempo.speed == 1:
        return None
    return f"Virtual time {tempo.now():%Y-%m-%d %H:%M} UTC, speed {tempo.speed:g}"


def _require_time_left(folder: DataFolder, tempo: Tempo) -> None:
    try:
        tempo.now()
    except OverflowError as error:
        raise RunProblem(
            f"At speed {tempo.speed:g} since {tempo.epoch:%Y-%m-%d} the time of the data in {folder.root} has passed "
            "the year 9999: begin anew with FRESH=1."
        ) from error
