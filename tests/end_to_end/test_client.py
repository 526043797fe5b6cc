"""The client on real servers: the same key is the same ticket, and every no is one that the caller can act on."""

from __future__ import annotations

import time
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from casewright.client import ActRefused, Client, TicketClosed, TicketNotFound, Unavailable, open_client
from casewright.domain import acts as a
from casewright.domain.refuse import RefusalKind
from casewright.domain.ticket import Requester, Submission
from casewright.records import reads
from tests.end_to_end.frozen_line import line_to
from tests.world import World, who

UNKNOWN = "T-ZZZZZZZZZZZZZZZZ"


def about(name: str, **fields: object) -> Submission:
    requester = Requester(email=f"{name}@example.com", customer=f"cus_{name}")
    return Submission.model_validate({"policy": "A.1", "subject": "Charged twice", "requester": requester, **fields})


def note(id: str = "n", message: str = "Looks right.") -> a.InternalNote:
    return a.InternalNote(id=id, actor=who("agent-1"), message=message)


async def without_journal(world: World) -> Client:
    return await Client.connect(world.settings.model_copy(update={"database_url": SecretStr("")}))


async def test_the_same_key_says_whether_the_content_differed(world: World) -> None:
    submission = about("ada", claims={"invoice": "INV-none"})
    first = await world.client.submit(submission, submitter="portal", key="k")
    again = await world.client.submit(submission, submitter="portal", key="k")
    other = await world.client.submit(about("ben"), submitter="portal", key="k")
    assert (first.already, again.already, other.already) == (False, True, True)
    assert {first.ticket, again.ticket, other.ticket} == {first.ticket}
    assert (again.differs, other.differs) == (False, True)
    elsewhere = await world.client.submit(submission, submitter="app", key="k")
    assert elsewhere.ticket != first.ticket
    assert not elsewhere.already


async def test_without_database_and_worker_a_resend_still_is_the_same_ticket(workerless: World) -> None:
    client = await without_journal(workerless)
    key = uuid.uuid4().hex
    first = await client.submit(about("ada"), submitter="portal", key=key)
    again = await client.submit(about("ada"), submitter="portal", key=key)
    other = await client.submit(about("ben"), submitter="portal", key=key)
    assert (again.ticket, again.already, again.differs) == (first.ticket, True, False)
    assert (other.ticket, other.already, other.differs) == (first.ticket, True, True)


async def test_without_a_database_the_process_tells_how_the_ticket_stands(world: World) -> None:
    await world.duplicate("ada")
    client = await without_journal(world)
    ticket = (await client.submit(about("ada"), submitter="portal", key=uuid.uuid4().hex)).ticket
    view = await client.wait(ticket, lambda view: view.standing == "waiting-customer", timeout=60)
    assert view.state.waiting_for_customer
    taken = await client.act(ticket, note())
    assert not taken.journalled


async def test_an_act_returns_when_the_journal_has_it(world: World) -> None:
    ticket = await world.submit("nobody", invoice="INV-none")
    await world.until(ticket, "with-people")
    taken = await world.client.act(ticket, note())
    assert taken.journalled
    assert (await reads.rows(world.pool, ticket, taken.seq - 1))[0].event.type == "noted"


async def test_an_act_id_that_comes_again_with_another_act_is_a_conflict(world: World) -> None:
    ticket = await world.submit("nobody", invoice="INV-none")
    await world.until(ticket, "with-people")
    await world.client.act(ticket, note("same"))
    with pytest.raises(ActRefused) as refused:
        await world.client.act(ticket, note("same", "Something else."))
    assert refused.value.refusal.kind is RefusalKind.CONFLICT


async def test_who_may_not_is_refused_with_the_reason(world: World) -> None:
    ticket = await world.submit("nobody", invoice="INV-none")
    await world.until(ticket, "with-people")
    with pytest.raises(ActRefused, match="override may be done by") as refused:
        await world.client.act(ticket, a.Override(id="o", actor=who("agent-1"), justification="I want to."))
    assert refused.value.refusal.kind is RefusalKind.FORBIDDEN


async def test_an_ended_ticket_is_closed_and_an_unknown_one_is_not_found(world: World) -> None:
    ticket = await world.submit("nobody", invoice="INV-none")
    await world.until(ticket, "with-people")
    await world.handle(ticket).terminate("as if it had closed")
    for client in (world.client, await without_journal(world)):
        with pytest.raises(TicketClosed):
            await client.act(ticket, note())
        with pytest.raises(TicketClosed):
            await client.tell(ticket, note())
        for unknown in (UNKNOWN, "not-a-ticket"):
            with pytest.raises(TicketNotFound):
                await client.act(unknown, note())
            with pytest.raises(TicketNotFound):
                await client.tell(unknown, note())
            with pytest.raises(TicketNotFound):
                await client.view(unknown)


async def test_a_database_that_falls_silent_keeps_no_ticket_from_being_submitted_or_acted_on(world: World) -> None:
    ticket = await world.submit("nobody", invoice="INV-none")
    await world.until(ticket, "with-people")
    url = urlsplit(world.settings.database_url.get_secret_value())
    place = parse_qs(url.query)
    async with line_to(f"{place['host'][0]}/.s.PGSQL.{place.get('port', ['5432'])[0]}") as line:
        behind = url._replace(netloc=f"{url.username}:{url.password}@{line.address}", query="").geturl()
        settings = world.settings.model_copy(update={"database_url": SecretStr(behind)})
        async with open_client(settings) as client:
            assert (await client.view(ticket)).id == ticket
            line.freeze()
            began = time.monotonic()
            submitted = await client.submit(about("ben"), submitter="portal", key=uuid.uuid4().hex)
            assert not submitted.already
            with pytest.raises(Unavailable):
                await client.view(ticket)
            taken = await client.act(ticket, note())
            assert not taken.journalled
            assert time.monotonic() - began < 40
            line.thaw()
            again = await client.act(ticket, note())
            assert (again.seq, again.journalled) == (taken.seq, True)
