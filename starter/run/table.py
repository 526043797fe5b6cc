"""The samples as a table, and as lines."""

from __future__ import annotations

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from starter.run.board import Standing
from starter.run.wording import decided, did, waits_shortly

WIDE = 146
"""Columns from which each sample fits on a line."""
_MARKS = {None: ("…", "dim"), True: ("✓", "green"), False: ("✗", "bold red")}


def table(standings: list[Standing], *, head: str | None = None, title: str, width: int) -> Group:
    """A row for each sample: what was decided, done, waited for, and whether that is as its file says."""
    above = [Text(head, "bold")] if head else []
    drawn = _wide(standings) if width >= WIDE else _narrow(standings)
    reasons = [
        Text(f"✗ {standing.sample.name}: {reason}", "red") for standing in standings for reason in standing.reasons
    ]
    return Group(*above, drawn, *reasons, Text(title, "bold"))


def line(standing: Standing) -> str:
    """The row as one plain line, for logs."""
    mark = _MARKS[standing.as_expected][0]
    cells = [standing.sample.name, standing.ticket, decided(standing), did(standing), waits_shortly(standing)]
    reasons = "".join(f"\n    {reason}" for reason in standing.reasons)
    return f"{mark} {' | '.join(cell or '-' for cell in cells)}{reasons}"


def _wide(standings: list[Standing]) -> Table:
    drawn = _empty()
    # As wide as they usually become, so that the live table doesn't jump.
    drawn.add_column("sample", no_wrap=True, min_width=25)
    drawn.add_column("ticket", no_wrap=True, min_width=18, style="dim")
    drawn.add_column("decided", no_wrap=True, min_width=26)
    drawn.add_column("did", overflow="fold", min_width=28)
    drawn.add_column("waits for", overflow="fold", min_width=32)
    for standing in standings:
        drawn.add_row(
            _mark(standing),
            standing.sample.name,
            standing.ticket or "",
            decided(standing),
            did(standing),
            waits_shortly(standing),
        )
    return drawn


def _narrow(standings: list[Standing]) -> Table:
    drawn = _empty()
    drawn.add_column("sample, ticket", no_wrap=True)
    drawn.add_column("decided, did", overflow="fold")
    drawn.add_column("waits for", overflow="fold")
    for standing in standings:
        drawn.add_row(
            _mark(standing),
            f"{standing.sample.name}\n{standing.ticket or ''}",
            f"{decided(standing)}\n{did(standing)}",
            waits_shortly(standing),
        )
    return drawn


def _empty() -> Table:
    drawn = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    drawn.add_column("", no_wrap=True, width=1)
    return drawn


def _mark(standing: Standing) -> Text:
    return Text(*_MARKS[standing.as_expected])
