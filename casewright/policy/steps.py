"""Steps of a rule: templates in the file, values from the case."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel
from yaml import Node

from casewright.domain.decision import PlannedStep
from casewright.domain.steps import CreditStep, MailStep, RefundStep, Step, StepBase
from casewright.policy.grammar import Operand, Ref, StepTemplate, Vocabulary
from casewright.policy.nodes import entries_of, text_of
from casewright.policy.problems import Mistake, Problems, nearest
from casewright.policy.typed import parse_money

MONEY_STEPS: dict[str, type[StepBase]] = {"refund": RefundStep, "credit": CreditStep}
STANDARD_VALUES = frozenset({"ticket", "name"})
"""Placeholders that every message may use without a step naming them."""
Known = Mapping[str, object]


class StepIncomplete(ValueError):
    """A step of the winning rule needs a value that this case doesn't have."""


def fields_of(model: type[BaseModel]) -> dict[str, bool]:
    """A step's own fields, and whether each must be given."""
    return {n: f.is_required() for n, f in model.model_fields.items() if n not in {"id", "protective", "kind"}}


def read_step(node: Node, vocabulary: Vocabulary, problems: Problems) -> StepTemplate:
    """``- refund: {…}`` with ``gated`` and ``only_if`` beside it.

    Raises:
        Mistake: it is not a step that there is, or not written as one.
    """
    entries = entries_of(node, problems)
    kinds = [name for name in entries if name not in ("gated", "only_if")]
    known = (*MONEY_STEPS, "mail")
    if len(kinds) != 1 or kinds[0] not in known:
        wrong = next((name for name in kinds if name not in known), "")
        raise Mistake(
            node, f"unknown step kind {wrong!r}{nearest(wrong, known)}" if wrong else "one step kind per item"
        )
    kind = kinds[0]
    body = {name: value for name, (_, value) in entries_of(entries[kind][1], problems).items()}
    step_id = text_of(body.pop("id")) if "id" in body else kind
    template = _template(node, body, vocabulary) if kind == "mail" else None
    if template is None:
        _check_fields(node, kind, body)
    gated, only_if = entries.get("gated"), entries.get("only_if")
    return StepTemplate(
        kind=kind,
        id=step_id,
        fields={name: _operand(value, money=name == "amount" and kind != "mail") for name, value in body.items()},
        template=template,
        gated=gated is not None and _yes(gated[1]),
        only_if=_reference(only_if[1]) if only_if else None,
        line=node.start_mark.line + 1,
    )


def build_steps(templates: tuple[StepTemplate, ...], known: Known, to: str) -> tuple[PlannedStep, ...]:
    """The steps of a rule for one case; those whose ``only_if`` is None are left out.

    Raises:
        StepIncomplete: a value is missing that a step can't do without.
    """
    wanted = [t for t in templates if t.only_if is None or known[t.only_if.name] is not None]
    return tuple(PlannedStep(step=_build(t, known, to), gated=t.gated) for t in wanted)


def _build(template: StepTemplate, known: Known, to: str) -> Step:
    values = {name: _value(template, name, operand, known) for name, operand in template.fields.items()}
    if template.template is not None:
        name = known.get("name")
        greeting = {"name": name} if isinstance(name, str) else {}
        texts = {key: str(value) for key, value in values.items()}
        return MailStep(id=template.id, template=template.template, to=to, values={**greeting, **texts})
    model = RefundStep if template.kind == "refund" else CreditStep
    return model.model_validate({"id": template.id, **values})


def _value(template: StepTemplate, field: str, operand: Operand, known: Known) -> object:
    value = known[operand.name] if isinstance(operand, Ref) else operand
    if value is None:
        raise StepIncomplete(f"step {template.id} has no {field}")
    return value


def _template(node: Node, body: dict[str, Node], vocabulary: Vocabulary) -> str:
    given = body.pop("template", None)
    if given is None:
        raise Mistake(node, "a mail names its template")
    name = text_of(given)
    if name not in vocabulary.templates:
        raise Mistake(given, f"unknown template {name!r}{nearest(name, vocabulary.templates)}")
    needed = vocabulary.templates[name] - STANDARD_VALUES
    for missing in sorted(needed - body.keys()):
        raise Mistake(node, f"the template {name!r} needs the value {missing!r}")
    for extra in sorted(body.keys() - needed):
        raise Mistake(body[extra], f"the template {name!r} has no placeholder {extra!r}{nearest(extra, needed)}")
    return name


def _check_fields(node: Node, kind: str, body: dict[str, Node]) -> None:
    fields = fields_of(MONEY_STEPS[kind])
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
