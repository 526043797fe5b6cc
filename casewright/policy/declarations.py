"""Reading what a policy declares: claims, inputs, parameters."""

from __future__ import annotations

import re

from yaml import Node

from casewright.policy.grammar import ClaimField, InputField, Parameter, Vocabulary
from casewright.policy.nodes import Section, text_of, texts_of
from casewright.policy.problems import Mistake, Problems, nearest
from casewright.policy.steps import STANDARD_VALUES
from casewright.policy.typed import Kind, ValueType, parse_value

Entries = dict[str, tuple[Node, Node]]
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_CLAIM_KINDS = (Kind.TEXT, Kind.MONEY)


def read_parameters(entries: Entries, problems: Problems) -> dict[str, Parameter]:
    """``name: {type: money, value: 150.00 USD, source: HB A.1}``."""
    found: dict[str, Parameter] = {}
    for name, (key, node) in entries.items():
        with problems.collecting():
            section = Section(node, problems, required=("type", "value", "source"), optional=("unit",))
            declared = _type(_named(name, key), section)
            value = section.get("value")
            if value is None:
                continue
            try:
                parsed = parse_value(text_of(value), declared)
            except ValueError as error:
                raise Mistake(value, f"parameter {name}: {error}") from error
            found[name] = Parameter(name, declared, parsed, section.text("source"), key.start_mark.line + 1)
    return found


def read_inputs(entries: Entries, problems: Problems) -> dict[str, InputField]:
    """``name: {type: enum, values: [a, b], meaning: …}``, with ``absent: yes`` where there may be none."""
    found: dict[str, InputField] = {}
    for name, (key, node) in entries.items():
        with problems.collecting():
            section = Section(node, problems, required=("type", "meaning"), optional=("values", "unit", "absent"))
            declared = _type(_named(name, key), section)
            if declared.kind is Kind.TEXT:
                raise Mistake(node, f"input {name}: text decides nothing; make it an enumeration")
            absent = section.text("absent", "no")
            if absent not in ("yes", "no"):
                raise Mistake(section.get("absent") or node, f"{absent!r} is neither 'yes' nor 'no'")
            line = key.start_mark.line + 1
            found[name] = InputField(name, declared, absent == "yes", section.text("meaning"), line)
    return found


def read_claims(entries: Entries, vocabulary: Vocabulary, problems: Problems) -> dict[str, ClaimField]:
    """``name: {type: text, pattern: …, ask: template}``."""
    found: dict[str, ClaimField] = {}
    for name, (key, node) in entries.items():
        with problems.collecting():
            section = Section(node, problems, required=("type",), optional=("pattern", "ask"))
            declared = _type(_named(name, key), section)
            if declared.kind not in _CLAIM_KINDS:
                raise Mistake(node, f"claim {name}: a claim is text or money")
            ask, pattern = _ask(section, vocabulary), _pattern(section, declared)
            found[name] = ClaimField(name, declared, pattern, ask, key.start_mark.line + 1)
    return found


def _named(name: str, key: Node) -> str:
    if not _NAME.fullmatch(name):
        raise Mistake(key, f"{name!r} is no name: lower case, digits and _")
    return name


def _type(name: str, section: Section) -> ValueType:
    word, node = section.text("type"), section.get("type") or section.node
    if word not in list(Kind):
        raise Mistake(node, f"{name}: unknown type {word!r}{nearest(word, Kind)}")
    kind = Kind(word)
    values, unit = section.get("values"), section.get("unit")
    if (values is not None) != (kind is Kind.ENUM):
        raise Mistake(node, f"{name}: an enumeration lists its values, and nothing else does")
    if (unit is not None) != (kind is Kind.NUMBER):
        raise Mistake(node, f"{name}: a number has a unit, and nothing else does")
    names = texts_of(values) if values is not None else ()
    if len(set(names)) != len(names):
        raise Mistake(values or node, f"{name}: a value comes twice")
    return ValueType(kind, names, text_of(unit) if unit is not None else None)


def _ask(section: Section, vocabulary: Vocabulary) -> str | None:
    node = section.get("ask")
    if node is None:
        return None
    name = text_of(node)
    if name not in vocabulary.templates:
        raise Mistake(node, f"unknown template {name!r}{nearest(name, vocabulary.templates)}")
    if vocabulary.templates[name] - STANDARD_VALUES:
        raise Mistake(node, f"the template {name!r} needs values that a question doesn't have")
    return name


def _pattern(section: Section, declared: ValueType) -> str | None:
    node = section.get("pattern")
    if node is None:
        return None
    if declared.kind is not Kind.TEXT:
        raise Mistake(node, "only text has a pattern")
    pattern = text_of(node)
    try:
        re.compile(pattern)
    except re.error as error:
        raise Mistake(node, f"{pattern!r} is no regular expression: {error}") from error
    return pattern
