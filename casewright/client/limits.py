"""An end to waiting that holds whatever is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")
_abandoned: set[asyncio.Task[Any]] = set()


async def within(seconds: float, call: Coroutine[Any, Any, Answer]) -> Answer:
    """The call's answer.

    A call that is late is cancelled, and not waited for: a connection whose line is dead takes a minute to tidy up.

    Raises:
        TimeoutError: there is none after so many seconds.
    """
    asked = asyncio.ensure_future(call)
    try:
        done, _ = await asyncio.wait({asked}, timeout=seconds)
        if done:
            return asked.result()
    except BaseException:
        _abandon(asked)
        raise
    _abandon(asked)
    raise TimeoutError(f"no answer in {seconds} s")


def _abandon(task: asyncio.Task[Any]) -> None:
    if task.done():
        return
    task.cancel()
    _abandoned.add(task)
    task.add_done_callback(_forget)


def _forget(task: asyncio.Task[Any]) -> None:
    _abandoned.discard(task)
    if not task.cancelled():
        task.exception()  # looked at, so that nobody is told of it later
