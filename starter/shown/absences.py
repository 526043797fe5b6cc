"""Absences as a list."""

from __future__ import annotations

from casewright.records.absences import Absence
from starter.shown.shape import Shape


class Absences(Shape):
    """Who is away, and who stands in for them."""

    absences: tuple[Absence, ...]
