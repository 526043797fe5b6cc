"""What pydantic found wrong, in the API's words: fields as the sender knows them, and never the values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starter.api.problems import FieldProblem
from starter.expected import MONEY_IN_JSON, said

MAX_PROBLEMS = 20
MAX_PART = 60
"""Names of unknown fields come from outside and are shown cut off."""
_MONEY_TAG, _TEXT_TAG = "function-after[_fits_the_minor_unit(), Money]", "constrained-str"
_TAGS = (_MONEY_TAG, _TEXT_TAG, "[key]")
_SOURCES = ("body", "query", "header", "path")
_NO_OBJECT = "model_type"


def field_problems(
    errors: Sequence[Mapping[str, Any]], *, inside: Sequence[str | int] = (), tags: Iterable[str] = ()
) -> tuple[FieldProblem, ...]:
    """Every error as a field and a message.

    Args:
        errors: As ``ValidationError.errors()`` gives them.
        inside: Leading parts of each location that the sender doesn't know.
        tags: Discriminators that pydantic puts first into locations.
    """
    telling = [error for error in errors if not _is_the_other_kind_of_claim(error, errors)]
    found = [
        FieldProblem(field=_field(error["loc"][len(inside) :], tags), message=_message(error)) for error in telling
    ]
    return tuple(dict.fromkeys(found))[:MAX_PROBLEMS]


def part(name: object) -> str:
    """A name from outside, short and printable."""
    text = ascii(name)[1:-1] if isinstance(name, str) and not name.isprintable() else str(name)
    return text if len(text) <= MAX_PART else f"{text[:MAX_PART]}…"


def _field(location: Sequence[str | int], tags: Iterable[str]) -> str:
    parts = list(location)
    if parts and parts[0] in _SOURCES:
        parts = parts[1:]
    if parts and parts[0] in tuple(tags):
        parts = parts[1:]
    return ".".join(part(one) for one in parts if one not in _TAGS)


def _is_the_other_kind_of_claim(error: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]) -> bool:
    """A claim is text or money: only what is wrong with the one that was meant helps."""
    location = tuple(error["loc"])
    if location[-1] == _MONEY_TAG and error["type"] == _NO_OBJECT:
        return True
    if location[-1] != _TEXT_TAG:
        return False
    money = (*location[:-1], _MONEY_TAG)
    return any(tuple(other["loc"])[: len(money)] == money and other["type"] != _NO_OBJECT for other in errors)


def _message(error: Mapping[str, Any]) -> str:
    if error["loc"] and error["loc"][-1] == _TEXT_TAG and error["type"] == "string_type":
        return f"expected text, or money as {MONEY_IN_JSON}"
    return said(error)
