"""What is asked before a side effect, as of now: emergency stop, the approver's authority, and the money."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

from casewright.domain import events as ev
from casewright.domain.approvals import suffices
from casewright.domain.decision import ApprovalNeed
from casewright.domain.effects import EffectCall, Mandate, Unreachable
from casewright.domain.events import EventRow
from casewright.domain.people import Actor
from casewright.domain.steps import (
    ApprovalMailStep,
    CreditStep,
    MailStep,
    NoticeStep,
    RefundStep,
    ReservedStep,
    SmsStep,
    Step,
    effect_key,
)
from casewright.records import money, people
from casewright.records.postgres import Connection, Record

TELLING_ONLY = ("acknowledgment", "acknowledgment-promise", "delay-apology", "low-score", "survey")
"""Letters of the system's own that tell or ask the customer something, and give nothing."""
_STANDING = """
SELECT (SELECT string_agg(scope || ' by ' || person || ': ' || reason, '; ') FROM emergency_stop
        WHERE scope = ANY($1::text[])) AS stopped,
       EXISTS (SELECT FROM reservation WHERE step_key = $2 AND state = 'reserved') AS begun
"""
_FIRST_ROW = "SELECT body FROM journal WHERE ticket = $1 AND seq = 1"


async def ask(connection: Connection, call: EffectCall, now: datetime) -> ev.StepRefused | ev.StepUncertain | None:
    """Why the step may not be done now, or None: then its money is reserved.

    When an earlier try had passed, and so may have reached the gateway, a guard that refuses by now can't say that it
    did not happen: the outcome is uncertain, and its reservation stays. Protective steps are not held up; but money
    is never protective.

    Raises:
        Unreachable: an approved step whose ticket's first row isn't in the journal yet; ask again.
    """
    mandate, step = call.mandate, call.step
    if step.protective and not isinstance(step, ReservedStep):
        return None
    key = effect_key(call.ticket, step.id)
    scopes = [mandate.policy, mandate.policy[0]]
    standing = await connection.fetchrow(_STANDING, scopes, key)
    assert standing is not None
    if standing["stopped"] and not left_by_a_stop(step, mandate):
        return _refused(call, "emergency-stop", f"emergency stop of {standing['stopped']}", standing)
    gives_money = isinstance(step, RefundStep | CreditStep)
    if reason := await _without_authority(connection, call, now, gives_money=gives_money):
        return _refused(call, "authority", reason, standing)
    if isinstance(step, ReservedStep):
        automatic = mandate.person is None
        if reason := await money.reserve(connection, key, call.ticket, step, automatic=automatic, now=now):
            return _refused(call, "reservation", reason, standing)
    return None


def left_by_a_stop(step: Step, mandate: Mandate) -> bool:
    """Whether an emergency stop lets a step pass, as far as it alone is concerned (RULES §8).

    It leaves manual review, and whatever that needs: word to colleagues, requests for approval, a person's letters. And
    it silences nobody: the customer is told that the request arrived and that a promise was broken, and is asked for a
    rating. Money and what else the policy would do wait for people.
    """
    match step:
        case NoticeStep() | ApprovalMailStep() | SmsStep():
            return True
        case MailStep():
            return mandate.need is None and (mandate.person is not None or step.template in TELLING_ONLY)
    return False


async def _without_authority(
    connection: Connection, call: EffectCall, now: datetime, *, gives_money: bool
) -> str | None:
    mandate = call.mandate
    person, need = mandate.person, mandate.need
    if person is None:
        return f"nobody approved it, and it needs one of {', '.join(need.roles)}" if need else None
    voters = (person, *mandate.seconds)
    known = await people.acting(connection, [voter.id for voter in voters], now)
    for voter in voters:
        if voter.id not in known or known[voter.id].kind != "person":
            return f"{voter.id} isn't an active person any more"
    if need is None:
        return f"money in the name of {person.id} must say which roles may give it" if gives_money else None
    own = await people.reached_at(connection, await _requester(connection, call))
    return _not_enough(need, [_as_of_now(voter, known[voter.id], own) for voter in voters], own)


def _not_enough(need: ApprovalNeed, voters: Sequence[Actor], own: Collection[str]) -> str | None:
    for voter in voters:
        if voter.id in own:
            return f"the request came from {voter.id}'s own address, and nobody approves their own request"
        if not voter.holds(need.roles):
            return f"{voter.id} holds none of {', '.join(need.roles)} any more ({need.why})"
    if not suffices(need, voters):
        return f"those who approved it don't suffice any more: it needs {', '.join(need.roles)} ({need.why})"
    return None


async def _requester(connection: Connection, call: EffectCall) -> str:
    """The address that the ticket's request came from: as the journal has it, else as the call carries it."""
    text = await connection.fetchval(_FIRST_ROW, call.ticket)
    first = EventRow.model_validate_json(text) if text is not None else next((r for r in call.rows if r.seq == 1), None)
    if first is None or not isinstance(first.event, ev.Submitted):
        raise Unreachable("the journal doesn't have the ticket's first row yet, which tells whose request it is")
    return first.event.submission.requester.email


def _as_of_now(voter: Actor, known: people.Person, own: Collection[str]) -> Actor:
    """Who voted, with the roles held now; as a deputy only of those whom they stood in for then.

    So nobody whose lending was out of place at the verdict, such as whoever asked for it, counts by lending later. Nor
    does whoever the request is of.
    """
    lenders = {lent.person for lent in voter.stands_in_for}.difference(own)
    still = tuple(lent for lent in known.stands_in_for if lent.person in lenders)
    return known.actor.model_copy(update={"stands_in_for": still})


def _refused(
    call: EffectCall, guard: Literal["reservation", "authority", "emergency-stop"], reason: str, standing: Record
) -> ev.StepRefused | ev.StepUncertain:
    if standing["begun"]:
        return ev.StepUncertain(step=call.step.id, reason=f"an earlier try may have done it; not tried again: {reason}")
    return ev.StepRefused(step=call.step.id, guard=guard, reason=reason)
