"""Reading the steps of a rule: ``- refund: {…}``, ``- mail: {…}``, with ``gated`` and ``only_if`` beside."""

from __future__ import annotations

from dataclasses import dataclass

from yaml import Node

from casewright.policy.grammar import Operand, Ref, StepTemplate, Vocabulary
from casewright.policy.nodes import entries_of, text_of, texts_of
from casewright.policy.problems import Mistake, Problems, nearest
from casewright.policy.steps import MESSAGES, STAFF_VALUES, STANDARD_VALUES, TYPED_STEPS, fields_of
from casewright.policy.typed import parse_money

_BESIDE = ("gated", "only_if")
KINDS = (*TYPED_STEPS, *MESSAGES)
Body = dict[str, Node]


def read_step(node: Node, vocabulary: Vocabulary, problems: Problems) -> StepTemplate:
    """One item of a rule's steps.

    Raises:
        Mistake: it is not a step that there is, or not written as one.
    """
    entries = entries_of(node, problems)
    kind = _kind(node, [name for name in entries if name not in _BESIDE])
    body = {name: value for name, (_, value) in entries_of(entries[kind][1], problems).items()}
    step_id = text_of(body.pop("id")) if "id" in body else kind
    message = _Message(node, kind, vocabulary) if kind in MESSAGES else None
    team, roles = message.addressed(body) if message else (None, ())
    template = message.template(body) if message else None
    if message is None:
        _check_fields(node, kind, body)
    gated, only_if = entries.get("gated"), entries.get("only_if")
    return StepTemplate(
        kind=kind,
        id=step_id,
        fields={name: _operand(value, money=name == "amount" and message is None) for name, value in body.items()},
        template=template,
        gated=gated is not None and _yes(gated[1]),
        only_if=_reference(only_if[1]) if only_if else None,
        line=node.start_mark.line + 1,
        team=team,
        roles=roles,
    )


def _kind(node: Node, kinds: list[str]) -> str:
    wrong = next((name for name in kinds if name not in KINDS), None)
    if wrong is not None:
        raise Mistake(node, f"unknown step kind {wrong!r}{nearest(wrong, KINDS)}")
    if len(kinds) != 1:
        raise Mistake(node, "one step kind per item")
    return kinds[0]


@dataclass(frozen=True, slots=True)
class _Message:
    """A step that fills in a template; what it reads of the body it takes out, the rest are the template's values."""

    node: Node
    kind: str
    vocabulary: Vocabulary

    def addressed(self, body: Body) -> tuple[str | None, tuple[str, ...]]:
        """Whose channel, and which roles."""
        whom = {name: body.pop(name) for name in sorted(MESSAGES[self.kind] & body.keys())}
        named = whom.get("to") or whom.get("roles")
        if self.kind == "sms" and named is None:
            raise Mistake(self.node, "a text message names the roles that get it")
        team = self._known(whom["team"], "team", self.vocabulary.teams) if "team" in whom else None
        return team, self._roles(named) if named is not None else ()

    def template(self, body: Body) -> str:
        """Its name; the body then has exactly the values that it needs."""
        staff = self.kind != "mail"
        known = self.vocabulary.staff_templates if staff else self.vocabulary.templates
        given = body.pop("template", None)
        if given is None:
            raise Mistake(self.node, f"a {self.kind} names its template")
        name = text_of(given)
        if name not in known:
            raise Mistake(given, f"unknown template {name!r}{nearest(name, known)}")
        needed = known[name] - (STAFF_VALUES if staff else STANDARD_VALUES)
        for missing in sorted(needed - body.keys()):
            raise Mistake(self.node, f"the template {name!r} needs the value {missing!r}")
        for extra in sorted(body.keys() - needed):
            raise Mistake(body[extra], f"the template {name!r} has no placeholder {extra!r}{nearest(extra, needed)}")
        return name

    def _roles(self, node: Node) -> tuple[str, ...]:
        for name in texts_of(node):
            if name not in self.vocabulary.roles:
                raise Mistake(node, f"unknown role {name!r}{nearest(name, self.vocabulary.roles)}")
        return texts_of(node)

    def _known(self, node: Node, what: str, known: frozenset[str]) -> str:
        name = text_of(node)
        if name not in known:
            raise Mistake(node, f"unknown {what} {name!r}{nearest(name, known)}")
        return name


def _check_fields(node: Node, kind: str, body: Body) -> None:
    fields = fields_of(TYPED_STEPS[kind])
    for extra in sorted(body.keys() - fields.keys()):
        raise Mistake(body[extra], f"a {kind} has no field {extra!r}{nearest(extra, fields)}")
    for name, required in fields.items():
        if required and name not in body:
            raise Mistake(node, f"a {kind} needs the field {name!r}")


def _operand(node: Node, *, money: bool) -> Operand:
    text = text_of(node)
    if text.startswith("$"):
        return Ref(text[1:])
    try:
        return parse_money(text) if money else text
    except ValueError as error:
        raise Mistake(node, str(error)) from error


def _reference(node: Node) -> Ref:
    operand = _operand(node, money=False)
    if not isinstance(operand, Ref):
        raise Mistake(node, f"{operand!r}: 'only_if' takes the $name of a value")
    return operand


def _yes(node: Node) -> bool:
    text = text_of(node)
    if text not in ("yes", "no"):
        raise Mistake(node, f"{text!r} is neither 'yes' nor 'no'")
    return text == "yes"
