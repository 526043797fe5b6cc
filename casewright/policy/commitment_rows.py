"""Reading the rows of ``commitments.yaml``: commitments, services, and what is given."""

from __future__ import annotations

from dataclasses import dataclass

from yaml import Node

from casewright.domain.clocks import CalendarId, CommitmentKind, Milestone, SpanText
from casewright.domain.money import Money
from casewright.domain.spans import needs_calendar
from casewright.domain.ticket import Plan, Priority
from casewright.policy import commitment_words as w
from casewright.policy.commitment_book import CommitmentRow, Occasion, RemedyRow, Service, ServiceRow
from casewright.policy.nodes import Section, text_of
from casewright.policy.problems import Mistake, Problems, nearest

_REQUIRED = ("id", "name", "kind", "met_by", "source")
_OPTIONAL = ("plans", "services", "escalated", "calendar", "local_start", "span")
_SELECTORS = ("priorities", "plans", "topics")
_NOTHING = Money.model_validate({"amount": "0", "currency": "USD"})

plan, priority, service = w.word(Plan, "plan"), w.word(Priority, "priority"), w.word(Service, "service")


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads rows, given the calendars that there are."""

    problems: Problems
    calendars: frozenset[str]

    def commitment(self, node: Node) -> CommitmentRow:
        """One row of ``commitments``."""
        section = Section(node, self.problems, required=_REQUIRED, optional=(*_OPTIONAL, *Priority))
        escalated = section.get("escalated")
        row = CommitmentRow(
            id=w.read(section, "id", w.clock_id, ""),
            name=section.text("name"),
            kind=w.read(section, "kind", w.word(CommitmentKind, "kind"), CommitmentKind.TARGET),
            met_by=w.read(section, "met_by", w.word(Milestone, "milestone"), Milestone.RESOLVED),
            source=section.text("source"),
            spans=self._spans(section),
            plans=w.each(section, "plans", plan),
            services=w.each(section, "services", service),
            escalated=w.at(escalated, w.yes) if escalated is not None else None,
            calendar=self._calendar(section),
            local_start=w.read(section, "local_start", w.yes, False),
        )
        if row.local_start and row.plans is None:
            raise Mistake(node, "only the response that a plan promises begins in the customer's hours: name its plans")
        return row

    def service(self, node: Node) -> ServiceRow:
        """One row of ``services``."""
        section = Section(node, self.problems, required=("service", "source"), optional=_SELECTORS)
        return ServiceRow(
            service=w.read(section, "service", service, Service.GENERAL),
            source=section.text("source"),
            priorities=w.each(section, "priorities", priority),
            plans=w.each(section, "plans", plan),
            topics=w.each(section, "topics", w.topic),
        )

    def remedy(self, node: Node) -> RemedyRow:
        """One row of ``remuneration``."""
        section = Section(node, self.problems, required=("occasion", "plans", "amount", "source"))
        return RemedyRow(
            occasion=w.read(section, "occasion", w.word(Occasion, "occasion"), Occasion.BROKEN_PROMISE),
            plans=w.each(section, "plans", plan) or (),
            amount=w.read(section, "amount", w.positive_money, _NOTHING),
            source=section.text("source"),
        )

    def _spans(self, section: Section) -> dict[Priority, SpanText]:
        alike = section.get("span")
        named = {p: w.at(node, w.span) for p in Priority if (node := section.get(p)) is not None}
        if alike is not None and named:
            raise Mistake(alike, "'span' is for every priority alike: give it, or one span for each priority")
        if alike is None and not named:
            raise Mistake(section.node, "nothing says how long it is: give 'span', or a span for a priority")
        return dict.fromkeys(Priority, w.at(alike, w.span)) if alike is not None else named

    def _calendar(self, section: Section) -> CalendarId | None:
        node = section.get("calendar")
        counted = any(needs_calendar(text) for text in self._spans(section).values())
        if node is None:
            if counted:
                raise Mistake(section.node, "business hours and working days are somebody's: name the calendar")
            return None
        name = text_of(node)
        if name not in self.calendars:
            raise Mistake(node, f"unknown calendar {name!r}{nearest(name, self.calendars)}")
        if not counted:
            raise Mistake(node, "elapsed time needs no calendar")
        return name
