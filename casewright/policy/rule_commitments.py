"""Reading the commitments that a rule sets: their span, and what meets them."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from pydantic import ValidationError
from yaml import Node

from casewright.domain.clocks import CommitmentKind, Milestone
from casewright.domain.decision import Commitment
from casewright.policy import commitment_words as w
from casewright.policy.nodes import Section, text_of
from casewright.policy.problems import Mistake, Problems, nearest

_OPTIONAL = ("kind", "met_by", "calendar", "starts")


class Start(StrEnum):
    """From when a rule's clock runs."""

    RECEIPT = "receipt"
    RULING = "ruling"


def read_commitment(node: Node, calendars: Collection[str], problems: Problems) -> Commitment:
    """``{name: first contact, span: 4 bh, met_by: contacted, source: HB A.1}``.

    Raises:
        Mistake: it isn't one.
    """
    section = Section(node, problems, required=("name", "span", "source"), optional=_OPTIONAL)
    span = section.text("span")
    calendar = section.get("calendar")
    name_of_calendar = _calendar(calendar, calendars, span) if calendar is not None else None
    try:
        return Commitment(
            name=section.text("name"),
            span=span,
            kind=w.read(section, "kind", w.word(CommitmentKind, "kind"), CommitmentKind.PROMISE),
            source=section.text("source"),
            met_by=w.read(section, "met_by", w.word(Milestone, "milestone"), Milestone.ACTED),
            calendar=name_of_calendar,
            from_ruling=w.read(section, "starts", w.word(Start, "start"), Start.RECEIPT) is Start.RULING,
        )
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        hint = " (4 bh, 24 h, 15 min, 1 d)" if field == "span" else ""
        raise Mistake(section.get(field) or node, f"{section.text(field)!r} is no {field}{hint}") from error


def _calendar(node: Node, calendars: Collection[str], span: str) -> str:
    name = text_of(node)
    if name not in calendars:
        raise Mistake(node, f"unknown calendar {name!r}{nearest(name, calendars)}")
    if span.endswith((" min", " h", " d")):
        raise Mistake(node, "elapsed time needs no calendar")
    return name
