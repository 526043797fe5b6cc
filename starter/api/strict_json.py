"""JSON read strictly: what two readers could understand differently is refused, with its place."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import NoReturn

from starter.api.problems import ApiProblem, Code, problem
from starter.api.validation import part

MAX_DEPTH = 16
MAX_NUMBER = 40
"""Characters of a number."""
_ALLOWED_CONTROLS = "\t\n\r"

Json = dict[str, "Json"] | list["Json"] | str | int | Decimal | bool | None


def read_json(content: bytes) -> Json:
    """The content of a body.

    Raises:
        ApiProblem: 400; it is not UTF-8, not JSON, nested too deeply, names a key twice, or has numbers or characters
            that nothing of ours takes.
    """
    try:
        value: Json = json.loads(
            content.decode(),
            object_pairs_hook=_without_repetition,
            parse_constant=_no_number,
            parse_float=_decimal,
            parse_int=_integer,
        )
    except UnicodeDecodeError as error:
        raise _malformed(f"the body is not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise _malformed(f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError:
        raise _too_deep() from None
    _check(value, "", 1)
    return value


def _malformed(message: str, field: str | None = None) -> ApiProblem:
    return problem(400, Code.MALFORMED, message, field=field, what_to_do="Send one JSON object in UTF-8.")


def _too_deep() -> ApiProblem:
    return _malformed(f"the body is nested more than {MAX_DEPTH} deep")


def _without_repetition(pairs: list[tuple[str, Json]]) -> Json:
    found: dict[str, Json] = {}
    for key, value in pairs:
        if key in found:
            raise _malformed(f"the key {part(key)} comes twice in one object", part(key))
        found[key] = value
    return found


def _no_number(name: str) -> NoReturn:
    raise _malformed(f"{name} is not a number in JSON")


def _integer(digits: str) -> int:
    return int(_short(digits))


def _decimal(digits: str) -> Decimal:
    # A float would round what the sender wrote.
    return Decimal(_short(digits))


def _short(digits: str) -> str:
    if len(digits) > MAX_NUMBER:
        raise _malformed(f"a number has more than {MAX_NUMBER} characters")
    return digits


def _check(value: Json, field: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _too_deep()
    if isinstance(value, str):
        _check_text(value, field)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _check(item, f"{field}.{number}" if field else str(number), depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            inner = f"{field}.{part(key)}" if field else part(key)
            _check_text(key, inner)
            _check(item, inner, depth + 1)


def _check_text(text: str, field: str) -> None:
    for character in text:
        if character < " " and character not in _ALLOWED_CONTROLS:
            raise _malformed(f"{field}: has the control character U+{ord(character):04X}", field or None)
        if "\ud800" <= character <= "\udfff":
            raise _malformed(f"{field}: has half a character (the surrogate U+{ord(character):04X})", field or None)
