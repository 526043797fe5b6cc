"""A.1's file with something changed: what a hurried editor might do."""

from __future__ import annotations

from casewright.policy.check import check, problems_of
from casewright.policy.grammar import Vocabulary
from casewright.policy.problems import PolicyError, Problem
from casewright.policy.reader import read_policy
from casewright.policy.search import Search

from .billing_cases import FILE, HANDBOOK

TEXT = FILE.read_text(encoding="utf-8")
NAME = "policies/A.1.v1.yaml"
VOCABULARY = Vocabulary(
    templates={name: template.placeholders for name, template in HANDBOOK.templates.items()},
    teams=frozenset(HANDBOOK.organisation.teams),
    roles=frozenset(HANDBOOK.organisation.roles),
)


def edited(before: str, after: str, count: int = 1) -> str:
    """A.1's text with a passage replaced; it must be there."""
    assert before in TEXT, before
    return TEXT.replace(before, after, count)


def without_rule(rule: str) -> str:
    """A.1's text without a row of its table."""
    start = TEXT.index(f"  - id: {rule}\n")
    end = min(i for i in (TEXT.find("\n  - id: ", start), TEXT.find("\n# What the examples", start)) if i > 0)
    return TEXT[:start] + TEXT[end + 1 :]


def line_of(text: str, passage: str) -> int:
    """The line on which a passage begins."""
    return text[: text.index(passage)].count("\n") + 1


def problems(text: str) -> tuple[Problem, ...]:
    """Everything that reading and checking say against a text."""
    try:
        policy = read_policy(text, NAME, VOCABULARY)
    except PolicyError as error:
        return error.problems
    return check(policy, HANDBOOK.charter).problems


def refused(text: str) -> bool:
    """Whether anything at all is said against a text."""
    try:
        policy = read_policy(text, NAME, VOCABULARY)
    except PolicyError:
        return True
    return any(True for _ in problems_of(policy, HANDBOOK.charter, Search(policy)))


def reasons(text: str) -> str:
    """The same in words."""
    return "\n".join(map(str, problems(text)))
