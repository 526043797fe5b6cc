"""What the Temporal SDK can download by itself, where its download site can be reached."""

import asyncio
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from casewright.embedded.processes import Progress

_SITE = "https://temporal.download"
_PROBE_SECONDS = 4.0
_DOWNLOAD_SECONDS = 300.0


async def downloaded(
    name: str, start: Callable[[], Awaitable[WorkflowEnvironment]], folder: Path, pattern: str, progress: Progress
) -> Path | None:
    """A program in `folder` that matches `pattern`, got by letting the SDK start it.

    The SDK offers no download without a start, and keeps what it got: so this starts once and stops. None when the site
    is out of reach.
    """
    if kept := sorted(folder.glob(pattern)):
        return kept[-1]
    if not await _site_answers():
        progress(f"{name}: {_SITE} can't be reached, trying another way")
        return None
    progress(f"{name}: downloading from {_SITE}")
    try:
        async with asyncio.timeout(_DOWNLOAD_SECONDS):
            environment = await start()
    except (RuntimeError, TimeoutError) as reason:
        progress(f"{name}: the download failed ({reason}), trying another way")
        return None
    await environment.shutdown()
    found = sorted(folder.glob(pattern))
    return found[-1] if found else None


async def _site_answers() -> bool:
    """Any HTTP answer will do; asked through the proxy of the environment, as the SDK does."""
    try:
        async with asyncio.timeout(_PROBE_SECONDS + 1):
            await asyncio.to_thread(_ask)
    except (OSError, TimeoutError):
        return False
    return True


def _ask() -> None:
    try:
        with urllib.request.urlopen(urllib.request.Request(_SITE, method="HEAD"), timeout=_PROBE_SECONDS):
            pass
    except urllib.error.HTTPError as answer:
        answer.close()
