"""The contract of every side effect: an activity's author writes ``lookup`` and ``perform``, nothing else."""

from __future__ import annotations

from typing import Protocol, TypeVar

from casewright.domain.decision import ApprovalNeed
from casewright.domain.events import EventRow
from casewright.domain.model import Frozen
from casewright.domain.people import Actor
from casewright.domain.steps import Step, StepBase
from casewright.domain.ticket import PolicyId

StepT = TypeVar("StepT", bound=StepBase, contravariant=True)


class Mandate(Frozen):
    """In whose name a step runs: a rule's, or a person's whose authority is checked as of now."""

    policy: PolicyId
    version: int
    rule: str | None
    person: Actor | None = None
    need: ApprovalNeed | None = None
    seconds: tuple[Actor, ...] = ()
    """Who approved it besides the person, where several must; their authority is checked as well."""


class EffectCall(Frozen):
    """What an effect's activity is given: the step, and the journal rows that it carries."""

    ticket: str
    step: Step
    mandate: Mandate
    rows: tuple[EventRow, ...]
    """Written before anything else happens."""
    result_seq: int
    on_success: tuple[EventRow, ...] = ()
    """Written with the result, when the step is done."""


class EffectOutcome(Frozen):
    """What an effect's activity returns: the rows it stored, its result's row first."""

    rows: tuple[EventRow, ...]


class Done(Frozen):
    """The outside system did it, or had done it."""

    reference: str


class Refused(Exception):
    """The outside system refused for good: it did not happen, and a retry would not change that."""


class Unreachable(Exception):
    """No certain answer: it may have happened. Retried until the budget ends."""


class Effect(Protocol[StepT]):
    """One kind of step in one outside system. Both methods raise ``Refused`` or ``Unreachable``."""

    async def lookup(self, key: str, step: StepT) -> Done | None:
        """What was done under this key, however long ago; None when nothing was."""

    async def perform(self, key: str, step: StepT) -> Done:
        """Do it, passing the key on as the system's own idempotency key where it has one."""
