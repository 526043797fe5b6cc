"""A policy version as it was read: everything typed, every name resolved, every line remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue

from casewright.domain.clocks import DEFAULT_CALENDAR
from casewright.domain.decision import ApprovalNeed, Commitment, Ownership
from casewright.domain.money import Money
from casewright.domain.ticket import Priority
from casewright.policy.typed import Value, ValueType


@dataclass(frozen=True, slots=True)
class Unavailable:
    """An input that could not be had, and why."""

    reason: str


Reading = Value | None | Unavailable
"""What is known of an input: a value, None for known-absent, or that it could not be had."""


class Test(StrEnum):
    """The closed set of comparisons; a longer spelling stands before one that it begins with."""

    __test__ = False  # not a test class, whatever its name makes pytest think

    ABSENT = "is absent"
    PRESENT = "is present"
    OTHER_CURRENCY = "is not in the currency of"
    SAME_CURRENCY = "is in the currency of"
    IS_NOT = "is not"
    IS = "is"
    NOT_IN = "not in"
    IN = "in"
    AT_MOST = "<="
    AT_LEAST = ">="
    BELOW = "<"
    ABOVE = ">"


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """One input compared with constants or one parameter; each is itself alone, and so a quick key."""

    input: str
    test: Test
    operands: tuple[Value, ...]
    words: str
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """True when every part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when some part is."""

    parts: tuple[Condition, ...]


Condition = Comparison | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Parameter:
    """A limit or window of this version, with its unit and its source."""

    name: str
    type: ValueType
    value: Value
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class ClaimField:
    """A structured field that the customer may fill in; ``ask`` is the template that asks for it."""

    name: str
    type: ValueType
    pattern: str | None
    ask: str | None
    line: int


@dataclass(frozen=True, slots=True)
class InputField:
    """One column of the table; ``absent`` says whether it may be known to be absent."""

    name: str
    type: ValueType
    absent: bool
    meaning: str
    line: int


@dataclass(frozen=True, slots=True)
class Ref:
    """``$name``: a value of the inputs module, an input or a claim."""

    name: str


Operand = Ref | str | Money


@dataclass(frozen=True, slots=True)
class StepTemplate:
    """A step of a rule before its values are known."""

    kind: str
    id: str
    fields: dict[str, Operand]
    template: str | None
    gated: bool
    only_if: Ref | None
    line: int
    team: str | None = None
    """For word to colleagues: whose channel."""
    roles: tuple[str, ...] = ()
    """For word to colleagues: who is named, or gets it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule or gap of the table."""

    id: str
    source: str
    when: Condition
    ownership: Ownership
    reason: str
    team: str | None
    approval: Ref | ApprovalNeed | None
    commitments: tuple[Commitment, ...]
    steps: tuple[StepTemplate, ...]
    question: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Impossible:
    """A combination of inputs that the inputs module never yields, and why."""

    why: str
    when: Condition
    line: int


@dataclass(frozen=True, slots=True)
class ExampleCase:
    """An example from claims and facts; fact values are in the JSON form of their models."""

    priority: Priority
    email: str
    at: datetime
    claims: dict[str, Value]
    facts: dict[str, JsonValue]
    unavailable: dict[str, str]


@dataclass(frozen=True, slots=True)
class Example:
    """What a case must come to; ``expect`` None: no row is certain."""

    name: str
    source: str
    expect: str | None
    inputs: dict[str, Reading] | None
    case: ExampleCase | None
    amounts: dict[str, Money] | None
    line: int


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one policy."""

    id: str
    version: int
    effective_from: datetime
    title: str
    source: str
    claims: dict[str, ClaimField]
    facts: tuple[str, ...]
    parameters: dict[str, Parameter]
    inputs: dict[str, InputField]
    impossible: tuple[Impossible, ...]
    rows: tuple[Row, ...]
    examples: tuple[Example, ...]
    hash: str
    content: str
    """The file's text."""
    file: str
    neutral: str | None = None
    """The template of the one reply that every ticket gets, whatever was found; None: replies may tell."""
    lines: dict[str, int] = field(default_factory=dict)
    """First line of each section."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a policy may name: message templates with the values they need, teams, roles, calendars."""

    templates: dict[str, frozenset[str]]
    teams: frozenset[str]
    roles: frozenset[str]
    calendars: frozenset[str] = frozenset({DEFAULT_CALENDAR})
    staff_templates: dict[str, frozenset[str]] = field(default_factory=dict)
    """Messages to colleagues, which no step sends to a customer."""
