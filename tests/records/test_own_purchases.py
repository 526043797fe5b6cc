"""Nobody approves what they bought themselves, by no deputy either; and only people approve (RULES §5)."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from casewright.domain import events as ev
from casewright.domain.decision import ApprovalNeed
from casewright.domain.effects import EffectCall, Unreachable
from casewright.domain.people import Actor, ActorKind, StandIn
from casewright.records import absences, people, reads
from casewright.records.envelope import open_call
from casewright.records.people import NamedPerson
from casewright.records.postgres import Connection, Pool
from tests.records.story import NOON, Story, refund

BOSS = ("support-manager",)
NEED = ApprovalNeed(roles=BOSS, why="refund of 100.00 USD")
ADA = Actor(id="ada", kind=ActorKind.PERSON, roles=BOSS)
MIA = Actor(id="mia", kind=ActorKind.PERSON, roles=BOSS)
DEE = Actor(id="dee", kind=ActorKind.PERSON, stands_in_for=(StandIn(person="ada", roles=BOSS),))
_numbers = itertools.count(1)


def named(id: str, mail: str, *roles: str, kind: str = "person") -> NamedPerson:
    return NamedPerson.model_validate({"id": id, "name": id.title(), "kind": kind, "roles": roles, "mail": mail})


@pytest.fixture(autouse=True)
async def _staff(app: Connection) -> None:
    """Ada is who the stories' requests come from, in another case, and away; dee stands in for her."""
    ada = named("ada", "Ada@Example.COM", *BOSS)
    await people.sync(app, [ada, named("mia", "mia@staff.example.com", *BOSS), named("dee", "dee@staff.example.com")])
    await absences.set_absence(app, "ada", "dee", NOON, NOON + timedelta(days=1), set_by="ada", at=NOON)


def call_of(*voters: Actor, need: ApprovalNeed = NEED) -> EffectCall:
    """A refund that these people approved, the last of them with the deciding yes."""
    call = Story(next(_numbers)).call(refund("49.00"), voters[-1], need)
    return call.model_copy(update={"mandate": call.mandate.model_copy(update={"seconds": voters[:-1]})})


async def refusal(pool: Pool, call: EffectCall) -> str | None:
    """Why the envelope refuses a call."""
    outcome = await open_call(pool, call, NOON)
    if outcome is None:
        return None
    event = outcome.rows[0].event
    assert isinstance(event, ev.StepRefused)
    assert event.guard == "authority"
    return event.reason


async def test_the_envelope_refuses_the_yes_of_whoever_the_request_came_from_in_words(pool: Pool) -> None:
    assert await refusal(pool, call_of(MIA)) is None
    reason = await refusal(pool, call_of(ADA)) or ""
    assert "the request came from ada's own address, and nobody approves their own request" in reason
    assert "example.com" not in reason.lower()


async def test_one_of_several_who_approved_may_not_be_whoever_the_request_came_from(pool: Pool) -> None:
    two = NEED.model_copy(update={"quorum": 2})
    for voters in ((ADA, MIA), (MIA, ADA)):
        assert "ada's own address" in (await refusal(pool, call_of(*voters, need=two)) or "")


async def test_nobody_approves_as_the_deputy_of_whoever_the_request_came_from(pool: Pool) -> None:
    assert "dee holds none of support-manager" in (await refusal(pool, call_of(DEE)) or "")


async def test_whose_request_it_is_follows_from_the_journal_once_it_has_the_first_row(pool: Pool) -> None:
    """And a step whose ticket's first row is still on its way is asked about again, neither refused nor done."""
    call = call_of(MIA)
    late = call.model_copy(update={"rows": call.rows[1:]})
    with pytest.raises(Unreachable, match="first row"):
        await open_call(pool, late, NOON)
    assert await reads.rows(pool, call.ticket) == []
    own = Story(next(_numbers))
    await open_call(pool, own.call(refund("10.00")), NOON)
    assert "ada's own address" in (await refusal(pool, own.call(refund("10.00", step="d2-refund"), ADA, NEED)) or "")


async def test_those_at_an_address_are_found_in_whatever_case(app: Connection) -> None:
    assert await people.reached_at(app, "ADA@example.com") == {"ada"}
    assert await people.reached_at(app, "da@example.com") == frozenset()
    assert await people.reached_at(app, "a%@example.com") == frozenset()


async def test_a_service_with_an_approvers_role_approves_nothing(pool: Pool, app: Connection) -> None:
    """Whatever the act said: the table of people tells that it is none."""
    await people.sync(app, [named("mia", "mia@staff.example.com", *BOSS, kind="service")])
    assert "mia isn't an active person any more" in (await refusal(pool, call_of(MIA)) or "")
