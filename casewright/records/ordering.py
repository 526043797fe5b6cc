"""Orders of a list of tickets, and the cursors that lead from page to page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from casewright.records.views import TicketSummary

_NO_DEADLINE = "none"


class BadCursor(ValueError):
    """A cursor that no page gave."""


class TicketOrder(StrEnum):
    """What comes first in a list."""

    NEWEST = "newest"
    DEADLINE = "deadline"
    """What is due next, overdue ones first of all; tickets without a deadline come last."""

    @property
    def sql(self) -> str:
        """After ORDER BY; the id makes it a total order."""
        return "submitted_at DESC, id DESC" if self is TicketOrder.NEWEST else "deadline ASC NULLS LAST, id ASC"

    def cursor(self, last: TicketSummary) -> str:
        """Where a page that ends with this ticket ended."""
        at = last.submitted_at if self is TicketOrder.NEWEST else last.deadline
        return f"{at.isoformat() if at else _NO_DEADLINE}~{last.id}"

    def beyond(self, cursor: str, values: Sequence[object]) -> tuple[str, list[object]]:
        """The condition of what comes after a cursor, and all values with its own.

        Raises:
            BadCursor: no page in this order gave it.
        """
        at, id = _read(cursor)
        one, two = len(values) + 1, len(values) + 2
        if self is TicketOrder.NEWEST and at is not None:
            return f"(submitted_at, id) < (${one}, ${two})", [*values, at, id]
        if self is TicketOrder.NEWEST:
            raise BadCursor(f"{cursor!r} isn't a cursor that a page in this order gave")
        if at is None:
            return f"deadline IS NULL AND id > ${one}", [*values, id]
        return f"((deadline, id) > (${one}, ${two}) OR deadline IS NULL)", [*values, at, id]


def _read(cursor: str) -> tuple[datetime | None, str]:
    at, separator, id = cursor.partition("~")
    try:
        instant = None if at == _NO_DEADLINE else datetime.fromisoformat(at)
    except ValueError as error:
        raise BadCursor(f"{cursor!r} isn't a cursor that a page gave") from error
    if not separator or (instant and instant.tzinfo is None) or "\x00" in id:
        raise BadCursor(f"{cursor!r} isn't a cursor that a page gave")
    return instant, id
