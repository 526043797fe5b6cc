"""What is asked before a side effect, as of now: emergency stop, the approver's authority, and the money."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from casewright.domain import events as ev
from casewright.domain.approvals import suffices
from casewright.domain.effects import EffectCall, Mandate
from casewright.domain.people import Actor
from casewright.domain.steps import CreditStep, MailStep, RefundStep, effect_key
from casewright.records import money, people
from casewright.records.postgres import Connection, Record

_STANDING = """
SELECT (SELECT string_agg(scope || ' by ' || person || ': ' || reason, '; ') FROM emergency_stop
        WHERE scope = ANY($1::text[])) AS stopped,
       EXISTS (SELECT FROM reservation WHERE step_key = $2 AND state = 'reserved') AS begun
"""


async def ask(connection: Connection, call: EffectCall, now: datetime) -> ev.StepRefused | ev.StepUncertain | None:
    """Why the step may not be done now, or None: then its money is reserved.

    When an earlier try had passed, and so may have reached the gateway, a guard that refuses by now can't say that it
    did not happen: the outcome is uncertain, and its reservation stays. Protective steps are not held up; but money
    is never protective.
    """
    mandate, step = call.mandate, call.step
    if step.protective and not isinstance(step, RefundStep | CreditStep):
        return None
    key = effect_key(call.ticket, step.id)
    scopes = [mandate.policy, mandate.policy[0]]
    standing = await connection.fetchrow(_STANDING, scopes, key)
    assert standing is not None
    # A person's letter is manual work, which is what a stop leaves.
    manual = mandate.person is not None and isinstance(step, MailStep) and mandate.need is None
    if standing["stopped"] and not manual:
        return _refused(call, "emergency-stop", f"emergency stop of {standing['stopped']}", standing)
    gives_money = isinstance(step, RefundStep | CreditStep)
    if reason := await _without_authority(connection, mandate, now, gives_money=gives_money):
        return _refused(call, "authority", reason, standing)
    if isinstance(step, RefundStep | CreditStep):
        automatic = mandate.person is None
        if reason := await money.reserve(connection, key, call.ticket, step, automatic=automatic, now=now):
            return _refused(call, "reservation", reason, standing)
    return None


async def _without_authority(
    connection: Connection, mandate: Mandate, now: datetime, *, gives_money: bool
) -> str | None:
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
    present = [_as_of_now(voter, known[voter.id]) for voter in voters]
    for voter in present:
        if not voter.holds(need.roles):
            return f"{voter.id} holds none of {', '.join(need.roles)} any more ({need.why})"
    if not suffices(need, present):
        return f"those who approved it don't suffice any more: it needs {', '.join(need.roles)} ({need.why})"
    return None


def _as_of_now(voter: Actor, known: people.Person) -> Actor:
    """Who voted, with the roles held now; as a deputy only of those whom they stood in for then.

    So nobody whose lending was out of place at the verdict, such as whoever asked for it, counts by lending later.
    """
    lenders = {lent.person for lent in voter.stands_in_for}
    still = tuple(lent for lent in known.stands_in_for if lent.person in lenders)
    return known.actor.model_copy(update={"stands_in_for": still})


def _refused(
    call: EffectCall, guard: Literal["reservation", "authority", "emergency-stop"], reason: str, standing: Record
) -> ev.StepRefused | ev.StepUncertain:
    if standing["begun"]:
        return ev.StepUncertain(step=call.step.id, reason=f"an earlier try may have done it; not tried again: {reason}")
    return ev.StepRefused(step=call.step.id, guard=guard, reason=reason)
