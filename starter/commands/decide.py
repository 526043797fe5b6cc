"""``casewright decide``: the decision on a case, without any server."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue

from casewright.domain.decision import Decision
from casewright.handbook import Handbook
from casewright.policy.case_input import read_case, refuse_unknown
from starter.commands.handbook import Folder, PolicyId, load


@dataclass(frozen=True, slots=True)
class Entry:
    """One case as it was written: where, and its JSON or what is wrong with it."""

    place: dict[str, int]
    value: JsonValue = None
    error: str | None = None


def decide(
    policy: PolicyId,
    source: Annotated[str, typer.Option("--input", help="A file, or - for stdin: one case, an array, or JSON lines.")],
    at: Annotated[datetime | None, typer.Option(help="Decide as of this instant (UTC); default: now.")] = None,
    folder: Folder = None,
) -> None:
    """Decide cases: ticket, claims and facts in, the whole decision record out (`casewright handbook schema`)."""
    handbook = load(folder)
    instant = at.replace(tzinfo=at.tzinfo or UTC) if at else datetime.now(UTC)
    text = _text(source)
    single = _is_single(text)
    failed = False
    for entry in _entries(text):
        try:
            decision = _decided(handbook, policy, entry, instant)
        except (ValueError, LookupError, RecursionError) as error:
            failed = True
            typer.echo(json.dumps({**entry.place, "error": _words(error)}), err=True)
            continue
        typer.echo(decision.model_dump_json(indent=2 if single else None))
    raise typer.Exit(1 if failed else 0)


def _decided(handbook: Handbook, policy: str, entry: Entry, at: datetime) -> Decision:
    if entry.error is not None:
        raise ValueError(entry.error)
    given = read_case(entry.value)
    refuse_unknown(given, handbook.policy_for(policy, given.version, given.ticket.submitted_at))
    return handbook.decide(handbook.case(given.asked(policy), given.facts), given.at or at)


def _text(source: str) -> str:
    try:
        return sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        typer.echo(json.dumps({"error": f"{source} can't be read: {error}"}), err=True)
        raise typer.Exit(1) from error


def _entries(text: str) -> Iterator[Entry]:
    """The cases of a whole JSON text, else of each line that is not empty."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from _lines(text)
        return
    items = whole if isinstance(whole, list) else [whole]
    key = "item" if isinstance(whole, list) else "line"
    for number, item in enumerate(items, 1):
        yield Entry({key: number}, item)


def _lines(text: str) -> Iterator[Entry]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        yield Entry({"line": 1}, error="there is no case in the input")
    for number, line in lines:
        try:
            yield Entry({"line": number}, json.loads(line))
        except (ValueError, RecursionError) as error:
            yield Entry({"line": number}, error=f"not JSON: {error}")


def _is_single(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
