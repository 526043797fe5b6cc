"""Walks every combination of a table's inputs, and stops as soon as what is fixed decides the outcome."""

from __future__ import annotations

from dataclasses import dataclass, field

from casewright.domain.decision import Ownership
from casewright.policy.grammar import AllOf, Comparison, Condition, Impossible, Policy, Row
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
    """(row, more cautious row after it that holds too) → when."""
    overlapping: dict[tuple[str, str], dict[str, Partition]] = field(default_factory=dict)
    """(cautious row, automating row after it that holds too) → when."""
    visited: int = 0


Pairs = dict[tuple[str, str], dict[str, Partition]]


class Search:
    """One walk over a policy's combinations.

    Every question is answered by its truth, or by the name of the first input that it still depends on.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.classes = partitions(policy)
        self.fixed: dict[str, Partition] = {}
        self.findings = Findings()

    def run(self) -> Findings:
        """Visit everything that can differ."""
        self._visit(self.policy.rows, self.policy.impossible)
        return self.findings

    def _visit(self, rows: tuple[Row, ...], impossible: tuple[Impossible, ...]) -> None:
        """Look at one combination; ``rows`` and ``impossible`` are those that are not known to be false."""
        self.findings.visited += 1
        verdicts = [(combination, self._outcome(combination.when)) for combination in impossible]
        if any(verdict is Truth.TRUE for _, verdict in verdicts):
            return
        impossible = tuple(combination for combination, verdict in verdicts if not isinstance(verdict, Truth))
        while rows and self._outcome(rows[0].when) is Truth.FALSE:
            rows = rows[1:]
        undecided = self._settle(rows, next((v for _, v in verdicts if not isinstance(v, Truth)), None))
        if undecided is None:
            return
        for one in self.classes[undecided]:
            self.fixed[undecided] = one
            self._visit(rows, impossible)
        del self.fixed[undecided]

    def _settle(self, rows: tuple[Row, ...], possible: str | None) -> str | None:
        """Record what the fixed inputs come to, or name an input that decides it.

        ``possible`` names an input that decides whether the combination is impossible after all.
        """
        if not rows:
            if possible is None:
                self.findings.uncovered.append(dict(self.fixed))
            return possible
        outcome = self._outcome(rows[0].when)
        if not isinstance(outcome, Truth):
            return outcome
        # Unknown: whatever follows, nothing is automated.
        return self._won(rows[0], rows[1:], possible) if outcome is Truth.TRUE else None

    def _won(self, row: Row, later: tuple[Row, ...], possible: str | None) -> str | None:
        caution = CAUTION[row.ownership]
        for other in later:
            pairs = self._pairs(caution, other)
            if pairs is None or (row.id, other.id) in pairs:
                continue
            outcome = self._outcome(other.when)
            if not isinstance(outcome, Truth):
                return outcome
            if outcome is Truth.TRUE:
                if possible is not None:
                    return possible
                pairs[row.id, other.id] = dict(self.fixed)
        if row.id not in self.findings.reached:
            if possible is not None:
                return possible
            self.findings.reached.add(row.id)
        return None

    def _pairs(self, caution: int, other: Row) -> Pairs | None:
        """Where to note that a row of this caution and a later one both hold; None: they may."""
        if CAUTION[other.ownership] > caution:
            return self.findings.hidden
        automates = other.ownership is Ownership.AUTOMATE
        return self.findings.overlapping if automates and caution > CAUTION[other.ownership] else None

    def _outcome(self, condition: Condition) -> Truth | str:
        """Kleene's truth over what is fixed; else the name of an input that is not."""
        if isinstance(condition, Comparison):
            fixed = self.fixed.get(condition.input)
            return condition.input if fixed is None else fixed.outcomes[condition]
        decisive = Truth.FALSE if isinstance(condition, AllOf) else Truth.TRUE
        undecided: str | None = None
        unknown = False
        for part in condition.parts:
            outcome = self._outcome(part)
            if outcome is decisive:
                return decisive
            if not isinstance(outcome, Truth):
                undecided = undecided or outcome
            elif outcome is Truth.UNKNOWN:
                unknown = True
        if undecided is not None or unknown:
            return undecided or Truth.UNKNOWN
        return Truth.TRUE if decisive is Truth.FALSE else Truth.FALSE
