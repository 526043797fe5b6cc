"""Walks every combination of a table's inputs, and stops as soon as what is fixed decides the outcome."""

from __future__ import annotations

from dataclasses import dataclass, field

from casewright.domain.decision import Ownership
from casewright.policy.grammar import AllOf, Comparison, Condition, Policy, Row
from casewright.policy.logic import Truth
from casewright.policy.partitions import Partition, partitions

CAUTION = {
    Ownership.ESCALATE: 2,
    Ownership.EXCEPTION: 2,
    Ownership.ASK: 1,
    Ownership.WAIT: 1,
    Ownership.AUTOMATE: 0,
}
"""A row may only stand before a more cautious one where the two never hold together (HB 2)."""


@dataclass(slots=True)
class Findings:
    """What the walk found; combinations are one value per input that mattered."""

    reached: set[str] = field(default_factory=set)
    uncovered: list[dict[str, Partition]] = field(default_factory=list)
    hidden: dict[tuple[str, str], dict[str, Partition]] = field(default_factory=dict)
    visited: int = 0


class Open(Exception):
    """A condition depends on an input that is not fixed yet."""

    def __init__(self, name: str) -> None:
        self.input = name


class Search:
    """One walk over a policy's combinations."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.classes = partitions(policy)
        self.fixed: dict[str, Partition] = {}
        self.findings = Findings()

    def run(self) -> Findings:
        """Visit everything that can differ."""
        self._visit()
        return self.findings

    def _visit(self) -> None:
        self.findings.visited += 1
        try:
            self._settle()
        except Open as undecided:
            for one in self.classes[undecided.input]:
                self.fixed[undecided.input] = one
                self._visit()
            del self.fixed[undecided.input]

    def _settle(self) -> None:
        """Record what the fixed inputs come to.

        Raises:
            Open: they don't decide it yet.
        """
        if any(self._known(c.when) is Truth.TRUE for c in self.policy.impossible):
            return
        for place, row in enumerate(self.policy.rows):
            outcome = self._outcome(row.when)
            if outcome is Truth.UNKNOWN:
                return  # whatever follows, nothing is automated
            if outcome is Truth.TRUE:
                self._won(row, self.policy.rows[place + 1 :])
                return
        self._require_possible()
        self.findings.uncovered.append(dict(self.fixed))

    def _won(self, row: Row, later: tuple[Row, ...]) -> None:
        for other in later:
            pair = (row.id, other.id)
            if CAUTION[other.ownership] <= CAUTION[row.ownership] or pair in self.findings.hidden:
                continue
            if self._outcome(other.when) is Truth.TRUE:
                self._require_possible()
                self.findings.hidden[pair] = dict(self.fixed)
        if row.id not in self.findings.reached:
            self._require_possible()
            self.findings.reached.add(row.id)

    def _require_possible(self) -> None:
        for combination in self.policy.impossible:
            self._outcome(combination.when)

    def _known(self, condition: Condition) -> Truth | None:
        try:
            return self._outcome(condition)
        except Open:
            return None

    def _outcome(self, condition: Condition) -> Truth:
        """Its truth, if the fixed inputs decide it (Kleene over what is fixed)."""
        if isinstance(condition, Comparison):
            fixed = self.fixed.get(condition.input)
            if fixed is None:
                raise Open(condition.input)
            return fixed.outcomes[condition]
        decisive = Truth.FALSE if isinstance(condition, AllOf) else Truth.TRUE
        return self._combined(condition.parts, decisive)

    def _combined(self, parts: tuple[Condition, ...], decisive: Truth) -> Truth:
        undecided: Open | None = None
        seen_unknown = False
        for part in parts:
            try:
                outcome = self._outcome(part)
            except Open as error:
                undecided = undecided or error
                continue
            if outcome is decisive:
                return outcome
            seen_unknown = seen_unknown or outcome is Truth.UNKNOWN
        if undecided is not None:
            raise undecided
        if seen_unknown:
            return Truth.UNKNOWN
        return Truth.TRUE if decisive is Truth.FALSE else Truth.FALSE
