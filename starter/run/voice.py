"""Progress, for people: on standard error, for standard output is for results."""

from __future__ import annotations

import sys
import time

_STARTED = time.monotonic()


def say(message: str) -> None:
    """One line, with the seconds since the start."""
    sys.stderr.write(f"{time.monotonic() - _STARTED:6.1f} s  {message}\n")
    sys.stderr.flush()
