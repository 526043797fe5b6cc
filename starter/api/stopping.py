"""Emergency stops: set and lifted by those whom the handbook designates, and listed for the staff."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from casewright.domain.acts import Reason
from casewright.domain.model import Frozen
from casewright.handbook import Handbook
from casewright.policy.people import Right
from casewright.policy.problems import nearest
from casewright.records import stops
from casewright.records.people import Person
from casewright.records.stops import EmergencyStop, NotInForce
from starter.api.callers import Staff
from starter.api.parts import Parts, TheParts
from starter.api.problems import ApiProblem, Code, FieldProblem, invalid, problem
from starter.api.route import StrictRoute
from starter.expected import SCOPE
from starter.shown.stops import Stops

router = APIRouter(route_class=StrictRoute, tags=["emergency stops"])
MAX_ID = 2**63 - 1
Scope = Annotated[str, Field(pattern=SCOPE, description="A policy, such as A.1, or a category's letter, such as A.")]
StopId = Annotated[int, Path(ge=1, le=MAX_ID)]


class StopOrder(Frozen):
    """What to stop, and why."""

    scope: Scope
    reason: Reason


class LiftOrder(Frozen):
    """Why it may go on."""

    reason: Reason


def _stopper(caller: Staff, parts: TheParts) -> Person:
    designated = parts.handbook.organisation.rights[Right.STOP]
    if not caller.actor.holds(designated):
        raise problem(
            403,
            Code.FORBIDDEN,
            f"emergency stops are set and lifted by {', '.join(designated)}; {caller.id} is none of these",
            what_to_do="Call somebody who is; until then, whoever claims a ticket halts its automation.",
        )
    return caller


Stopper = Annotated[Person, Depends(_stopper)]
"""Whom handbook/roles.yaml designates."""


@router.post("/stops", summary="Stop every side effect of a policy or a whole category", status_code=201)
async def set_stop(order: StopOrder, caller: Stopper, parts: TheParts) -> EmergencyStop:
    """From now on no step of these policies is carried out; each that comes due goes to people with this reason.

    It replaces an earlier stop of the same scope. The same order by the same person again is the same stop.
    """
    _require_known(parts.handbook, order.scope)
    async with parts.pool.acquire() as connection:
        return await stops.set_stop(connection, order.scope, caller.id, order.reason, parts.client.now())


@router.get("/stops", summary="Emergency stops in force")
async def list_stops(
    _: Staff,
    parts: TheParts,
    all: Annotated[bool, Query(description="Those that have ended, too; newest first.")] = False,
) -> Stops:
    """For staff."""
    async with parts.pool.acquire() as connection:
        found = await (stops.all_stops(connection) if all else stops.active_stops(connection))
    return Stops(stops=tuple(found))


@router.post("/stops/{id}/lift", summary="Lift an emergency stop; what it held up is not resumed")
async def lift_stop(id: StopId, order: LiftOrder, caller: Stopper, parts: TheParts) -> EmergencyStop:
    """Side effects are carried out again from now on, unless another stop still holds; what was refused stays so."""
    try:
        lifted = await _lifted(parts, id, caller, order)
    except NotInForce as ended:
        raise _ended(ended.stop) from ended
    if lifted is None:
        raise problem(404, Code.NOT_FOUND, "there is no such emergency stop", what_to_do="Look at GET /stops.")
    return lifted


async def _lifted(parts: Parts, id: int, caller: Person, order: LiftOrder) -> EmergencyStop | None:
    async with parts.pool.acquire() as connection:
        return await stops.lift_stop(connection, id, caller.id, order.reason, parts.client.now())


def _ended(stop: EmergencyStop) -> ApiProblem:
    how = f"was lifted by {stop.lifted_by}" if stop.lifted_by else "was replaced by a later one of its scope"
    return problem(
        409,
        Code.CONFLICT,
        f"the emergency stop {stop.id} of {stop.scope} {how}",
        what_to_do="Look at GET /stops for what is in force, and lift that by its own id.",
    )


def _require_known(handbook: Handbook, scope: str) -> None:
    """A stop that stops nothing would lull whoever set it."""
    policies = {policy.id for policy in handbook.policies}
    known = policies | {policy.partition(".")[0] for policy in policies}
    if scope not in known:
        raise invalid((FieldProblem(field="scope", message=f"the handbook has no {scope}{nearest(scope, known)}"),))
