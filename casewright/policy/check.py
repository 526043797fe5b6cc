"""What can be proven of a policy before it decides anything: complete, reachable, cautious, and as its examples say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from casewright.domain.charter import Charter
from casewright.policy.agreement import disagreements
from casewright.policy.examples import run
from casewright.policy.grammar import Policy, Reading, Test, Unavailable
from casewright.policy.logic import Readings, comparisons, order
from casewright.policy.partitions import Partition
from casewright.policy.problems import Problem
from casewright.policy.search import Search
from casewright.policy.typed import Value, words

MAX_UNCOVERED = 5
_THRESHOLDS = frozenset({Test.BELOW, Test.AT_MOST, Test.ABOVE, Test.AT_LEAST})
_SIDES = {-1: "below", 0: "at", 1: "above"}


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found, and how much it looked at."""

    policy: str
    version: int
    hash: str
    problems: tuple[Problem, ...]
    rows: int
    examples: int
    combinations: int


def check(policy: Policy, charter: Charter) -> Report:
    """Everything that can be proven about one policy version."""
    search = Search(policy)
    problems = tuple(sorted(problems_of(policy, charter, search)))
    counts = (len(policy.rows), len(policy.examples), search.findings.visited)
    return Report(policy.id, policy.version, policy.hash, problems, *counts)


def problems_of(policy: Policy, charter: Charter, search: Search) -> Iterator[Problem]:
    """Problems as they are found, the quickest proofs first."""
    apart = disagreements(policy, policy.file.rpartition("/")[2])
    yield from apart
    if not apart:
        for line, reason in chain(_examples(policy, charter), _table(policy, search)):
            yield Problem(policy.file, line, reason)


def _table(policy: Policy, search: Search) -> Iterator[tuple[int, str]]:
    findings = search.run()
    lines = {row.id: row.line for row in policy.rows}
    for combination in findings.uncovered[:MAX_UNCOVERED]:
        yield policy.lines["rules"], f"no rule matches when {_told(combination)}"
    for row in policy.rows:
        if row.id not in findings.reached:
            yield row.line, f"{row.id} is never reached: rows before it always match first"
    for (winner, hidden), combination in findings.hidden.items():
        yield (
            lines[winner],
            f"{winner} stands before the more cautious {hidden} and hides it when {_told(combination)}",
        )
    for (cautious, automatic), combination in findings.overlapping.items():
        yield lines[automatic], f"{automatic} doesn't itself exclude {cautious}: both hold when {_told(combination)}"


def _examples(policy: Policy, charter: Charter) -> Iterator[tuple[int, str]]:
    readings: list[Readings] = []
    for example in policy.examples:
        outcome = run(policy, example, charter)
        if outcome.wrong is not None:
            yield example.line, f"example {example.name!r}: {outcome.wrong}"
        if outcome.readings is not None:
            readings.append(outcome.readings)
    shown = {example.expect for example in policy.examples}
    for row in policy.rows:
        if row.id not in shown:
            yield row.line, f"{row.id} has no example"
    yield from _thresholds(policy, readings)


def _thresholds(policy: Policy, examples: list[Readings]) -> Iterator[tuple[int, str]]:
    seen: set[tuple[str, Value]] = set()
    for row in policy.rows:
        for comparison in comparisons(row.when):
            if comparison.test not in _THRESHOLDS or (comparison.input, comparison.operands[0]) in seen:
                continue
            limit = comparison.operands[0]
            seen.add((comparison.input, limit))
            sides = {_side(readings[comparison.input], limit) for readings in examples}
            missing = [side for sign, side in _SIDES.items() if sign not in sides]
            if missing:
                yield row.line, f"no example has {comparison.input} {' or '.join(missing)} {words(limit)}"


def _side(reading: Reading, limit: Value) -> int | None:
    return None if reading is None or isinstance(reading, Unavailable) else order(reading, limit)


def _told(combination: dict[str, Partition]) -> str:
    return ", ".join(f"{name} is {_word(one.value)}" for name, one in combination.items())


def _word(value: Reading) -> str:
    if isinstance(value, Unavailable):
        return "unavailable"
    return "absent" if value is None else words(value)
