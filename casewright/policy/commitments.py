"""Reading ``commitments.yaml``: refused whole, with every mistake, when a part doesn't read or two contradict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from typing import TypeVar

from yaml import Node

from casewright.domain.ticket import PolicyId
from casewright.policy import commitment_agreement as agreement
from casewright.policy import commitment_words as w
from casewright.policy.commitment_book import CommitmentBook, CustomerHours, Warnings
from casewright.policy.commitment_rows import RowReader
from casewright.policy.nodes import Section, compose
from casewright.policy.problems import Mistake, PolicyError, Problems

_PARTS = ("commitments", "services", "customer_hours", "never_paused", "warnings", "remuneration")
Row = TypeVar("Row")


def read_commitments(text: str, file: str, calendars: Iterable[str]) -> CommitmentBook:
    """The file of commitments, given the calendars that there are.

    Raises:
        PolicyError: something in it is wrong; every problem has its file, line and reason.
    """
    problems = Problems(file)
    root = compose(text, file)
    try:
        book = _Reader(Section(root, problems, required=_PARTS), problems).book(frozenset(calendars))
    except Mistake as mistake:
        problems.add(mistake.node, mistake.reason)
        raise PolicyError(problems.found) from mistake
    problems.refuse()
    return book


@dataclass(frozen=True, slots=True)
class _Reader:
    section: Section
    problems: Problems

    def book(self, calendars: frozenset[str]) -> CommitmentBook:
        rows = RowReader(self.problems, calendars)
        return CommitmentBook(
            rows=self._table("commitments", rows.commitment, agreement.of_commitments),
            services=self._table("services", rows.service, agreement.of_services),
            customer_hours=self._part("customer_hours", ("opens", "closes"), _hours, _NO_HOURS),
            never_paused=self._part("never_paused", ("policies",), _policies, frozenset()),
            warnings=self._part("warnings", ("share", "left", "over"), _warnings, _NO_WARNINGS),
            remuneration=self._table("remuneration", rows.remedy, agreement.of_remuneration),
        )

    def _table(
        self,
        key: str,
        read: Callable[[Node], Row],
        contradictions: Callable[[Sequence[Row], Sequence[int]], Iterator[agreement.Placed]],
    ) -> tuple[Row, ...]:
        """The rows of a list, which are compared once each of them reads."""
        before, nodes, found = len(self.problems.found), self.section.items(key), list[Row]()
        for node in nodes:
            with self.problems.collecting():
                found.append(read(node))
        if len(self.problems.found) == before and key in self.section.entries:
            for line, reason in contradictions(found, [node.start_mark.line + 1 for node in nodes]):
                self.problems.add(line, reason)
        return tuple(found)

    def _part(self, key: str, keys: tuple[str, ...], read: Callable[[Section], Row], unread: Row) -> Row:
        """A mapping with its source; ``unread`` when it has a mistake, which then is noted."""
        node = self.section.get(key)
        if node is not None:
            with self.problems.collecting():
                return read(Section(node, self.problems, required=(*keys, "source")))
        return unread


def _hours(section: Section) -> CustomerHours:
    opens, closes = w.read(section, "opens", w.time_of_day, time(9)), w.read(section, "closes", w.time_of_day, time(18))
    if closes <= opens:
        raise Mistake(section.node, "customers' hours end after they begin, on the same day")
    return CustomerHours(opens, closes, section.text("source"))


def _policies(section: Section) -> frozenset[PolicyId]:
    section.text("source")
    return frozenset(w.each(section, "policies", w.policy) or ())


def _warnings(section: Section) -> Warnings:
    left, over = (w.read(section, key, w.duration, timedelta()) for key in ("left", "over"))
    if left > over:
        raise Mistake(section.node, "'left' is no more than 'over': else it would warn before the clock has begun")
    return Warnings(w.read(section, "share", w.share, Decimal(1)), left, over, section.text("source"))


# Stand in for a part that has a mistake, until the file is refused.
_NO_HOURS = CustomerHours(time(9), time(18), "")
_NO_WARNINGS = Warnings(Decimal(1), timedelta(), timedelta(), "")
