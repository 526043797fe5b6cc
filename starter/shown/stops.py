"""Emergency stops as they are listed; each is as the records have it."""

from __future__ import annotations

from casewright.records.stops import EmergencyStop
from starter.shown.shape import Shape


class Stops(Shape):
    """Emergency stops."""

    stops: tuple[EmergencyStop, ...]
