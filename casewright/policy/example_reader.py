"""Reading examples: from inputs, or from claims and facts, each on top of what is usual."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import JsonValue
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from casewright.domain.money import Money
from casewright.domain.ticket import Priority
from casewright.policy.grammar import ClaimField, Example, ExampleCase, InputField, Reading, Unavailable
from casewright.policy.nodes import Section, entries_of, text_of
from casewright.policy.problems import Mistake, Problems, nearest
from casewright.policy.typed import Kind, Value, ValueType, parse_instant, parse_money, parse_value

_CASE_KEYS = ("priority", "email", "at", "claims", "facts")


@dataclass(slots=True)
class ExampleReader:
    """Reads the examples of one policy."""

    problems: Problems
    inputs: dict[str, InputField]
    claims: dict[str, ClaimField]
    facts: tuple[str, ...]
    rules: frozenset[str]

    def read(self, usual: Node | None, nodes: list[Node]) -> tuple[Example, ...]:
        """Every example that can be read; the rest becomes problems."""
        if usual is None:
            return ()
        base = Section(usual, self.problems, required=("inputs", "case"))
        inputs = self._inputs(base.get("inputs"), {})
        for name in sorted(self.inputs.keys() - inputs.keys()):
            self.problems.add(usual, f"the usual inputs lack {name!r}")
        start = ExampleCase(Priority.LOW, "", parse_instant("2000-01-01T00:00:00Z"), {}, {}, {})
        case = self._case(base.get("case"), start, required=("priority", "email", "at"))
        found: list[Example] = []
        for node in nodes:
            with self.problems.collecting():
                found.append(self._example(node, inputs, case))
        return tuple(found)

    def _example(self, node: Node, inputs: dict[str, Reading], case: ExampleCase) -> Example:
        section = Section(
            node, self.problems, required=("name", "source", "expect"), optional=("inputs", "case", "amounts")
        )
        changed, told = section.get("inputs"), section.get("case")
        if (changed is None) == (told is None):
            raise Mistake(node, "an example is told by 'inputs' or by a 'case', and by one of them")
        amounts = section.get("amounts")
        if amounts is not None and told is None:
            raise Mistake(amounts, "amounts come from a case; inputs alone have none")
        return Example(
            name=section.text("name"),
            source=section.text("source"),
            expect=self._expect(section),
            inputs=self._inputs(changed, inputs) if changed is not None else None,
            case=self._case(told, case) if told is not None else None,
            amounts=self._amounts(amounts) if amounts is not None else None,
            line=node.start_mark.line + 1,
        )

    def _expect(self, section: Section) -> str | None:
        rule = section.text("expect")
        if rule not in self.rules | {"none"}:
            raise Mistake(section.get("expect") or section.node, f"unknown rule {rule!r}{nearest(rule, self.rules)}")
        return None if rule == "none" else rule

    def _inputs(self, node: Node | None, base: dict[str, Reading]) -> dict[str, Reading]:
        found = dict(base)
        for name, (key, value) in (entries_of(node, self.problems) if node is not None else {}).items():
            column = self.inputs.get(name)
            if column is None:
                self.problems.add(key, f"unknown input {name!r}{nearest(name, self.inputs)}")
                continue
            with self.problems.collecting():
                found[name] = _reading(value, column)
        return found

    def _case(self, node: Node | None, base: ExampleCase, required: tuple[str, ...] = ()) -> ExampleCase:
        if node is None:
            return base
        section = Section(node, self.problems, required=required, optional=_CASE_KEYS)
        facts, unavailable = self._facts(section, base)
        at = section.get("at")
        try:
            return replace(
                base,
                priority=Priority(section.text("priority", base.priority)),
                email=section.text("email", base.email),
                at=parse_instant(text_of(at)) if at is not None else base.at,
                claims=self._claims(section, base),
                facts=facts,
                unavailable=unavailable,
            )
        except ValueError as error:
            raise Mistake(node, str(error)) from error

    def _claims(self, section: Section, base: ExampleCase) -> dict[str, Value]:
        found = dict(base.claims)
        for name, (key, value) in section.mapping("claims").items():
            if name not in self.claims:
                raise Mistake(key, f"unknown claim {name!r}{nearest(name, self.claims)}")
            if text_of(value) == "none":
                found.pop(name, None)
            else:
                found[name] = _parsed(value, self.claims[name].type)
        return found

    def _facts(self, section: Section, base: ExampleCase) -> tuple[dict[str, JsonValue], dict[str, str]]:
        facts, unavailable = dict(base.facts), dict(base.unavailable)
        for name, (key, value) in section.mapping("facts").items():
            if name not in self.facts:
                raise Mistake(key, f"unknown fact {name!r}{nearest(name, self.facts)}")
            facts.pop(name, None)
            unavailable.pop(name, None)
            entries = entries_of(value, self.problems) if isinstance(value, MappingNode) else {}
            if entries.keys() == {"unavailable"}:
                unavailable[name] = text_of(entries["unavailable"][1])
            else:
                facts[name] = _fact_value(value)
        return facts, unavailable

    def _amounts(self, node: Node) -> dict[str, Money]:
        money = ValueType(Kind.MONEY)
        parsed = {name: _parsed(value, money) for name, (_, value) in entries_of(node, self.problems).items()}
        return {name: value for name, value in parsed.items() if isinstance(value, Money)}


def _reading(node: Node, column: InputField) -> Reading:
    text = text_of(node)
    if text == "unavailable":
        return Unavailable("the example says so")
    if text == "absent":
        if not column.absent:
            raise Mistake(node, f"{column.name} is never absent")
        return None
    return _parsed(node, column.type)


def _parsed(node: Node, declared: ValueType) -> Value:
    try:
        return parse_value(text_of(node), declared)
    except ValueError as error:
        raise Mistake(node, str(error)) from error


def _fact_value(node: Node) -> JsonValue:
    """A fact's JSON; in it, ``none`` is null and ``49.00 USD`` is money, as everywhere in the file."""
    if isinstance(node, MappingNode):
        return {text_of(key): _fact_value(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [_fact_value(item) for item in node.value]
    assert isinstance(node, ScalarNode)
    if node.value == "none":
        return None
    try:
        money = parse_money(node.value)
    except ValueError:
        return str(node.value)
    return {"amount": str(money.amount), "currency": money.currency}
