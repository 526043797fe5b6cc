"""From a case to the whole decision record: pure, and the same every time (RULES §2.4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from importlib.metadata import PackageNotFoundError, version

from pydantic_core import to_jsonable_python

from casewright.domain.acts import Remedy
from casewright.domain.decision import ApprovalNeed, Decision, Ownership, PlannedStep, Ruling
from casewright.domain.model import Frozen
from casewright.domain.people import POLICY_EXCEPTION_QUEUE
from casewright.domain.ticket import ClaimValue
from casewright.policy.case import Case
from casewright.policy.claims import matches
from casewright.policy.derivation import AnyInputsModule, Derived
from casewright.policy.evaluate import Verdict, evaluate
from casewright.policy.grammar import Policy, Ref, Row, Unavailable
from casewright.policy.logic import Readings
from casewright.policy.neutrality import with_neutral_reply
from casewright.policy.readings import readings_of
from casewright.policy.registry import INPUTS_MODULES
from casewright.policy.remedy import PreparedRemedy, RemedyImpossible
from casewright.policy.steps import StepIncomplete, build_steps

Overlay = Callable[[Case, Decision], Decision]

try:
    CODE_VERSION = version("casewright")
except PackageNotFoundError:  # a bare checkout
    CODE_VERSION = "unknown"


def decide(policy: Policy, case: Case, overlays: Sequence[Overlay] = ()) -> Decision:
    """The table's verdict as a ruling with its steps and its proof, then the overlays in order; a neutral policy's one
    reply comes after them, so that no overlay takes it away."""
    decision, _ = decide_by_table(policy, case)
    return with_neutral_reply(policy, case, reduce(lambda sofar, overlay: overlay(case, sofar), overlays, decision))


def decide_by_table(policy: Policy, case: Case) -> tuple[Decision, Readings]:
    """The table's own decision, and the readings that it was made from."""
    module = INPUTS_MODULES[policy.id]
    derived = derive(policy, module, case)
    readings = readings_of(policy, derived)
    verdict = evaluate(policy, readings)
    ruling, steps = _ruling(policy, case, derived, readings, verdict)
    decision = Decision(
        ruling=ruling,
        steps=steps,
        ticket=case.ticket,
        submitted_at=case.submitted_at,
        requester=case.requester,
        priority=case.priority,
        claims=dict(case.claims),
        facts=tuple(case.facts.values()),
        inputs={n: to_jsonable_python(r) for n, r in readings.items() if not isinstance(r, Unavailable)},
        unavailable={n: r.reason for n, r in readings.items() if isinstance(r, Unavailable)},
        trace=verdict.trace,
        policy_hash=policy.hash,
        code_version=CODE_VERSION,
        decided_at=case.at,
    )
    return decision, readings


def derive(policy: Policy, module: AnyInputsModule, case: Case) -> Derived[Frozen, Frozen]:
    """The case through the policy's own code, given only claims of the declared shape."""
    derived: Derived[Frozen, Frozen] = module.derive(_readable(policy, case), parameters_of(policy, module))
    return derived


def parameters_of(policy: Policy, module: AnyInputsModule) -> Frozen:
    """The parameters that the policy's code reads, as it declares them."""
    parameters: Frozen = module.parameters(**{n: policy.parameters[n].value for n in module.parameters.model_fields})
    return parameters


def prepare_remedy(policy: Policy, case: Case, remedy: Remedy) -> PreparedRemedy:
    """What a person ordered, as steps.

    Raises:
        RemedyImpossible: it can't be given; the message says why.
    """
    module = INPUTS_MODULES[policy.id]
    if module.prepare_remedy is None:
        raise RemedyImpossible(f"{policy.id} knows no remedy of money")
    return module.prepare_remedy(_readable(policy, case), parameters_of(policy, module), remedy)


def _readable(policy: Policy, case: Case) -> Case:
    """A text claim of the wrong shape is no claim; money of the wrong shape is for the policy's code to refuse."""
    return replace(case, claims={n: v for n, v in case.claims.items() if _is_readable(policy, n, v)})


def _is_readable(policy: Policy, name: str, value: ClaimValue) -> bool:
    declared = policy.claims.get(name)
    return declared is not None and (not isinstance(value, str) or matches(declared.pattern, value))


def _ruling(
    policy: Policy, case: Case, derived: Derived[Frozen, Frozen], readings: Readings, verdict: Verdict
) -> tuple[Ruling, tuple[PlannedStep, ...]]:
    row = verdict.row
    if row is None:
        return _exception(policy, verdict.reason), ()
    known = _known(case, derived, readings)
    try:
        steps = build_steps(row.steps, known, case.requester.email)
    except StepIncomplete as error:
        return _exception(policy, f"{row.id} can't be carried out: {error}"), ()
    approval = _approval(row, known) if any(step.gated for step in steps) else None
    team = row.team or (POLICY_EXCEPTION_QUEUE if row.ownership is Ownership.EXCEPTION else None)
    ruling = Ruling(
        policy=policy.id,
        version=policy.version,
        rule=row.id,
        ownership=row.ownership,
        reason=row.reason,
        team=team,
        approval=approval,
        commitments=row.commitments,
        question=row.question,
    )
    return ruling, steps


def _exception(policy: Policy, reason: str) -> Ruling:
    return Ruling(
        policy=policy.id,
        version=policy.version,
        rule=None,
        ownership=Ownership.EXCEPTION,
        reason=reason,
        team=POLICY_EXCEPTION_QUEUE,
    )


def _known(case: Case, derived: Derived[Frozen, Frozen], readings: Readings) -> dict[str, object]:
    """What a step may refer to: values before inputs; the reading found no name that means two things."""
    inputs = {name: None if isinstance(r, Unavailable) else r for name, r in readings.items()}
    values = {name: getattr(derived.values, name) for name in type(derived.values).model_fields}
    return {**inputs, **values, "name": case.requester.name}


def _approval(row: Row, known: dict[str, object]) -> ApprovalNeed:
    need = known[row.approval.name] if isinstance(row.approval, Ref) else row.approval
    if not isinstance(need, ApprovalNeed):
        raise StepIncomplete("nobody is named who may approve it")
    return need
