"""What the API says of deadlines: a list that begins with what is due next, and each commitment as it stands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from tests.end_to_end.api_calls import Api, open_api
from tests.world import PATIENCE, World


@pytest.fixture
async def api(world: World) -> AsyncIterator[Api]:
    """An API over the world's servers."""
    async with open_api(world) as opened:
        yield opened


async def acknowledged(api: Api) -> str:
    """A ticket that people have, and whose deadline stays where it is from now on."""
    ticket = await api.started("nobody", "with-people")
    await api.world.watcher.until(ticket, lambda view: view.state.clocks["acknowledgment"].met_at is not None, PATIENCE)
    return ticket


async def test_a_list_by_deadline_is_paged_from_what_is_due_first(api: Api) -> None:
    tickets = [await acknowledged(api) for _ in range(3)]
    seen, after = [], None
    for _ in range(3):
        query = {"order": "deadline", "limit": "1", "state": "with-people", **({"after": after} if after else {})}
        page = (await api.call("agent-1", "GET", "/tickets", params=query)).json()
        seen += [(ticket["deadline"], ticket["id"]) for ticket in page["tickets"]]
        after = page["after"]
    assert after is None
    assert sorted(seen) == seen
    assert {id for _, id in seen} == set(tickets)


async def test_an_order_that_there_is_not_is_refused_in_words(api: Api) -> None:
    answer = await api.call("agent-1", "GET", "/tickets", params={"order": "size"})
    assert answer.status_code == 422
    assert answer.json()["error"]["message"] == "order: must be one of newest, deadline"


async def test_a_ticket_has_each_commitment_with_its_deadline_and_how_it_stands(api: Api) -> None:
    ticket = await acknowledged(api)
    shown = (await api.call("agent-1", "GET", f"/tickets/{ticket}")).json()
    standings = {clock["id"]: clock["standing"] for clock in shown["clocks"]}
    assert standings.pop("acknowledgment") == "met"
    assert set(standings.values()) == {"running"}
    nearest = min(clock["deadline"] for clock in shown["clocks"] if clock["standing"] == "running")
    assert datetime.fromisoformat(shown["deadline"]) == datetime.fromisoformat(nearest)
    assert all(0 <= clock["used_percent"] < 80 for clock in shown["clocks"])
