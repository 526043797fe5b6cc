"""What submitting and acting return."""

from __future__ import annotations

from starter.shown.shape import Shape


class Receipt(Shape):
    """Which ticket it is."""

    ticket: str
    already: bool
    """Whether the same key had started it before."""
    differs: bool | None = None
    """Whether what came first under this key had another content; the ticket keeps that one."""


class Taken(Shape):
    """An act that was taken."""

    seq: int | None = None
    """Of the last event that it brought; null for services: how much happens on a ticket is for staff."""
    repeated: bool = False
    """It had come before."""
    journalled: bool = True
    """Whether the journal is known to have it."""
