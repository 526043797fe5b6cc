"""Absences and deputies (RULES §5): everybody names their own, and those whom the handbook designates anybody's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, Field, model_validator

from casewright.domain.model import Frozen
from casewright.domain.people import PersonId
from casewright.policy.people import Right
from casewright.records import absences, people
from casewright.records.absences import Absence
from casewright.records.people import Person
from casewright.records.postgres import Connection
from starter.api.callers import Staff
from starter.api.parts import Parts, TheParts
from starter.api.problems import ApiProblem, Code, FieldProblem, invalid, problem
from starter.api.route import StrictRoute
from starter.shown.absences import Absences

router = APIRouter(route_class=StrictRoute, tags=["absences"])
MAX_ID = 2**63 - 1
AbsenceId = Annotated[int, Path(ge=1, le=MAX_ID)]


class AbsenceOrder(Frozen):
    """Who stands in for whom, from when until when."""

    deputy: PersonId
    until: AwareDatetime
    person: PersonId | None = None
    """Who is away; left out: the caller."""
    since: Annotated[AwareDatetime | None, Field(alias="from")] = None
    """Left out: from now on."""

    @model_validator(mode="after")
    def _lasts(self) -> AbsenceOrder:
        if self.since is not None and self.until <= self.since:
            raise ValueError("an absence ends after it begins")
        return self


@router.post("/absences", summary="Name a deputy for the time of an absence", status_code=201)
async def set_absence(order: AbsenceOrder, caller: Staff, parts: TheParts) -> Absence:
    """While it lasts the deputy may do what the absent person may, but never what that person asked for.

    A deputy doesn't pass on what is lent to them. The same order again is the same absence.
    """
    person, now = order.person or caller.id, parts.client.now()
    _require_right(caller, person, parts)
    if order.deputy == caller.id and person != caller.id:
        raise problem(
            403,
            Code.FORBIDDEN,
            "nobody names themselves as somebody else's deputy: that would be taking their authority",
            what_to_do="Ask the absent person, or somebody else who arranges absences.",
        )
    since = order.since or now
    async with parts.pool.acquire() as connection:
        await _require_fitting(connection, person, order, now)
        known = await _arranged(connection, person, order, since, now)
        if known is not None:
            return known
        return await absences.set_absence(
            connection, person, order.deputy, since, order.until, set_by=caller.id, at=now
        )


@router.get("/absences", summary="Who is away or will be, and who stands in for them")
async def list_absences(
    _: Staff,
    parts: TheParts,
    all: Annotated[bool, Query(description="Those that are over, too; newest first.")] = False,
) -> Absences:
    """For staff."""
    async with parts.pool.acquire() as connection:
        return Absences(absences=tuple(await absences.listed(connection, parts.client.now(), all=all)))


@router.post("/absences/{id}/end", summary="End an absence before its time, or call it off")
async def end_absence(id: AbsenceId, caller: Staff, parts: TheParts) -> Absence:
    """From now on the deputy holds nothing by it, also for what they approved and what isn't done yet."""
    now = parts.client.now()
    async with parts.pool.acquire() as connection:
        absence = await absences.get(connection, id)
        if absence is None:
            raise problem(404, Code.NOT_FOUND, "there is no such absence", what_to_do="Look at GET /absences.")
        _require_right(caller, absence.person, parts)
        if absence.is_over(now) or not await absences.end(connection, id, ended_by=caller.id, at=now):
            raise problem(409, Code.CONFLICT, f"the absence {id} is over already", what_to_do="Nothing is to be done.")
        ended = await absences.get(connection, id)
    assert ended is not None, "nothing is ever removed"
    return ended


def _require_right(caller: Person, person: str, parts: Parts) -> None:
    """Their own roles count: a deputy doesn't arrange for others what is only lent."""
    designated = parts.handbook.organisation.rights[Right.ABSENCES]
    if person == caller.id or set(designated) & set(caller.roles):
        return
    raise problem(
        403,
        Code.FORBIDDEN,
        f"absences of others are arranged by {', '.join(designated)}; {caller.id} is none of these",
        what_to_do="Ask one of them, or the absent person.",
    )


async def _require_fitting(connection: Connection, person: str, order: AbsenceOrder, now: datetime) -> None:
    if order.until <= now:
        raise _wrong("until", "is past")
    if order.deputy == person:
        raise _wrong("deputy", "is somebody else than who is away")
    known = await people.acting(connection, [person, order.deputy], now)
    for field, id in (("person", person), ("deputy", order.deputy)):
        if id not in known or known[id].kind != "person" or not known[id].roles:
            raise _wrong(field, f"there is no active member of the staff called {id}")


async def _arranged(
    connection: Connection, person: str, order: AbsenceOrder, since: datetime, now: datetime
) -> Absence | None:
    """The absence that the order asks for, when it is there already; one that only overlaps must be ended first, or
    ending either of the two would leave the deputy in place."""
    for one in await absences.listed(connection, now):
        if (one.person, one.deputy) != (person, order.deputy) or not (one.since < order.until and since < one.until):
            continue
        if one.until == order.until and (order.since is None or one.since == order.since):
            return one
        raise problem(
            409,
            Code.CONFLICT,
            f"{order.deputy} stands in for {person} until {one.until.isoformat()} already (absence {one.id})",
            what_to_do=f"End absence {one.id} first, or name another time.",
        )
    return None


def _wrong(field: str, message: str) -> ApiProblem:
    return invalid((FieldProblem(field=field, message=message),))
