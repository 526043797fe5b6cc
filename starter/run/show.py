"""Shows the samples on their way, live in a terminal or as plain lines, until they have settled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from rich.console import Console
from rich.live import Live

from starter.run.board import Board, Standing
from starter.run.table import WIDE, line, table
from starter.run.wording import counts, waits

_EVERY_SECONDS = 0.4
PATIENCE_SECONDS = 300.0
"""Without any progress at all: however slow the machine, something moves before that."""
_SAID_EVERY_SECONDS = 10.0
_LINES_AROUND = 7


async def until_settled(board: Board, console: Console) -> None:
    """Refresh and show the board until every sample has settled, or nothing moves any more: such samples failed."""
    lively = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None
    plain = _PlainLines(console)
    if lively is not None:
        lively.start()
    try:
        await _refresh(board, lambda: _draw(lively, board) if lively is not None else plain.tell(board))
    finally:
        if lively is not None:
            lively.stop()


async def _refresh(board: Board, show: Callable[[], None]) -> None:
    progress, moved = board.progress, time.monotonic()
    while True:
        await board.refresh()
        show()
        if board.finished:
            return
        if board.progress != progress:
            progress, moved = board.progress, time.monotonic()
        elif time.monotonic() - moved > PATIENCE_SECONDS:
            _give_up(board)
        await asyncio.sleep(_EVERY_SECONDS)


def _give_up(board: Board) -> None:
    for standing in board.standings:
        if standing.as_expected is None:
            what = waits(standing) or "the rest of its group"
            standing.problem = f"nothing has moved for {PATIENCE_SECONDS:.0f} s; it waits for {what}"


def _draw(lively: Live, board: Board) -> None:
    room = lively.console.size.height - _LINES_AROUND
    width = lively.console.size.width
    shown = _fitting(board.standings, room if width >= WIDE else room // 2)
    lively.update(table(shown, head=board.head, title=counts(board.standings), width=width), refresh=True)


def _fitting(standings: list[Standing], room: int) -> list[Standing]:
    """All when they fit; else those that are open, in their order, as many as fit. The whole table comes at the end."""
    if len(standings) <= room:
        return standings
    return [s for s in standings if s.as_expected is None][: max(3, room)]


class _PlainLines:
    """Each sample once, when it has settled; and now and then how far it is."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: set[str] = set()
        self._said = time.monotonic()

    def tell(self, board: Board) -> None:
        """Print what is new."""
        for standing in board.standings:
            if standing.as_expected is not None and standing.sample.name not in self._told:
                self._told.add(standing.sample.name)
                self._console.print(line(standing), soft_wrap=True, highlight=False, markup=False)
        if time.monotonic() - self._said > _SAID_EVERY_SECONDS:
            self._said = time.monotonic()
            told = [words for words in (board.head, counts(board.standings)) if words]
            self._console.print("; ".join(told), soft_wrap=True, highlight=False)
