"""How a run speaks: progress on standard error, results on standard output."""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path

from rich.console import Console

_WIDE = 160
_STARTED = time.monotonic()


def say(message: str) -> None:
    """One line, with the seconds since the start."""
    sys.stderr.write(f"{time.monotonic() - _STARTED:6.1f} s  {message}\n")
    sys.stderr.flush()


def results(*, stderr: bool = False) -> Console:
    """A console for results; one that isn't a terminal is wide enough for a sample on each line."""
    console = Console(stderr=stderr, markup=False)
    return console if console.is_terminal else Console(stderr=stderr, markup=False, width=_WIDE)


def keep_log(log_file: Path) -> None:
    """What libraries warn of goes to a file: a run itself speaks in its own words."""
    logging.basicConfig(
        filename=log_file, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )
