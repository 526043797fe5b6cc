"""Reading conditions: one comparison a line, nested by ``all`` and ``any``, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yaml import MappingNode, Node, SequenceNode

from casewright.policy.grammar import AllOf, AnyOf, Comparison, Condition, InputField, Parameter, Test
from casewright.policy.nodes import entries_of, items_of, text_of
from casewright.policy.problems import Mistake, Problems, nearest
from casewright.policy.typed import ORDERED, Kind, Value, parse_value, words

_LINE = re.compile(rf"([a-z][a-z0-9_]*) ({'|'.join(re.escape(t) for t in Test)})(?: (.+))?")
_ORDERING = frozenset({Test.BELOW, Test.AT_MOST, Test.ABOVE, Test.AT_LEAST})
_BARE = frozenset({Test.ABSENT, Test.PRESENT})
_LISTS = frozenset({Test.IN, Test.NOT_IN})
_CURRENCY = frozenset({Test.SAME_CURRENCY, Test.OTHER_CURRENCY})


@dataclass(frozen=True, slots=True)
class Conditions:
    """Reads conditions over declared inputs and parameters."""

    inputs: dict[str, InputField]
    parameters: dict[str, Parameter]
    problems: Problems

    def read(self, node: Node) -> Condition:
        """A comparison, a list (all of them), or ``all:``/``any:`` with a list.

        Raises:
            Mistake: nothing of it can be read; mistakes in single lines are collected.
        """
        if isinstance(node, SequenceNode):
            return AllOf(self._parts(node))
        if not isinstance(node, MappingNode):
            return self._comparison(node)
        entries = entries_of(node, self.problems)
        if len(entries) != 1 or not entries.keys() <= {"all", "any"}:
            raise Mistake(node, "a condition is a line of text, or 'all:' or 'any:' with a list")
        (word, (_, value)), *_ = entries.items()
        return AllOf(self._parts(value)) if word == "all" else AnyOf(self._parts(value))

    def _parts(self, node: Node) -> tuple[Condition, ...]:
        parts: list[Condition] = []
        items = items_of(node)
        if not items:
            raise Mistake(node, "an empty list of conditions would always hold; write them out")
        for item in items:
            with self.problems.collecting():
                parts.append(self.read(item))
        return tuple(parts)

    def _comparison(self, node: Node) -> Comparison:
        line = text_of(node)
        found = _LINE.fullmatch(line)
        if not found:
            raise Mistake(node, f"{line!r} is not a comparison: write an input, one of {', '.join(Test)}, and a value")
        name, test, rest = found[1], Test(found[2]), found[3]
        column = self.inputs.get(name)
        if column is None:
            raise Mistake(node, f"unknown input {name!r}{nearest(name, self.inputs)}")
        _check_test(node, column, test, rest)
        if test in _BARE:
            return Comparison(name, test, (), line)
        if rest.startswith("$"):
            parameter = self._parameter(node, column, test, rest[1:])
            return Comparison(name, test, (parameter.value,), _words(line, rest, parameter), parameter.name)
        return Comparison(name, test, self._constants(node, column, test, rest), line)

    def _parameter(self, node: Node, column: InputField, test: Test, name: str) -> Parameter:
        parameter = self.parameters.get(name)
        if parameter is None:
            raise Mistake(node, f"unknown parameter ${name}{nearest(name, self.parameters)}")
        if parameter.type != column.type:
            raise Mistake(node, f"{column.name} is {column.type}, but ${name} is {parameter.type}")
        if test in _LISTS:
            raise Mistake(node, f"'{test}' takes a list, such as [a, b], not a parameter")
        return parameter

    def _constants(self, node: Node, column: InputField, test: Test, text: str) -> tuple[Value, ...]:
        texts = [text]
        if test in _LISTS:
            if not (text.startswith("[") and text.endswith("]")):
                raise Mistake(node, f"'{test}' takes a list, such as [a, b]")
            texts = [part.strip() for part in text[1:-1].split(",")]
        try:
            return tuple(parse_value(part, column.type) for part in texts)
        except ValueError as error:
            raise Mistake(node, f"{column.name}: {error}") from error


def _check_test(node: Node, column: InputField, test: Test, rest: str | None) -> None:
    if (rest is None) != (test in _BARE):
        raise Mistake(node, f"'{test}' takes {'nothing' if test in _BARE else 'a value'} after it")
    if test in _BARE and not column.absent:
        raise Mistake(node, f"{column.name} is never absent; declare it with 'absent: yes' if it may be")
    if test in _ORDERING and column.type.kind not in ORDERED:
        raise Mistake(node, f"{column.name} is {column.type}, which has no order: '{test}' does not apply")
    if test in _CURRENCY and column.type.kind is not Kind.MONEY:
        raise Mistake(node, f"{column.name} is {column.type}, which has no currency")
    if test in (*_LISTS, Test.IS, Test.IS_NOT) and column.type.kind in ORDERED:
        raise Mistake(node, f"{column.name} is {column.type}: compare it with <, <=, > or >=")


def _words(line: str, reference: str, parameter: Parameter) -> str:
    return f"{line.removesuffix(reference)}{words(parameter.value)} ({reference})"
