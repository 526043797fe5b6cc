"""The table: the first true row wins, and ignorance never automates (RULES §2.2)."""

from __future__ import annotations

from dataclasses import dataclass

from casewright.domain.decision import Ownership, RowTrace
from casewright.policy.grammar import Policy, Row
from casewright.policy.logic import Readings, Truth, compare, comparisons, truth, why_unknown


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the table says; ``row`` None: no row is certain, and the reason says why."""

    row: Row | None
    reason: str
    trace: tuple[RowTrace, ...]

    @property
    def ownership(self) -> Ownership:
        """Who owns the ticket next."""
        return self.row.ownership if self.row else Ownership.EXCEPTION


def evaluate(policy: Policy, readings: Readings) -> Verdict:
    """Ask every row. An automating winner stands only when every row before it is certainly false."""
    outcomes = [truth(row.when, readings) for row in policy.rows]
    trace = tuple(_trace(row, outcome, readings) for row, outcome in zip(policy.rows, outcomes, strict=True))
    contradiction = _contradiction(policy, readings)
    if contradiction:
        return Verdict(None, contradiction, trace)
    winner = next((i for i, outcome in enumerate(outcomes) if outcome is Truth.TRUE), None)
    before = outcomes[:winner]
    unknown = [row for row, outcome in zip(policy.rows, before, strict=False) if outcome is Truth.UNKNOWN]
    if winner is not None and (not unknown or policy.rows[winner].ownership is not Ownership.AUTOMATE):
        return Verdict(policy.rows[winner], policy.rows[winner].reason, trace)
    if unknown:
        return Verdict(None, _undecided(unknown, readings), trace)
    return Verdict(None, "no rule matches this case", trace)


def _contradiction(policy: Policy, readings: Readings) -> str | None:
    for combination in policy.impossible:
        if truth(combination.when, readings) is Truth.TRUE:
            return f"the facts contradict one another: {combination.why}"
    return None


def _undecided(rows: list[Row], readings: Readings) -> str:
    causes: dict[str, None] = {}
    for row in rows:
        for comparison in comparisons(row.when):
            if compare(comparison, readings[comparison.input]) is Truth.UNKNOWN:
                causes[why_unknown(comparison, readings[comparison.input])] = None
    return f"it is not known whether {' or '.join(row.id for row in rows)} applies: {'; '.join(causes)}"


def _trace(row: Row, outcome: Truth, readings: Readings) -> RowTrace:
    found = {c.words: compare(c, readings[c.input]).value for c in comparisons(row.when)}
    return RowTrace(rule=row.id, outcome=outcome.value, conditions=found)
