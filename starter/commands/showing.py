"""How results look in a terminal: a console, amounts and instants, and text of customers made harmless."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime

import typer
from pydantic import BaseModel
from rich import box
from rich.console import Console
from rich.table import Table

_WIDE = 160


def console(*, stderr: bool = False) -> Console:
    """Where results go; where that is no terminal, wide enough for a row on each line."""
    found = Console(stderr=stderr, markup=False, highlight=False, soft_wrap=False)
    if not found.is_terminal and not os.environ.get("COLUMNS"):
        found.width = _WIDE
    return found


def table(*columns: str) -> Table:
    """A table in the house's style."""
    return Table(*columns, box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)


def as_json(value: BaseModel) -> None:
    """A value for programs."""
    typer.echo(value.model_dump_json(indent=2))


def plain(text: str) -> str:
    """Somebody else's text without what would steer a terminal."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "\N{REPLACEMENT CHARACTER}" for sign in text)


def instant(at: datetime) -> str:
    """To the second, in UTC."""
    return at.strftime("%Y-%m-%d %H:%M:%S")


def either(names: Iterable[str]) -> str:
    """``a, b or c``."""
    *first, last = list(names) or ["nobody"]
    return f"{', '.join(first)} or {last}" if first else last
