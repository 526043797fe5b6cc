"""What a ticket has under way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator

from temporalio.exceptions import FailureError


class UnderWay:
    """Tasks by name, one of a name at a time; each wakes the ticket when it ends."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def __bool__(self) -> bool:
        return bool(self._tasks)

    def __contains__(self, name: str) -> bool:
        return name in self._tasks

    def only(self, name: str) -> bool:
        """Whether there is nothing but, at most, this."""
        return self._tasks.keys() <= {name}

    def start(self, name: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Begin it, unless it is under way."""
        if name not in self._tasks:
            self._tasks[name] = task = asyncio.create_task(work())
            task.add_done_callback(lambda _: self._wake())

    def failures(self) -> Iterator[tuple[str, FailureError]]:
        """Forget what has ended, and tell what failed. Anything but a failure is raised: it fails the workflow task,
        visibly, until the code is mended."""
        for name, task in list(self._tasks.items()):
            if not task.done():
                continue
            del self._tasks[name]
            try:
                task.result()
            except FailureError as error:
                yield name, error
