"""Steps of a rule as they are built: templates from the file, values from the case."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from casewright.domain.decision import PlannedStep
from casewright.domain.steps import (
    CancelSubscriptionStep,
    CreditStep,
    MailStep,
    NoticeStep,
    PasswordResetStep,
    PaymentPlanStep,
    RefundStep,
    ReplacementStep,
    ReturnLabelStep,
    SmsStep,
    Step,
)
from casewright.policy.grammar import Operand, Ref, StepTemplate

TypedStep = (
    RefundStep
    | CreditStep
    | PasswordResetStep
    | CancelSubscriptionStep
    | ReplacementStep
    | ReturnLabelStep
    | PaymentPlanStep
)
TYPED_STEPS: dict[str, type[TypedStep]] = {
    "refund": RefundStep,
    "credit": CreditStep,
    "password-reset": PasswordResetStep,
    "cancel-subscription": CancelSubscriptionStep,
    "replacement": ReplacementStep,
    "return-label": ReturnLabelStep,
    "payment-plan": PaymentPlanStep,
}
"""Steps whose fields are those of their model."""
MESSAGES: dict[str, frozenset[str]] = {
    "mail": frozenset(),
    "notice": frozenset({"team", "to"}),
    "sms": frozenset({"roles"}),
}
"""Steps that fill in a template, and how each says whom it is for; a mail is for whoever submitted the ticket."""
STANDARD_VALUES = frozenset({"ticket", "name"})
"""Placeholders that every message may use without a step naming them."""
STAFF_VALUES = STANDARD_VALUES | {"link"}
"""Likewise, for messages to colleagues."""
Known = Mapping[str, object]


class StepIncomplete(ValueError):
    """A step of the winning rule needs a value that this case doesn't have."""


def fields_of(model: type[BaseModel]) -> dict[str, bool]:
    """A step's own fields, and whether each must be given."""
    return {n: f.is_required() for n, f in model.model_fields.items() if n not in {"id", "protective", "kind"}}


def build_steps(templates: tuple[StepTemplate, ...], known: Known, to: str) -> tuple[PlannedStep, ...]:
    """The steps of a rule for one case; those whose ``only_if`` is None are left out.

    Raises:
        StepIncomplete: a value is missing that a step can't do without.
    """
    wanted = [t for t in templates if t.only_if is None or known[t.only_if.name] is not None]
    return tuple(PlannedStep(step=_build(t, known, to), gated=t.gated) for t in wanted)


def letter_to(to: str, name: str | None, template: str, id: str, **values: str) -> MailStep:
    """A message to whoever submitted the ticket, by name where the name is known."""
    greeting = {"name": name} if name is not None else {}
    return MailStep(id=id, template=template, to=to, values={**greeting, **values})


def _build(template: StepTemplate, known: Known, to: str) -> Step:
    if template.template is None:
        return _typed(TYPED_STEPS[template.kind], template, known)
    values = {name: _value(template, name, operand, known) for name, operand in template.fields.items()}
    texts = {key: str(value) for key, value in values.items()}
    if template.kind == "notice":
        return NoticeStep(
            id=template.id, template=template.template, team=template.team, to=template.roles, values=texts
        )
    if template.kind == "sms":
        return SmsStep(id=template.id, template=template.template, roles=template.roles, values=texts)
    name = known.get("name")
    return letter_to(to, name if isinstance(name, str) else None, template.template, template.id, **texts)


def _typed(model: type[TypedStep], template: StepTemplate, known: Known) -> Step:
    required = fields_of(model)
    values = {
        name: _value(template, name, operand, known)
        for name, operand in template.fields.items()
        if required[name] or not isinstance(operand, Ref) or known[operand.name] is not None
    }
    return model.model_validate({"id": template.id, **values})


def _value(template: StepTemplate, field: str, operand: Operand, known: Known) -> object:
    value = known[operand.name] if isinstance(operand, Ref) else operand
    if value is None:
        raise StepIncomplete(f"step {template.id} has no {field}")
    return value
