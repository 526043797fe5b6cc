"""Whether a policy's file and its code mean the same names and types: asked at every start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from casewright.domain.decision import ApprovalNeed
from casewright.domain.money import Money
from casewright.policy.derivation import AnyInputsModule
from casewright.policy.grammar import Policy, Ref, StepTemplate
from casewright.policy.logic import comparisons
from casewright.policy.problems import Problem, nearest
from casewright.policy.registry import INPUTS_MODULES
from casewright.policy.steps import TYPED_STEPS
from casewright.policy.typed import Kind, ValueType

_PLAIN: dict[Kind, tuple[object, ...]] = {
    Kind.BOOL: (bool,),
    Kind.MONEY: (Money,),
    Kind.NUMBER: (Decimal, int),
    Kind.DURATION: (timedelta,),
    Kind.INSTANT: (datetime,),
    Kind.TEXT: (str,),
}


def disagreements(policy: Policy, file_name: str) -> tuple[Problem, ...]:
    """Every place where the file's name, its declarations, its code and its steps don't fit together."""
    found: list[tuple[int, str]] = []
    if file_name != f"{policy.id}.v{policy.version}.yaml":
        found.append((policy.lines["policy"], f"the file is {file_name}, its content {policy.id} v{policy.version}"))
    module = INPUTS_MODULES.get(policy.id)
    if module is None:
        found.append((policy.lines["policy"], f"{policy.id} has no inputs module in casewright/policy/registry.py"))
    else:
        found += _inputs(policy, module)
        found += _parameters(policy, module)
        found += _facts(policy, module)
        found += _steps(policy, module)
    return tuple(Problem(policy.file, line, reason) for line, reason in found)


def _inputs(policy: Policy, module: AnyInputsModule) -> Iterator[tuple[int, str]]:
    coded = _annotations(module.inputs)
    for name, column in policy.inputs.items():
        if name not in coded:
            yield column.line, f"the code knows no input {name!r}{nearest(name, coded)}"
        elif not _fits(coded[name], column.type):
            yield column.line, f"input {name} is {column.type} here, and {_name(coded[name])} in the code"
    for name in coded.keys() - policy.inputs.keys():
        yield policy.lines["inputs"], f"the code's input {name!r} is not declared"


def _parameters(policy: Policy, module: AnyInputsModule) -> Iterator[tuple[int, str]]:
    coded = _annotations(module.parameters)
    compared = {c.parameter for row in policy.rows for c in comparisons(row.when)}
    for name, annotation in coded.items():
        declared = policy.parameters.get(name)
        if declared is None:
            yield policy.lines["parameters"], f"the code needs the parameter {name!r}, which is not declared"
        elif not _fits(annotation, declared.type):
            yield declared.line, f"parameter {name} is {declared.type} here, and {_name(annotation)} in the code"
    for name, parameter in policy.parameters.items():
        if name not in coded and name not in compared:
            yield parameter.line, f"nothing uses the parameter {name!r}"


def _facts(policy: Policy, module: AnyInputsModule) -> Iterator[tuple[int, str]]:
    for name in sorted(set(policy.facts) - module.facts.keys()):
        yield policy.lines["facts"], f"the code reads no fact {name!r}{nearest(name, module.facts)}"
    for name in sorted(module.facts.keys() - set(policy.facts)):
        yield policy.lines["facts"], f"the code needs the fact {name!r}, which is not listed"


def _steps(policy: Policy, module: AnyInputsModule) -> Iterator[tuple[int, str]]:
    values = _annotations(module.values)
    known = {**{name: _plain_of(column.type) for name, column in policy.inputs.items()}, **values}
    for name in sorted(values.keys() & policy.inputs.keys()):
        yield policy.lines["inputs"], f"{name!r} is an input and a value of the code: a step could mean either"
    for row in policy.rows:
        if isinstance(row.approval, Ref) and _without_none(known.get(row.approval.name)) is not ApprovalNeed:
            yield row.line, f"{row.id}: ${row.approval.name} is no approval of the code's"
        for step in row.steps:
            for reason in _step(step, known):
                yield step.line, f"{row.id}: {reason}"


def _step(step: StepTemplate, known: dict[str, Any]) -> Iterator[str]:
    if step.only_if is not None and step.only_if.name not in known:
        yield f"unknown value ${step.only_if.name}{nearest(step.only_if.name, known)}"
    model = TYPED_STEPS.get(step.kind)
    for field, operand in step.fields.items():
        if isinstance(operand, Ref) and operand.name not in known:
            yield f"unknown value ${operand.name}{nearest(operand.name, known)}"
            continue
        given = _without_none(known[operand.name]) if isinstance(operand, Ref) else type(operand)
        wanted = _without_none(model.model_fields[field].annotation) if model else given if given is Money else str
        if given != wanted:
            yield f"{step.kind} needs {_name(wanted)} as {field}, and gets {_name(given)}"


def _annotations(model: type[BaseModel]) -> dict[str, Any]:
    return {name: info.annotation for name, info in model.model_fields.items()}


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, UnionType):
        rest = [arg for arg in get_args(annotation) if arg is not NoneType]
        return rest[0] if len(rest) == 1 else Union[tuple(rest)]  # noqa: UP007
    return annotation


def _fits(annotation: Any, declared: ValueType) -> bool:
    bare = _without_none(annotation)
    if declared.kind is not Kind.ENUM:
        return bare in _PLAIN[declared.kind]
    if isinstance(bare, type) and issubclass(bare, Enum):
        return [member.value for member in bare] == list(declared.values)
    return get_origin(bare) is Literal and set(get_args(bare)) == set(declared.values)


def _plain_of(declared: ValueType) -> Any:
    return str if declared.kind is Kind.ENUM else _PLAIN[declared.kind][0]


def _name(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation).replace("typing.", "")
