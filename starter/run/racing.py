"""Several things at once, ending as one: no group of exceptions to take apart, nothing left running."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def first(*works: Coroutine[Any, Any, None]) -> None:
    """Until one ends; it raises what that one raised. The others are cancelled."""
    await _together(works, asyncio.FIRST_COMPLETED)


async def every(*works: Coroutine[Any, Any, None]) -> None:
    """Until all have ended, or one failed; it raises what that one raised. The others are cancelled."""
    await _together(works, asyncio.FIRST_EXCEPTION)


async def _together(works: tuple[Coroutine[Any, Any, None], ...], until: str) -> None:
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=until)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
