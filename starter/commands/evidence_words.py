"""What a decision rests on, as people read it."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from starter.shown.evidence import ShownEvidence


def grounds(evidence: ShownEvidence) -> Iterator[tuple[str, str]]:
    """Titles and lines: the conditions that held, what was known, and what could not be had."""
    held = [condition for condition, outcome in evidence.conditions.items() if outcome == "true"]
    if held:
        yield "Because", "; ".join(held)
    known = [f"{_spaced(name)} {_value(value)}" for name, value in evidence.inputs.items()]
    if known:
        yield "Evidence", ", ".join(known)
    for name, reason in evidence.unavailable.items():
        yield "Unknown", f"{_spaced(name)}: {reason}"


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _value(value: JsonValue) -> str:
    if isinstance(value, dict) and value.keys() == {"amount", "currency"}:
        return f"{value['amount']} {value['currency']}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)
