"""Instants in seeds: absolute, or relative to the moment of seeding."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, ValidationInfo

UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_TERM = re.compile(r"([+-])((?:\d+[dhms])+)")
_PART = re.compile(r"(\d+)([dhms])")


def relative_seconds(text: str) -> int | None:
    """Seconds of ``-3d`` or ``-8d+71h59m``; a sign holds until the next one. None if it isn't such a text."""
    compact = text.replace(" ", "")
    if compact == "now":
        return 0
    if not re.fullmatch(rf"(?:{_TERM.pattern})+", compact):
        return None
    total = 0
    for sign, parts in _TERM.findall(compact):
        seconds = sum(int(count) * UNITS[unit] for count, unit in _PART.findall(parts))
        total += seconds if sign == "+" else -seconds
    return total


def resolve_instant(value: object, info: ValidationInfo) -> object:
    """Epoch seconds of a relative or ISO text; needs ``context={"now": epoch}`` for the relative ones."""
    if not isinstance(value, str):
        return value
    offset = relative_seconds(value)
    if offset is None:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(f"{value!r} names no time zone")
        return int(moment.timestamp())
    if not info.context or "now" not in info.context:
        raise ValueError(f"{value!r} is relative, and no instant to count from was given")
    return int(info.context["now"]) + offset


Instant = Annotated[int, BeforeValidator(resolve_instant)]
"""Whole seconds since 1970; reads epoch numbers, ISO texts with a zone, and texts relative to the seeding."""


def resolve_moment(value: object, info: ValidationInfo) -> object:
    """A relative text as an aware datetime in UTC; anything else is left to pydantic."""
    if isinstance(value, str) and relative_seconds(value) is not None:
        return datetime.fromtimestamp(int(str(resolve_instant(value, info))), UTC)
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(resolve_moment)]
"""An aware datetime; reads what pydantic reads, and texts relative to the seeding."""
