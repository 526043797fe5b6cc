"""Idempotency keys as the smaller services have them: the first answer comes back for a day, then it is done again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

REMEMBERED = timedelta(hours=24)
"""How long a key brings the first answer back; afterwards the request is executed again."""


class OtherRequest(Exception):
    """The idempotency key was first used for another request."""


class Made(Protocol):
    """Something that was made under a key."""

    @property
    def key(self) -> str: ...
    @property
    def created(self) -> datetime: ...


MadeT = TypeVar("MadeT", bound=Made)


def latest_under(made: Iterable[MadeT], key: str) -> MadeT | None:
    """The latest that was made under a key, also long after the key was forgotten."""
    return next((one for one in reversed(list(made)) if one.key == key), None)


def remembered(made: Iterable[MadeT], key: str, now: datetime) -> MadeT | None:
    """What the key still brings back."""
    latest = latest_under(made, key)
    return latest if latest is not None and now - latest.created < REMEMBERED else None
