"""One file, one policy version: read whole, or refused with every mistake in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from yaml import MappingNode, Node

from casewright.domain.canonical import digest
from casewright.policy.conditions import Conditions
from casewright.policy.declarations import read_claims, read_inputs, read_parameters
from casewright.policy.example_reader import ExampleReader
from casewright.policy.grammar import Impossible, Policy, Vocabulary
from casewright.policy.neutrality import read_neutral
from casewright.policy.nodes import Section, compose, plain, text_of, texts_of
from casewright.policy.problems import Mistake, PolicyError, Problems
from casewright.policy.rows import Rows
from casewright.policy.typed import parse_instant

_REQUIRED = (
    "policy",
    "version",
    "effective_from",
    "title",
    "source",
    "claims",
    "facts",
    "parameters",
    "inputs",
    "rules",
    "usual",
    "examples",
)


def read_policy(text: str, file: str, vocabulary: Vocabulary) -> Policy:
    """The policy in a file's text.

    Raises:
        PolicyError: something in it is wrong; every problem has its file, line and reason.
    """
    problems = Problems(file)
    root = compose(text, file)
    try:
        policy = _read(root, text, problems, vocabulary)
    except Mistake as mistake:
        problems.add(mistake.node, mistake.reason)
        raise PolicyError(problems.found) from mistake
    problems.refuse()
    return policy


def _read(root: Node, text: str, problems: Problems, vocabulary: Vocabulary) -> Policy:
    section = Section(root, problems, required=_REQUIRED, optional=("impossible", "neutral"))
    policy_id = _shaped(section, "policy", r"[A-L]\.[1-9]", "a policy id such as A.1")
    parameters = read_parameters(section.mapping("parameters"), problems)
    inputs = read_inputs(section.mapping("inputs"), problems)
    claims = read_claims(section.mapping("claims"), vocabulary, problems)
    conditions = Conditions(inputs, parameters, problems)
    rows = Rows(policy_id, conditions, vocabulary, problems).read(section.items("rules"))
    neutral = read_neutral(section, rows, vocabulary)
    facts = _facts(section.get("facts"), problems)
    examples = ExampleReader(problems, inputs, claims, facts, _ids(section.items("rules")))
    return Policy(
        id=policy_id,
        version=int(_shaped(section, "version", r"[1-9][0-9]{0,5}", "a version number") or 0),
        effective_from=_instant(section, "effective_from", problems),
        title=section.text("title"),
        source=section.text("source"),
        claims=claims,
        facts=facts,
        parameters=parameters,
        inputs=inputs,
        impossible=_impossible(section.items("impossible"), conditions, problems),
        rows=rows,
        examples=examples.read(section.get("usual"), section.items("examples")),
        hash=digest(plain(root)),
        content=text,
        file=problems.file,
        neutral=neutral,
        lines={name: key.start_mark.line + 1 for name, (key, _) in section.entries.items()},
    )


def _shaped(section: Section, key: str, pattern: str, what: str) -> str:
    text = section.text(key)
    if text and not re.fullmatch(pattern, text):
        section.problems.add(section.get(key) or section.node, f"{text!r} is not {what}")
        return ""
    return text


def _instant(section: Section, key: str, problems: Problems) -> datetime:
    node = section.get(key)
    if node is not None:
        try:
            return parse_instant(text_of(node))
        except ValueError as error:
            problems.add(node, str(error))
    return datetime.max.replace(tzinfo=UTC)


def _ids(rows: list[Node]) -> frozenset[str]:
    """The ids of all rows, of those too that could not be read: an example of one is no second mistake."""
    entries = (entry for row in rows if isinstance(row, MappingNode) for entry in row.value)
    return frozenset(str(value.value) for key, value in entries if key.value == "id")


def _facts(node: Node | None, problems: Problems) -> tuple[str, ...]:
    names = texts_of(node) if node is not None else ()
    for name in names:
        if not re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", name):
            problems.add(node or 1, f"{name!r} is no name of a fact: system.what")
    return names


def _impossible(nodes: list[Node], conditions: Conditions, problems: Problems) -> tuple[Impossible, ...]:
    found: list[Impossible] = []
    for node in nodes:
        with problems.collecting():
            section = Section(node, problems, required=("why", "when"))
            when = section.get("when")
            if when is not None:
                read = conditions.read(when)
                found.append(Impossible(section.text("why"), read, node.start_mark.line + 1))
    return tuple(found)
