"""The sandbox's clock: real time plus what the admin API advanced it by."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Now = Callable[[], datetime]


def system_now() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)


class SandboxClock:
    """Tells the sandbox's time, which only ever moves forward."""

    def __init__(self, base: Now = system_now) -> None:
        self._base = base
        self.offset = timedelta()

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._base() + self.offset

    def epoch(self) -> int:
        """The present instant in whole seconds since 1970, as Stripe writes ``created``."""
        return int(self.now().timestamp())

    def advance(self, seconds: float) -> None:
        """Move the clock forward, never back."""
        if seconds < 0:
            raise ValueError("the sandbox's clock only moves forward")
        self.offset += timedelta(seconds=seconds)
