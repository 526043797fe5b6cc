"""Sample tickets: one YAML file each, with what people do to it and how it must end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BeforeValidator, Field, JsonValue, ValidationError, model_validator

from casewright.domain.acts import ACT
from casewright.domain.decision import RuleId
from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.people import PersonId, TeamName
from casewright.domain.ticket import Submission
from starter.run.problem import RunProblem

StateWord = Literal["working", "waiting-customer", "waiting-approval", "with-people", "resolved", "closed"]
VERDICTS = ("approve", "reject")


def _money(value: object) -> object:
    """``49.00 USD`` as it is written in the files."""
    if isinstance(value, str):
        amount, _, currency = value.partition(" ")
        return {"amount": amount, "currency": currency}
    return value


Amount = Annotated[Money, BeforeValidator(_money)]


class ScriptedAct(Frozen):
    """What a sample person does once the ticket is in a state; a verdict is on the plan that is shown then."""

    by: PersonId
    when: StateWord
    act: dict[str, JsonValue]
    """As the API takes it, without its id and, for a verdict, without the plan's hash."""

    @model_validator(mode="after")
    def _is_an_act(self) -> ScriptedAct:
        ACT.validate_python({**self.body("0" * 64), "id": "trial", "actor": {"id": self.by, "kind": "person"}})
        return self

    @property
    def type(self) -> str:
        """The act's type."""
        return str(self.act.get("type"))

    def body(self, plan_hash: str | None) -> dict[str, JsonValue]:
        """The act, bound to the plan that was shown if it is a verdict."""
        return {**self.act, "plan_hash": plan_hash} if self.type in VERDICTS else self.act


class Entry(Frozen):
    """A ledger entry that a ticket must have brought."""

    kind: Literal["refund", "credit"]
    amount: Amount
    by: PersonId = "system"


class Expectation(Frozen):
    """How a sample must end. What is not named must not have happened."""

    rule: RuleId | tuple[RuleId, ...] | None
    """Several: a race decides which of them."""
    overlays: tuple[str, ...] = ()
    """What changed the table's verdict."""
    state: StateWord
    team: TeamName | None = None
    assignee: PersonId | None = None
    code: str | None = None
    """Resolution code."""
    refunds: dict[str, Amount] = {}
    """Charge at the gateway → what this ticket refunded of it."""
    credits: dict[str, Amount] = {}
    """Customer at the gateway → what this ticket credited."""
    mails: tuple[str, ...]
    """Templates, in any order, as often as they were sent."""
    ledger: tuple[Entry, ...] = ()


class Sample(Frozen):
    """One sample ticket."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,50}$")]
    title: str
    shows: str
    """The rule, the gap, or the way of ending that it shows."""
    after: str | None = None
    """The sample that must have settled before this one is submitted."""
    group: str | None = None
    """Samples of a group race each other: which of them meets which expectation of the group is open."""
    submission: Submission
    acts: tuple[ScriptedAct, ...] = ()
    expect: Expectation


def load_samples(folder: Path) -> tuple[Sample, ...]:
    """Every sample of a folder, in the order of their files' names.

    Raises:
        RunProblem: a file can't be read, its name isn't the sample's, it waits for a sample that doesn't exist, or two
            have one name.
    """
    samples = tuple(_read(path) for path in sorted(folder.glob("*.yaml")))
    if not samples:
        raise RunProblem(f"There are no samples in {folder}: set CASEWRIGHT_SAMPLES to a folder that has some.")
    earlier: set[str] = set()
    for sample in samples:
        if sample.after is not None and sample.after not in earlier:
            raise RunProblem(f"Sample {sample.name} waits for {sample.after}, which no file before it has.")
        if sample.name in earlier:
            # The name is its key: the second would be taken for the first one again.
            raise RunProblem(f"There are two samples named {sample.name}: give one another name.")
        earlier.add(sample.name)
    return samples


def _read(path: Path) -> Sample:
    try:
        content: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        sample = Sample.model_validate(_without_nothing(content))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise RunProblem(f"Sample {path.name} can't be read: {error}") from error
    if path.stem.partition("-")[2] != sample.name:
        raise RunProblem(f"Sample {path.name} calls itself {sample.name}: call the file NUMBER-{sample.name}.yaml.")
    return sample


def _without_nothing(value: Any) -> Any:
    """The files are read as text throughout, so that no 10:00 becomes 600; ``null`` alone means nothing."""
    if isinstance(value, dict):
        return {key: _without_nothing(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_nothing(part) for part in value]
    return None if value == "null" else value
