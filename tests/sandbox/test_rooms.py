"""What all of the sandbox's services have in common: faults, the log of calls, the state file and page, the seeds."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox import RunningSandbox, running_sandbox
from sandbox.faults.rules import Target
from sandbox.identity.accounts import Standing
from sandbox.seeding import DEFAULT_SEEDS, plant
from sandbox.world import World
from tests.sandbox.rooms import (
    ALMA,
    CARRIER,
    CHAT,
    CHAT_SEED,
    IDENTITY,
    IDENTITY_SEED,
    SHIPPING_SEED,
    SMS_ACCOUNT,
    SMS_LOGIN,
)
from tests.sandbox.seed import NOON


@dataclass(frozen=True)
class Room:
    """One service as a client uses it: a call, its login, and whether an answer is a refusal in its own shape."""

    target: Target
    method: str
    path: str
    own_shape: str
    sends: Any = None
    form: bool = False
    headers: Any = None
    login: tuple[str, str] | None = None
    good: int = 200

    async def call(self, client: httpx.AsyncClient) -> httpx.Response:
        sent: Any = {"data": self.sends} if self.form else {"json": self.sends}
        return await client.request(self.method, self.path, headers=self.headers, auth=self.login, **sent)


OFF = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    "Operations": [{"op": "replace", "path": "active", "value": False}],
}
TEXT = {"To": "+15550100", "From": "+15550199", "Body": "Hello"}
SCIM = Room(Target.IDENTITY, "PATCH", f"/identity/scim/v2/Users/{ALMA}", "schemas", OFF, headers=IDENTITY)
RESET = Room(
    *(Target.IDENTITY, "POST", f"/identity/v1/users/{ALMA}/password-resets", "error", {"expires_in": 60}),
    headers={**IDENTITY, "Idempotency-Key": "k"},
    good=201,
)
PARCEL = Room(Target.CARRIER, "GET", "/carrier/v1/shipments/TRK1", "error", headers=CARRIER)
ORDER = Room(Target.SHOP, "GET", "/shop/v1/orders/ORD-1", "error", headers=CARRIER)
SMS = Room(
    *(Target.SMS, "POST", f"/sms/2010-04-01/Accounts/{SMS_ACCOUNT}/Messages.json", "more_info", TEXT),
    form=True,
    login=SMS_LOGIN,
    good=201,
)
SAY = Room(
    *(Target.CHAT, "POST", "/chat/api/chat.postMessage", "ok", {"channel": "C0SECOPS", "text": "Hello"}), headers=CHAT
)
ROOMS = [SCIM, RESET, PARCEL, ORDER, SMS, SAY]
every_room = pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.path)


def done(world: World, room: Room) -> bool:
    """Whether the room's call has had its effect; a mere look has none."""
    account = world.identity.get(ALMA)
    assert account is not None
    effects = {
        SCIM.path: account.status is Standing.DEACTIVATED,
        RESET.path: bool(world.identity.resets.all()),
        SMS.path: bool(world.sms.all()),
        SAY.path: bool(world.chat.messages()),
    }
    return effects.get(room.path, False)


@pytest.fixture
async def client(own_sandbox: RunningSandbox) -> AsyncIterator[httpx.AsyncClient]:
    for seed in (IDENTITY_SEED, SHIPPING_SEED, CHAT_SEED):
        plant(own_sandbox.world, seed)
    async with httpx.AsyncClient(base_url=own_sandbox.http_url) as client:
        yield client


async def arrange(client: httpx.AsyncClient, room: Room, **order: Any) -> str:
    answer = await client.post("/_sandbox/faults", json={"target": room.target, **order})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@every_room
@pytest.mark.parametrize(("status", "body"), [(500, "api"), (429, "api"), (502, "html"), (504, "empty")])
async def test_an_error_comes_as_ordered_and_nothing_is_done(
    client: httpx.AsyncClient, own_sandbox: RunningSandbox, room: Room, status: int, body: str
) -> None:
    await arrange(client, room, kind="error", status=status, body=body, times=1)
    answer = await room.call(client)
    assert answer.status_code == status
    if body == "api":
        assert room.own_shape in answer.json()
    assert not done(own_sandbox.world, room)
    assert (await room.call(client)).status_code == room.good


@every_room
async def test_a_lost_answer_is_lost_after_the_effect(
    client: httpx.AsyncClient, own_sandbox: RunningSandbox, room: Room
) -> None:
    rule = await arrange(client, room, kind="lost_answer", path=room.path, times=1)
    with pytest.raises(httpx.TransportError):
        await room.call(client)
    assert done(own_sandbox.world, room) == (room.method != "GET")
    [call] = (await client.get("/_sandbox/calls", params={"target": room.target})).json()
    assert (call["path"], call["status"], call["faults"]) == (room.path, None, [f"lost_answer:{rule}"])


