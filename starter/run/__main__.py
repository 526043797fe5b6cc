"""``python -m starter.run``: everything on this machine, with sample tickets on their way."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time

from casewright.embedded.errors import EmbeddedServerError
from starter.run.course import Interrupted, run
from starter.run.problem import RunProblem
from starter.run.voice import say
from starter.run.wishes import Wishes, read_wishes

_ONE_CTRL_C_SECONDS = 1.0
"""A Ctrl-C may reach us twice: from the terminal, and once more from ``uv run``."""


class _Stopping:
    """Ctrl-C stops everything cleanly; a later one at once."""

    def __init__(self, task: asyncio.Task[int]) -> None:
        self._task = task
        self._asked: float | None = None

    def __call__(self) -> None:
        now = time.monotonic()
        if self._asked is None:
            self._asked = now
            say("stopping everything (Ctrl-C again: at once)")
            self._task.cancel()
        elif now - self._asked > _ONE_CTRL_C_SECONDS:
            os._exit(130)  # what we started dies with us


async def _main(wishes: Wishes) -> int:
    task = asyncio.create_task(run(wishes))
    stopping = _Stopping(task)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopping)
    try:
        return await task
    except Interrupted:
        return 130 if wishes.once else 0


def main() -> int:
    """Run, and say what went wrong in words."""
    try:
        return asyncio.run(_main(read_wishes()))
    except (RunProblem, EmbeddedServerError) as problem:
        say(f"[failed] {problem}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
