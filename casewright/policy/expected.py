"""What a model refuses, in words: the field by its path, and what is expected there."""

from __future__ import annotations

from collections.abc import Iterable
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

_OBJECT_EXPECTED = frozenset({"model_type", "model_attributes_type"})


def in_words(model: type[BaseModel], error: ErrorDetails) -> str:
    """One of the errors of reading ``model``: ``ticket.priorty: unknown field; expected one of id, priority, …``."""
    if error["type"] == "extra_forbidden":
        *path, name = error["loc"]
        told, there = _followed(model, path)
        return f"{'.'.join((*told, str(name)))}: unknown field; expected one of {_fields(there)}"
    told, there = _followed(model, error["loc"])
    where = ".".join(told) or "case"
    if error["type"] in _OBJECT_EXPECTED:
        return f"{where}: expected an object with {_fields(there)}"
    return f"{where}: {error['msg']}"


def _fields(there: Any) -> str:
    return ", ".join(there.model_fields)


def _followed(model: type[BaseModel], path: Iterable[int | str]) -> tuple[list[str], Any]:
    """An error's path as people write it, and the annotation where it ends."""
    told: list[str] = []
    there: Any = model
    for part in path:
        if get_origin(there) in (Union, UnionType):
            # Pydantic says which member it tried, in words of its own; only models have fields to tell.
            there = next((each for each in get_args(there) if _is_model(each)), None)
            continue
        told.append(str(part))
        there = _within(there, part)
    return told, there


def _within(annotation: Any, part: int | str) -> Any:
    origin = get_origin(annotation)
    if origin in (tuple, dict):
        return get_args(annotation)[0 if origin is tuple else 1]
    field = annotation.model_fields.get(part) if _is_model(annotation) else None
    return field.annotation if field else None


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
