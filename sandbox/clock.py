"""The sandbox's clock: real time, perhaps running faster, plus what the admin API advanced it by."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Now = Callable[[], datetime]


def system_now() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)


class SandboxClock:
    """Tells the sandbox's time: ``epoch + (real time - epoch) * speed``, and what it was advanced by.

    Args:
        base: Where real time comes from.
        epoch: The aware instant at which the sandbox's time and real time agree; needed for any speed but 1.
        speed: How many of the sandbox's seconds pass in a real one; above 0.
    """

    def __init__(self, base: Now = system_now, *, epoch: datetime | None = None, speed: float = 1.0) -> None:
        if not (math.isfinite(speed) and speed > 0):
            raise ValueError(f"the speed must be a number above 0, such as 3600; it is {speed}")
        if speed != 1 and epoch is None:
            raise ValueError(f"speed {speed:g} needs an epoch, the instant from which time runs at that speed")
        if epoch is not None and epoch.tzinfo is None:
            raise ValueError(f"the epoch names no time zone: {epoch.isoformat()}; write 2026-03-02T12:00:00Z")
        self._base = base
        self._start = epoch
        self.speed = speed
        self.offset = timedelta()

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        real = self._base()
        if self._start is not None:
            real = self._start + (real - self._start) * self.speed
        return real.astimezone(UTC) + self.offset

    def epoch(self) -> int:
        """The present instant in whole seconds since 1970, as Stripe writes ``created``."""
        return int(self.now().timestamp())

    def advance(self, seconds: float) -> None:
        """Move the clock forward by seconds of its own time, never back."""
        if seconds < 0:
            raise ValueError("the sandbox's clock only moves forward")
        self.offset += timedelta(seconds=seconds)
