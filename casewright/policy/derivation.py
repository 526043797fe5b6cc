"""What stands between facts and a table: one inputs module per policy, found through the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from casewright.domain.acts import Remedy
from casewright.domain.facts import FactUnavailable
from casewright.domain.model import Frozen
from casewright.policy.case import Case
from casewright.policy.remedy import PreparedRemedy

ParametersT = TypeVar("ParametersT", bound=Frozen)
InputsT = TypeVar("InputsT", bound=Frozen)
ValuesT = TypeVar("ValuesT", bound=Frozen)


@dataclass(frozen=True, slots=True)
class Derived(Generic[InputsT, ValuesT]):
    """What a case comes to: the table's inputs, and the values that its steps use.

    An input that could not be had is None *and* named in ``unavailable`` with its reason; one that is None alone is
    known to be absent.
    """

    inputs: InputsT
    values: ValuesT
    unavailable: dict[str, str]


@dataclass(frozen=True, slots=True)
class InputsModule(Generic[ParametersT, InputsT, ValuesT]):
    """A policy's own code: pure and typed. The check holds it against the policy's declarations."""

    parameters: type[ParametersT]
    """The parameters that the code reads."""
    inputs: type[InputsT]
    """The table's columns; every field may be None."""
    values: type[ValuesT]
    """What steps and approvals may refer to; ``X | None`` where a case may lack it."""
    facts: dict[str, type[BaseModel]]
    """The facts that it reads, and their models."""
    derive: Callable[[Case, ParametersT], Derived[InputsT, ValuesT]]
    prepare_remedy: Callable[[Case, ParametersT, Remedy], PreparedRemedy] | None = None
    """None: this policy's people can't give money."""


def asked_each(inputs: type[InputsT], asked: object) -> tuple[InputsT, dict[str, str]]:
    """Each input from the property of its name; one that needs a fact which can't be had is unavailable, with why."""
    found: dict[str, object] = {}
    unavailable: dict[str, str] = {}
    for name in inputs.model_fields:
        try:
            found[name] = getattr(asked, name)
        except FactUnavailable as error:
            found[name], unavailable[name] = None, str(error)
    return inputs.model_validate(found), unavailable


# A registry holds modules of different policies side by side: their type arguments are each one's own.
AnyInputsModule = InputsModule[Any, Any, Any]
