"""A ticket's one timer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from casewright.domain.alarms import Alarm

LEAST_SLEEP = timedelta(milliseconds=1)


class OneTimer:
    """Stands for the next alarm, and wakes the ticket at it."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._alarm: Alarm | None = None
        self._task: asyncio.Task[None] | None = None

    def stand_for(self, alarm: Alarm | None, left: Callable[[Alarm], timedelta], *, busy: bool) -> None:
        """Move the timer to this alarm, ``left`` away in real time.

        One that stands too early stays while the ticket is busy: what comes of that may move it again, and each move is
        two more events in the history.
        """
        standing = self._alarm if self._task is not None and not self._task.done() else None
        if standing == alarm or (standing and alarm and busy and standing.at <= alarm.at):
            return
        if self._task is not None:
            self._task.cancel()
        self._alarm, self._task = alarm, None
        if alarm is not None:
            self._task = asyncio.create_task(self._sleep(max(left(alarm), LEAST_SLEEP), alarm.words))

    async def _sleep(self, left: timedelta, words: str) -> None:
        await workflow.sleep(left, summary=words)
        self._wake()
