"""What isn't an answer of the identity store, the shop or the carrier is unknown: never absent, never refused."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable

import httpx
import pytest

from activities.identity.store import IdentityStore
from activities.json_api import JsonApi
from activities.outside import Outside, outside
from activities.shipping.returns import Returns
from activities.shipping.tracking import Tracking
from casewright.domain.effects import Unreachable
from casewright.domain.tempo import WALL_CLOCK
from casewright.settings import Settings
from tests.activities.neighbours import TOKEN, Neighbours, OddSystem, settings_for

ADDRESS = "private.person@accounts.example"
ORDER = "ORD-PRIVATE"
SERIAL = "SN-PRIVATE"
KEY = "T-1/step"
SYSTEMS = ("identity", "shop", "carrier")
Call = Callable[[Outside], Awaitable[object]]

READS: dict[str, Call] = {
    "users": lambda ours: ours.identity.users_with(ADDRESS),
    "user": lambda ours: ours.identity.user("usr_private"),
    "logins": lambda ours: ours.identity.failed_logins("usr_private", WALL_CLOCK.now()),
    "reset": lambda ours: ours.identity.reset_under(KEY),
    "order": lambda ours: ours.tracking.order(ORDER),
    "parcels": lambda ours: ours.tracking.parcels(ORDER),
    "serial": lambda ours: ours.returns.serial(SERIAL),
    "replacement": lambda ours: ours.returns.sent_under(KEY),
}
WRITES: dict[str, Call] = {
    "make a reset": lambda ours: ours.identity.make_reset("usr_private", 1800, KEY),
    "replace": lambda ours: ours.returns.send(SERIAL, KEY),
    "make a label": lambda ours: ours.returns.label_for(ORDER, KEY),
}
CALLS = {**READS, **WRITES}

NO_ANSWERS = {
    "401": ({"kind": "error", "status": 401}, "answered 401"),
    "403": ({"kind": "error", "status": 403}, "answered 403"),
    "404 of a proxy": ({"kind": "error", "status": 404, "body": "html"}, "answered 404"),
    "404 empty": ({"kind": "error", "status": 404, "body": "empty"}, "answered 404"),
    "409 of a proxy": ({"kind": "error", "status": 409, "body": "html"}, "answered 409"),
    "422 of a proxy": ({"kind": "error", "status": 422, "body": "html"}, "answered 422"),
    "429": ({"kind": "error", "status": 429}, "answered 429"),
    "500": ({"kind": "error", "status": 500}, "answered 500"),
    "502 html": ({"kind": "error", "status": 502, "body": "html"}, "answered 502"),
    "503": ({"kind": "outage"}, "answered 503"),
    "504 empty": ({"kind": "error", "status": 504, "body": "empty"}, "answered 504"),
    "connection reset": ({"kind": "outage", "mode": "refuse"}, "gave no answer"),
    "answer lost": ({"kind": "lost_answer"}, "gave no answer"),
}

UNREADABLE = {
    "nothing": b"",
    "a page": b"<html><body>Welcome</body></html>",
    "cut off": b'{"id": "usr_1", "userNa',
    "null": b"null",
    "a list": b"[]",
    "another object": b'{"ok": false, "error": "try later"}',
    "no text": b'{"id": "\xff\xfe"}',
}


@pytest.mark.parametrize(("fault", "words"), NO_ANSWERS.values(), ids=NO_ANSWERS.keys())
async def test_a_system_that_gives_no_answer_is_asked_again_later(
    neighbours: Neighbours, fault: dict[str, object], words: str
) -> None:
    for system in SYSTEMS:
        await neighbours.fault(system, **fault)
    await everything_is_unreachable(neighbours.ours, words)


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_an_answer_that_makes_no_sense_is_none(odd: tuple[OddSystem, Outside], body: bytes) -> None:
    system, ours = odd
    system.body = body
    await everything_is_unreachable(ours, "answer can't be read")


async def test_an_answer_that_leads_elsewhere_is_not_followed(odd: tuple[OddSystem, Outside]) -> None:
    system, ours = odd
    system.status, system.headers = 302, {"Location": f"{system.base}/elsewhere"}
    await everything_is_unreachable(ours, "answered 302")
    assert not any("/elsewhere" in head for head in system.asked)


async def test_an_answer_whose_encoding_is_a_lie_is_none(odd: tuple[OddSystem, Outside]) -> None:
    system, ours = odd
    system.body, system.headers = b"not compressed at all", {"Content-Encoding": "gzip"}
    await everything_is_unreachable(ours, "gave no answer: DecodingError")


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
async def test_an_answer_that_takes_too_long_is_none(neighbours: Neighbours, call: Call) -> None:
    for system in SYSTEMS:
        await neighbours.fault(system, kind="latency", latency_ms=500)
    async with contextlib.AsyncExitStack() as open_until_then:
        identity, shop, carrier = [
            JsonApi(await open_until_then.enter_async_context(impatient(neighbours, place)), "the system")
            for place in ("identity", "shop/v1", "carrier/v1")
        ]
        hurried = Outside(IdentityStore(identity), Tracking(shop, carrier), Returns(shop, carrier))
        with pytest.raises(Unreachable, match="gave no answer: ReadTimeout") as unreachable:
            await call(hurried)
    assert_tells_nothing(unreachable.value)


def impatient(neighbours: Neighbours, place: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=f"{neighbours.sandbox.http_url}/{place}/",
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=httpx.Timeout(5, read=0.05),
    )


@pytest.mark.parametrize("token", ["", "another"])
async def test_a_token_that_is_not_accepted_is_asked_again_later(neighbours: Neighbours, token: str) -> None:
    async with outside(settings_for(neighbours.sandbox.http_url, token)) as ours:
        await everything_is_unreachable(ours, "answered 401")


async def test_a_system_without_an_address_says_so() -> None:
    async with outside(Settings()) as ours:
        await everything_is_unreachable(ours, "^the (identity store|shop|carrier) is not set up$")


async def test_what_a_system_does_not_have_is_absent(neighbours: Neighbours) -> None:
    assert [name for name, read in READS.items() if await read(neighbours.ours)] == []


async def test_404_in_a_systems_own_words_is_absence(neighbours: Neighbours) -> None:
    for system in SYSTEMS:
        await neighbours.fault(system, kind="error", status=404)
    assert [name for name, read in READS.items() if await read(neighbours.ours)] == []


async def test_a_fault_that_ends_leaves_nothing_behind(neighbours: Neighbours) -> None:
    for fault in ({"kind": "error", "status": 500}, {"kind": "lost_answer"}):
        for system in SYSTEMS:
            await neighbours.fault(system, **fault)
        await everything_is_unreachable(neighbours.ours, "^the")
        await neighbours.mended()
        assert [name for name, read in READS.items() if await read(neighbours.ours)] == []


async def everything_is_unreachable(ours: Outside, words: str) -> None:
    for call in CALLS.values():
        with pytest.raises(Unreachable, match=words) as unreachable:
            await call(ours)
        assert_tells_nothing(unreachable.value)


def assert_tells_nothing(error: Exception) -> None:
    """Its words, and those of what caused it, hold nothing of what was asked."""
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    for private in (ADDRESS, "private", "PRIVATE", KEY, "http://", "test_activities"):
        assert private not in str(error)
