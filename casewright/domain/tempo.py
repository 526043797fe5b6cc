"""Virtual time: the time that tickets live in, faster than the wall clock only in a demonstration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field

from casewright.domain.model import Frozen


class Tempo(Frozen):
    """Virtual time = epoch + (real time - epoch) * speed. Speed 1 is the wall clock itself."""

    epoch: AwareDatetime = datetime(2020, 1, 1, tzinfo=UTC)
    speed: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] = 1.0

    def virtual(self, real: datetime) -> datetime:
        """The virtual instant at a real one."""
        return real if self.speed == 1 else self.epoch + (real - self.epoch) * self.speed

    def real(self, virtual: datetime) -> datetime:
        """The real instant at which it is this virtual one."""
        return virtual if self.speed == 1 else self.epoch + (virtual - self.epoch) / self.speed

    def real_span(self, span: timedelta) -> timedelta:
        """How long a virtual stretch really takes."""
        return span if self.speed == 1 else span / self.speed

    def now(self) -> datetime:
        """The virtual instant now; never for workflow code, which has a clock of its own."""
        return self.virtual(datetime.now(UTC))


WALL_CLOCK = Tempo()
