"""Emergency stops over HTTP: who may set and lift them, what they hold up, and what stays on record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from casewright.domain.ticket import Priority
from tests.end_to_end.api_calls import STOPPER, WITHOUT_ROLE, Api, open_api
from tests.world import World

WHY = "Refunds look wrong."


@pytest.fixture
async def quiet(workerless: World) -> AsyncIterator[Api]:
    """The API without a worker."""
    async with open_api(workerless) as opened:
        yield opened


async def set_stop(api: Api, scope: str, reason: str = WHY, who: str = STOPPER) -> httpx.Response:
    return await api.call(who, "POST", "/stops", json={"scope": scope, "reason": reason})


async def lift(api: Api, id: object, reason: str = "The table is right.", who: str = STOPPER) -> httpx.Response:
    return await api.call(who, "POST", f"/stops/{id}/lift", json={"reason": reason})


async def stops(api: Api, **query: str) -> list[dict[str, Any]]:
    answer = await api.call("agent-1", "GET", "/stops", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["stops"]
    return found


async def test_a_stop_holds_up_money_until_it_is_lifted_and_lifting_resumes_nothing(world: World) -> None:
    async with open_api(world) as api:
        await world.duplicate("ada")
        await world.duplicate("ben")
        stop = (await set_stop(api, "A.1")).json()
        ticket = await api.started("ada", "with-people")
        await world.settled(ticket)
        assert await world.refunds("ch_ada_0", "ch_ada_1") == []
        lifted = await lift(api, stop["id"])
        assert (lifted.status_code, lifted.json()["in_force"]) == (200, False)
        await api.started("ben", "resolved")
        assert await world.refunds("ch_ben_0", "ch_ben_1") == [2000]
        assert (await world.settled(ticket)).standing == "with-people"
        assert await world.refunds("ch_ada_0", "ch_ada_1") == []


async def test_a_yes_that_a_stop_would_waste_is_not_taken_and_counts_once_it_is_lifted(world: World) -> None:
    async with open_api(world) as api:
        await world.duplicate("ada")
        ticket = await world.submit("ada", invoice="INV-ada", priority=Priority.HIGH)
        view = await world.until(ticket, "waiting-approval")
        assert view.state.approval is not None
        stop = (await set_stop(api, "A.1")).json()
        yes = {"id": "yes", "type": "approve", "plan_hash": view.state.approval.plan_hash}
        refused = await api.call("manager-1", "POST", f"/tickets/{ticket}/acts", json=yes)
        assert (refused.status_code, "is stopped" in refused.json()["error"]["message"]) == (409, True)
        await lift(api, stop["id"])
        assert (await api.call("manager-1", "POST", f"/tickets/{ticket}/acts", json=yes)).status_code == 200
        await world.until(ticket, "resolved")
        assert await world.refunds("ch_ada_0", "ch_ada_1") == [2000]


async def test_only_the_designated_set_and_lift_and_the_staff_looks(quiet: Api) -> None:
    stop = (await set_stop(quiet, "A")).json()["id"]
    for who in ("agent-1", "manager-1", "finance-1", "portal", WITHOUT_ROLE):
        for answer in (await set_stop(quiet, "A.1", who=who), await lift(quiet, stop, who=who)):
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
            assert answer.json()["error"]["what_to_do"]
    assert "operations-manager, head-of-support" in (await set_stop(quiet, "A.1", who="agent-1")).text
    for who in ("portal", WITHOUT_ROLE):
        assert (await quiet.call(who, "GET", "/stops")).status_code == 403
    assert [one["scope"] for one in await stops(quiet)] == ["A"]


async def test_every_stop_and_lift_stays_on_record_with_who_when_and_why(quiet: Api) -> None:
    first, whole = (await set_stop(quiet, "A.1")).json(), (await set_stop(quiet, "A", "All of it.")).json()
    assert (first["person"], first["reason"], first["in_force"]) == (STOPPER, WHY, True)
    assert (await lift(quiet, first["id"], "Checked by hand.")).status_code == 200
    assert [one["id"] for one in await stops(quiet)] == [whole["id"]]
    kept = await stops(quiet, all="true")
    assert [one["id"] for one in kept] == [whole["id"], first["id"]]
    assert (kept[1]["lifted_by"], kept[1]["lifted_because"]) == (STOPPER, "Checked by hand.")
    assert kept[1]["lifted_at"] > kept[1]["at"]


async def test_the_same_order_again_is_the_same_stop_and_a_replaced_one_cant_be_lifted(quiet: Api) -> None:
    first, again = (await set_stop(quiet, "A.1")).json(), (await set_stop(quiet, "A.1")).json()
    assert first == again
    later = (await set_stop(quiet, "A.1", "Another reason.")).json()
    stale = await lift(quiet, first["id"])
    assert (stale.status_code, "replaced" in stale.json()["error"]["message"]) == (409, True)
    assert [one["id"] for one in await stops(quiet)] == [later["id"]]
    answers = await asyncio.gather(*(lift(quiet, later["id"]) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert await stops(quiet) == []


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({"scope": "A.1"}, "reason", "is required"),
        ({"scope": "A.1", "reason": " "}, "reason", "must say something"),
        ({"reason": WHY}, "scope", "is required"),
        ({"scope": "everything", "reason": WHY}, "scope", "such as A.1, or a category's letter"),
        ({"scope": "L.9", "reason": WHY}, "scope", "the handbook has no L.9"),
        ({"scope": "L", "reason": WHY}, "scope", "the handbook has no L"),
        ({"scope": "A.1", "reason": WHY, "person": "manager-1"}, "person", "there is no such field"),
    ],
)
async def test_an_order_that_would_stop_nothing_or_tells_no_reason_is_refused(
    quiet: Api, body: dict[str, str], field: str, said: str
) -> None:
    answer = await quiet.call(STOPPER, "POST", "/stops", json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["field"]) == (422, field)
    assert said in error["message"]
    assert await stops(quiet, all="true") == []


async def test_a_lift_needs_a_reason_and_a_stop(quiet: Api) -> None:
    stop = (await set_stop(quiet, "A.1")).json()["id"]
    assert (await lift(quiet, stop, " ")).status_code == 422
    for id, status in ((stop + 1, 404), (2**63 - 1, 404), (0, 422), ("x", 422), (2**63, 422)):
        answer = await lift(quiet, id)
        assert (answer.status_code, bool(answer.json()["error"]["what_to_do"])) == (status, True)
    assert [one["id"] for one in await stops(quiet)] == [stop]
