"""Lent roles as PostgreSQL knows them: who may come in with them, who is asked, and what the envelope lets pass."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from casewright.domain import events as ev
from casewright.domain.decision import ApprovalNeed
from casewright.domain.effects import EffectCall
from casewright.domain.people import Actor, ActorKind, StandIn
from casewright.records import absences, people
from casewright.records.envelope import open_call
from casewright.records.people import NamedPerson, hash_token
from casewright.records.postgres import Connection, Pool
from tests.records.story import NOON, Story, refund

BOSS = ("support-manager",)
NEED = ApprovalNeed(roles=BOSS, why="refund of 100.00 USD")
TWO = NEED.model_copy(update={"quorum": 2})
DAY = timedelta(days=1)
_numbers = itertools.count(1)
AWAY = StandIn(person="boss", roles=BOSS)
DEPUTY = Actor(id="dee", kind=ActorKind.PERSON, roles=("agent",), stands_in_for=(AWAY,))
MIA = Actor(id="mia", kind=ActorKind.PERSON, roles=BOSS)


def named(id: str, *roles: str, **more: object) -> NamedPerson:
    told = {"id": id, "name": id.title(), "kind": "person", "roles": roles, "mail": f"{id}@staff.example.com", **more}
    return NamedPerson.model_validate(told)


PEOPLE = (
    named("boss", *BOSS),
    named("mia", *BOSS, token_hash=hash_token("mia's")),
    named("dee", "agent", token_hash=hash_token("dee's"), phone="+15550100199"),
)


@pytest.fixture
async def absence(app: Connection) -> absences.Absence:
    """The boss is away for a day from noon on; dee stands in."""
    await people.sync(app, PEOPLE)
    return await absences.set_absence(app, "boss", "dee", NOON, NOON + DAY, set_by="boss", at=NOON)


async def refusal(pool: Pool, call: EffectCall, at: timedelta = timedelta(hours=1)) -> str | None:
    """Why the envelope refuses a call, as of then."""
    outcome = await open_call(pool, call, NOON + at)
    if outcome is None:
        return None
    event = outcome.rows[0].event
    assert isinstance(event, ev.StepRefused)
    assert event.guard == "authority"
    return event.reason


def call_of(*voters: Actor, need: ApprovalNeed = NEED) -> EffectCall:
    """A refund that these people approved, the last of them with the deciding yes."""
    call = Story(next(_numbers)).call(refund("49.00"), voters[-1], need)
    return call.model_copy(update={"mandate": call.mandate.model_copy(update={"seconds": voters[:-1]})})


@pytest.mark.parametrize(
    ("at", "lent"), [(-timedelta(seconds=1), 0), (timedelta(), 1), (DAY - timedelta(seconds=1), 1), (DAY, 0)]
)
async def test_roles_are_lent_from_the_absences_begin_until_its_end(
    pool: Pool, absence: absences.Absence, at: timedelta, lent: int
) -> None:
    found = await people.by_token(pool, "dee's", NOON + at)
    assert found is not None
    assert found.actor.stands_in_for == (AWAY,) * lent
    assert found.actor.holds(BOSS) is bool(lent)
    other = await people.by_token(pool, "mia's", NOON + at)
    assert other is not None
    assert other.stands_in_for == ()


async def test_an_absence_that_was_ended_or_whose_person_left_lends_nothing(
    pool: Pool, app: Connection, absence: absences.Absence
) -> None:
    await people.sync(app, [named("boss", *BOSS, active=False), *PEOPLE[1:]])
    found = await people.by_token(pool, "dee's", NOON)
    assert found is not None
    assert found.stands_in_for == ()
    await people.sync(app, PEOPLE)
    assert await absences.end(app, absence.id, ended_by="boss", at=NOON)
    assert not await absences.end(app, absence.id, ended_by="boss", at=NOON)
    found = await people.by_token(pool, "dee's", NOON)
    assert found is not None
    assert found.stands_in_for == ()


async def test_those_who_hold_a_role_are_found_with_deputies_but_never_by_whoever_asks(
    app: Connection, absence: absences.Absence
) -> None:
    async def reached(*not_to: str) -> list[str]:
        return [one.id for one in await people.holders(app, BOSS, NOON, not_to=not_to)]

    assert await reached() == ["boss", "dee", "mia"]
    assert await reached("boss") == ["mia"]
    assert await reached("dee") == ["boss", "mia"]
    found = await people.holders(app, ("agent",), NOON)
    assert [(one.mail, one.phone) for one in found] == [("dee@staff.example.com", "+15550100199")]


async def test_the_envelope_takes_a_deputys_yes_as_long_as_the_absence_lasts(
    pool: Pool, absence: absences.Absence
) -> None:
    assert await refusal(pool, call_of(DEPUTY)) is None
    assert "dee holds none of support-manager any more" in (await refusal(pool, call_of(DEPUTY), DAY) or "")


async def test_the_envelope_counts_no_role_that_was_lent_only_after_the_verdict(
    pool: Pool, absence: absences.Absence
) -> None:
    """Whose lending was out of place at the verdict, the requester's, must not make up for a role that was lost."""
    without = DEPUTY.model_copy(update={"roles": BOSS, "stands_in_for": ()})
    assert "dee holds none" in (await refusal(pool, call_of(without)) or "")


async def test_the_envelope_checks_everybody_who_approved(
    pool: Pool, app: Connection, absence: absences.Absence
) -> None:
    assert await refusal(pool, call_of(DEPUTY, MIA, need=TWO)) is None
    assert "dee holds none" in (await refusal(pool, call_of(DEPUTY, MIA, need=TWO), DAY) or "")
    await people.sync(app, [PEOPLE[0], PEOPLE[1]])
    assert "dee isn't an active person any more" in (await refusal(pool, call_of(DEPUTY, MIA, need=TWO)) or "")
    await people.sync(app, PEOPLE)
    assert "don't suffice" in (await refusal(pool, call_of(MIA, need=TWO)) or "")
    each = ApprovalNeed(roles=("support-manager", "finance-director"), why="both", one_of_each=True)
    assert "don't suffice" in (await refusal(pool, call_of(DEPUTY, MIA, need=each)) or "")


async def test_the_same_absence_again_is_the_same_and_nobody_stands_in_for_themselves(
    app: Connection, absence: absences.Absence
) -> None:
    again = await absences.set_absence(app, "boss", "dee", NOON, NOON + DAY, set_by="mia", at=NOON + DAY)
    assert again == absence
    for deputy, until in (("boss", NOON + DAY), ("nobody", NOON + DAY), ("mia", NOON)):
        with pytest.raises(Exception, match="absence"):
            await absences.set_absence(app, "boss", deputy, NOON, until, set_by="boss", at=NOON)
