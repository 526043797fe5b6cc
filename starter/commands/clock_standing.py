"""Commitments as people read them: what was promised, until when, how much is used, and whether it was kept."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from starter.commands.showing import instant, plain, table
from starter.shown.commitments import ShownClock, Standing

_WORDS = {
    Standing.RUNNING: ("running", ""),
    Standing.AT_RISK: ("at risk", "yellow"),
    Standing.PAUSED: ("paused: the customer's turn", "dim"),
    Standing.MET: ("met", "green"),
    Standing.MET_LATE: ("met late", "red"),
    Standing.BROKEN: ("broken", "bold red"),
    Standing.WITHDRAWN: ("withdrawn", "dim"),
}


def commitments(clocks: Sequence[ShownClock]) -> Table:
    """A row for each."""
    shown = table("Commitment", "Within", "Due (UTC)", "Used", "State")
    shown.columns[3].justify = "right"
    for clock in clocks:
        words, style = _WORDS[clock.standing]
        met = f" {instant(clock.met_at)}" if clock.met_at is not None else ""
        shown.add_row(
            plain(f"{clock.kind}: {clock.name} ({clock.source})"),
            clock.span,
            instant(clock.deadline) if clock.deadline is not None else "",
            f"{clock.used_percent} %",
            Text(f"{words}{met}", style),
        )
    return shown
