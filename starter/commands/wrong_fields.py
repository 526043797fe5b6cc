"""What can't be sent as it was written: each field by the name that it has on the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from starter.commands.showing import plain
from starter.expected import said

Place = tuple[str, ...]


def wrong_fields(error: ValidationError, name: Callable[[Place], str], *, skip: int = 0) -> str:
    """Every mistake once, on one line.

    Args:
        error: What pydantic found.
        name: A field's place in the document, as it is written on the command line.
        skip: How many leading parts of each place the writer doesn't know.
    """
    errors = [one for one in error.errors(include_url=False) if not _is_money_where_text_was_meant(one)]
    found = (_told(one, name(_place(one["loc"][skip:]))) for one in errors)
    return plain("; ".join(dict.fromkeys(found)))


def _told(error: ErrorDetails, field: str) -> str:
    return f"{field} is missing" if error["type"] == "missing" else f"{field}: {said(error)}"


def _is_money_where_text_was_meant(error: ErrorDetails) -> bool:
    """A claim is money or text, and pydantic tries both; what is money on a command line is told by its form."""
    return error["type"] == "model_type" and "[" in str(error["loc"][-1])


def _place(location: Sequence[str | int]) -> Place:
    """Without the names that pydantic gives to a union's members."""
    return tuple(str(part) for part in location if "[" not in str(part) and part != "constrained-str")
