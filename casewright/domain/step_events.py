"""Events of side effects: planned, started, and what became of them."""

from __future__ import annotations

from typing import Literal

from casewright.domain.decision import ApprovalNeed
from casewright.domain.model import Frozen
from casewright.domain.people import Actor
from casewright.domain.steps import Step, StepId


class StepPlanned(Frozen):
    """A side effect was planned; it runs after those it names, and after the approval it is gated by."""

    type: Literal["step_planned"] = "step_planned"
    step: Step
    after: tuple[StepId, ...] = ()
    gate: str | None = None
    """Plan hash of the approval it waits for."""
    closes: bool = False
    """Whether its success resolves the ticket."""
    authorised_by: Actor | None = None
    """The person on whose own authority it runs."""
    authority: ApprovalNeed | None = None
    """The roles that may authorise it; checked again as of the moment it runs."""
    answers: bool = False
    """Whether it answers the customer's request: the automation's own first response."""


class StepStarted(Frozen):
    """A side effect was scheduled; its result takes the reserved sequence numbers."""

    type: Literal["step_started"] = "step_started"
    step: StepId
    result_seq: int
    closing_seq: int | None = None


class StepDone(Frozen):
    """A side effect happened, or was found to have happened."""

    type: Literal["step_done"] = "step_done"
    step: StepId
    reference: str
    """The outside system's own id of what was done."""
    found: bool = False
    """Whether it was found there, done by an earlier try."""


class StepRefused(Frozen):
    """A guard, or the outside system, refused a side effect: it did not happen and will not."""

    type: Literal["step_refused"] = "step_refused"
    step: StepId
    guard: Literal["reservation", "authority", "emergency-stop", "outside"]
    reason: str


class StepUncertain(Frozen):
    """The retry budget ran out with no answer: it may have happened, so nothing gives it again by itself."""

    type: Literal["step_uncertain"] = "step_uncertain"
    step: StepId
    reason: str


class StepRetried(Frozen):
    """A person had a step of uncertain outcome tried again, under its own key."""

    type: Literal["step_retried"] = "step_retried"
    step: StepId


class StepsCancelled(Frozen):
    """Planned side effects that will not run."""

    type: Literal["steps_cancelled"] = "steps_cancelled"
    steps: tuple[StepId, ...]
    reason: str