@every_room
@pytest.mark.parametrize("mode", ["answer", "refuse"])
async def test_an_outage_keeps_to_its_window(
    client: httpx.AsyncClient, own_sandbox: RunningSandbox, room: Room, mode: str
) -> None:
    start, end = NOON + timedelta(minutes=10), NOON + timedelta(minutes=15)
    await arrange(client, room, kind="outage", mode=mode, starts_at=start.isoformat(), ends_at=end.isoformat())
    await client.post("/_sandbox/clock", json={"advance_seconds": 600})
    if mode == "answer":
        assert (await room.call(client)).status_code == 503
    else:
        with pytest.raises(httpx.TransportError):
            await room.call(client)
    assert not done(own_sandbox.world, room)
    await client.post("/_sandbox/clock", json={"advance_seconds": 300})
    assert (await room.call(client)).status_code == room.good


@every_room
async def test_latency_holds_the_answer_up(client: httpx.AsyncClient, room: Room) -> None:
    rule = await arrange(client, room, kind="latency", latency_ms=100)
    answer = await room.call(client)
    assert (answer.status_code, answer.elapsed >= timedelta(milliseconds=100)) == (room.good, True)
    [call] = (await client.get("/_sandbox/calls", params={"target": room.target})).json()
    assert call["faults"] == [f"latency:{rule}"]


@every_room
async def test_a_fault_of_one_service_leaves_the_others_alone(client: httpx.AsyncClient, room: Room) -> None:
    for target in set(Target) - {room.target}:
        await client.post("/_sandbox/faults", json={"target": target, "kind": "outage"})
    assert (await room.call(client)).status_code == room.good


async def test_a_restart_keeps_every_room(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    async with running_sandbox(state=state, clock=lambda: NOON) as first:
        for seed in (IDENTITY_SEED, SHIPPING_SEED, CHAT_SEED):
            plant(first.world, seed)
        async with httpx.AsyncClient(base_url=first.http_url) as client:
            for room in ROOMS[::-1]:
                assert (await room.call(client)).status_code == room.good
            scan = {"status": "delivered", "location": "Kiritimati, KI", "description": "Handed over"}
            await client.post("/_sandbox/shipments/TRK1/events", json=scan)
    async with running_sandbox(state=state, clock=lambda: NOON, seeds=DEFAULT_SEEDS) as second:
        assert second.world.snapshot() == first.world.snapshot()
        assert all(done(second.world, room) for room in (SCIM, RESET, SMS, SAY))


async def test_the_page_shows_every_room(client: httpx.AsyncClient) -> None:
    for room in ROOMS[::-1]:
        await room.call(client)
    await client.post(SAY.path, json={"channel": "C0SECOPS", "text": "<script>alert(1)</script>"}, headers=CHAT)
    page = (await client.get("/")).text
    for heading in ("Identities", "Password resets", "Orders and shipments", "Text messages", "Chat"):
        assert f">{heading}</h2>" in page
    for shown in ("alma.second@accounts.example", "deactivated", "rst_", "TRK1", "in_transit", "+15550100", "#secops"):
        assert shown in page
    assert "<script>alert" not in page


async def test_every_endpoint_is_described(client: httpx.AsyncClient) -> None:
    docs = (await client.get("/docs")).text
    for endpoint in (
        "PATCH /identity/scim/v2/Users/{identity}",
        "GET /carrier/v1/shipments",
        "POST /identity/v1/sign-in",
    ):
        assert endpoint in docs


async def test_a_seed_of_all_rooms_is_planted_whole_or_not_at_all(
    client: httpx.AsyncClient, own_sandbox: RunningSandbox
) -> None:
    before = own_sandbox.world.snapshot()
    fresh = {**IDENTITY_SEED["identities"][0], "id": "usr_new", "user_name": "new"}
    for wrong in (
        {"channels": CHAT_SEED["channels"]},
        {"orders": SHIPPING_SEED["orders"]},
        {"identities": [fresh] * 2},
    ):
        answer = await client.post("/_sandbox/seed", json={"identities": [fresh], **wrong})
        assert answer.status_code == 422
    assert own_sandbox.world.snapshot() == before


async def test_every_endpoint_has_a_curl_line_in_the_readme(client: httpx.AsyncClient) -> None:
    readme = (DEFAULT_SEEDS.parent / "README.md").read_text(encoding="utf-8")
    lines = readme.replace("$U", "$S/identity/scim/v2").replace("$I", "$S/identity/v1").split("curl ")[1:]
    paths = [found.group(1) for line in lines if (found := re.search(r"\$S(/[^\s\"?]+)", line))]
    described = (await client.get("/openapi.json")).json()["paths"]
    ours = [path for path in described if re.match("/(identity|carrier|shop|sms|chat|_sandbox/shipments)/", path)]
    assert len(ours) > 15
    for path in ours:
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
        wanted = len(described[path])
        assert sum(re.fullmatch(pattern, one) is not None for one in paths) >= wanted, path
