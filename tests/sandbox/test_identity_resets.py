"""Login history, and reset links: once per key, expiring, good for one use, kept as hashes."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from sandbox import RunningSandbox, running_sandbox
from sandbox.seeding import plant
from tests.sandbox.rooms import ACCOUNT, ALMA, IDENTITY, IDENTITY_SEED, heading, reset_form
from tests.sandbox.seed import NOON

RESETS = f"/identity/v1/users/{ALMA}/password-resets"
HALF_HOUR = {"expires_in": 1_800}


@pytest.fixture
async def store(own_sandbox: RunningSandbox) -> AsyncIterator[httpx.AsyncClient]:
    plant(own_sandbox.world, IDENTITY_SEED)
    async with httpx.AsyncClient(base_url=own_sandbox.http_url, headers=IDENTITY) as client:
        yield client


async def made(store: httpx.AsyncClient, key: str = "k", expires_in: int = 1_800) -> dict[str, str]:
    answer = await store.post(RESETS, json={"expires_in": expires_in}, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def sign_in(store: httpx.AsyncClient, password: str, user: str = "alma@accounts.example") -> httpx.Response:
    return await store.post("/identity/v1/sign-in", json={"userName": user, "password": password})


async def test_logins_come_newest_first_from_an_instant_on(store: httpx.AsyncClient) -> None:
    answer = (await store.get(f"/identity/v1/users/{ALMA}/logins")).json()
    assert [(login["at"], login["outcome"]) for login in answer["logins"]] == [
        ("2026-03-02T11:00:00Z", "failure"),
        ("2026-03-02T10:00:00Z", "failure"),
        ("2026-02-27T12:00:00Z", "success"),
    ]
    assert (answer["logins"][0]["address"], answer["logins"][0]["country"]) == ("192.0.2.1", "DE")
    since = {"since": "2026-03-02T10:00:00Z"}
    late = (await store.get(f"/identity/v1/users/{ALMA}/logins", params=since)).json()
    assert len(late["logins"]) == 2


async def test_pages_of_logins_follow_each_other_though_new_ones_arrive(store: httpx.AsyncClient) -> None:
    path = f"/identity/v1/users/{ALMA}/logins"
    first = (await store.get(path, params={"limit": 2})).json()
    await sign_in(store, "wrong")
    second = (await store.get(path, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [login["id"] for login in [*first["logins"], *second["logins"]]] == ["lgn_3", "lgn_2", "lgn_1"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("query", [{"since": "2026-03-02T10:00:00"}, {"cursor": "???"}, {"limit": 0}])
async def test_a_senseless_look_at_logins_is_refused(store: httpx.AsyncClient, query: dict[str, str | int]) -> None:
    answer = await store.get(f"/identity/v1/users/{ALMA}/logins", params=query)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in {"invalid_request", "invalid_cursor"}


async def test_an_attempt_is_noted_and_locks_nothing(store: httpx.AsyncClient) -> None:
    for _ in range(5):
        assert (await sign_in(store, "wrong")).status_code == 401
    assert (await sign_in(store, "the first password")).json() == {"outcome": "success"}
    assert (await sign_in(store, "whatever", user="nobody")).status_code == 401
    logins = (await store.get(f"/identity/v1/users/{ALMA}/logins", params={"since": NOON.isoformat()})).json()["logins"]
    assert [login["outcome"] for login in logins] == ["success", *["failure"] * 5]
    user = (await store.get(f"/identity/scim/v2/Users/{ALMA}")).json()
    assert user[ACCOUNT]["status"] == "active"


async def test_a_locked_account_cannot_sign_in_even_with_its_password(
    store: httpx.AsyncClient, own_sandbox: RunningSandbox
) -> None:
    account = own_sandbox.world.identity.get(ALMA)
    assert account is not None
    account.activate(False)
    assert (await sign_in(store, "the first password")).status_code == 401


async def test_a_reset_sets_the_password_once(store: httpx.AsyncClient) -> None:
    reset = await made(store)
    assert reset.keys() == {"id", "user", "created", "expires", "url"}
    assert (reset["user"], reset["created"]) == (ALMA, "2026-03-02T12:00:00Z")
    assert datetime.fromisoformat(reset["expires"]) - datetime.fromisoformat(reset["created"]) == timedelta(minutes=30)
    assert (await reset_form(store, reset["url"])).status_code == 200
    assert (await sign_in(store, "a new long password")).status_code == 200
    assert (await sign_in(store, "the first password")).status_code == 401
    again = await reset_form(store, reset["url"], "another long password")
    assert (again.status_code, (await store.get(reset["url"])).status_code) == (410, 410)
    assert (await sign_in(store, "a new long password")).status_code == 200


async def test_looking_at_the_page_changes_nothing(store: httpx.AsyncClient, own_sandbox: RunningSandbox) -> None:
    reset = await made(store)
    before = own_sandbox.world.identity.record().model_dump_json()
    for _ in range(3):
        page = await store.get(reset["url"])
        assert (page.status_code, 'type="password"' in page.text) == (200, True)
        assert page.headers["cache-control"] == "no-store"
    assert own_sandbox.world.identity.record().model_dump_json() == before


async def test_a_link_expires_to_the_second(store: httpx.AsyncClient) -> None:
    reset = await made(store)
    await store.post("/_sandbox/clock", json={"advance_seconds": 1_799})
    assert (await store.get(reset["url"])).status_code == 200
    await store.post("/_sandbox/clock", json={"advance_seconds": 1})
    assert (await reset_form(store, reset["url"])).status_code == 410
    assert (await sign_in(store, "the first password")).status_code == 200


async def test_a_link_opened_twice_at_once_works_once(store: httpx.AsyncClient) -> None:
    reset = await made(store)
    answers = await asyncio.gather(*(reset_form(store, reset["url"], f"long password {n}") for n in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410, 410]


async def test_a_link_of_an_account_locked_meanwhile_is_dead(
    store: httpx.AsyncClient, own_sandbox: RunningSandbox
) -> None:
    reset = await made(store)
    account = own_sandbox.world.identity.get(ALMA)
    assert account is not None
    account.activate(False)
    assert (await reset_form(store, reset["url"])).status_code == 410


async def test_a_password_too_short_leaves_the_link_open(store: httpx.AsyncClient) -> None:
    reset = await made(store)
    short = await reset_form(store, reset["url"], "short")
    assert (short.status_code, "12" in heading(short.text)) == (400, True)
    assert (await reset_form(store, reset["url"])).status_code == 200


@pytest.mark.parametrize(
    "change", [lambda url: url[:-1] + "_", lambda url: url.rpartition(".")[0], lambda url: url + "x"]
)
async def test_a_token_that_was_tampered_with_opens_nothing(store: httpx.AsyncClient, change: object) -> None:
    assert callable(change)
    reset = await made(store)
    assert (await reset_form(store, change(reset["url"]))).status_code == 410
    assert (await store.get(reset["url"])).status_code == 200


async def test_the_same_key_brings_the_same_link_back_for_a_day(store: httpx.AsyncClient) -> None:
    first = await made(store)
    again = await store.post(RESETS, json=HALF_HOUR, headers={"Idempotency-Key": "k"})
    assert (again.json(), again.headers["idempotent-replayed"]) == (first, "true")
    await store.post("/_sandbox/clock", json={"advance_seconds": 24 * 3_600})
    assert (await made(store))["id"] != first["id"]


async def test_a_key_belongs_to_its_first_request(store: httpx.AsyncClient) -> None:
    await made(store)
    other = await store.post(RESETS, json={"expires_in": 60}, headers={"Idempotency-Key": "k"})
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")


async def test_a_reset_is_found_by_its_key_without_its_link(store: httpx.AsyncClient) -> None:
    reset = await made(store, key="T-1/reset")

    async def found(key: str) -> list[dict[str, str | None]]:
        answer = await store.get("/identity/v1/password-resets", params={"key": key})
        return list(answer.json()["password_resets"])

    [shown] = await found("T-1/reset")
    assert {"url", "token"}.isdisjoint(shown)
    assert (shown["id"], shown["user"], shown["state"], shown["used_at"]) == (reset["id"], ALMA, "open", None)
    await reset_form(store, reset["url"])
    assert (await found("T-1/reset"))[0]["state"] == "used"
    assert await found("T-2/reset") == []


async def test_after_a_lost_answer_the_reset_is_there_to_be_found(store: httpx.AsyncClient) -> None:
    fault = {"target": "identity", "kind": "lost_answer", "method": "POST", "path": RESETS, "times": 1}
    await store.post("/_sandbox/faults", json=fault)
    with pytest.raises(httpx.RemoteProtocolError):
        await made(store)
    found = (await store.get("/identity/v1/password-resets", params={"key": "k"})).json()["password_resets"]
    assert (await made(store))["id"] == found[0]["id"]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (HALF_HOUR, {}, 400),
        ({"expires_in": 0}, {"Idempotency-Key": "k"}, 400),
        ({"expires_in": 1_800, "to": "elsewhere@x.example"}, {"Idempotency-Key": "k"}, 400),
        ({}, {"Idempotency-Key": "k"}, 400),
    ],
)
async def test_a_senseless_reset_is_refused(
    store: httpx.AsyncClient, body: dict[str, object], headers: dict[str, str], status: int
) -> None:
    assert (await store.post(RESETS, json=body, headers=headers)).status_code == status
    assert (await store.get("/_sandbox/state")).json()["identity"]["resets"] == []


@pytest.mark.parametrize(
    ("user", "status", "code"), [("usr_nobody", 404, "user_not_found"), ("usr_dino", 409, "account_not_active")]
)
async def test_only_an_account_in_good_standing_gets_a_reset(
    store: httpx.AsyncClient, user: str, status: int, code: str
) -> None:
    path = f"/identity/v1/users/{user}/password-resets"
    answer = await store.post(path, json=HALF_HOUR, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_neither_the_state_nor_the_calls_nor_the_page_tell_tokens_or_passwords(store: httpx.AsyncClient) -> None:
    reset = await made(store)
    token = reset["url"].rpartition("/")[2]
    await store.get(reset["url"])
    await reset_form(store, reset["url"], "a secret new password")
    for path in ("/_sandbox/state", "/_sandbox/calls", "/"):
        shown = (await store.get(path)).text
        assert reset["id"] in shown or path == "/_sandbox/calls"
        assert token.partition(".")[2] not in shown
        assert "secret new password" not in shown


async def test_a_restart_keeps_links_working_and_their_secret_apart(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    async with running_sandbox(state=state, clock=lambda: NOON) as first:
        plant(first.world, IDENTITY_SEED)
        async with httpx.AsyncClient(base_url=first.http_url, headers=IDENTITY) as client:
            url = (await made(client))["url"]
    secret = state.with_name("state.json.secret")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert url.rpartition(".")[2] not in state.read_text()
    assert len(json.loads(state.read_text())["identity"]["resets"]) == 1
    async with (
        running_sandbox(state=state, clock=lambda: NOON) as second,
        httpx.AsyncClient(base_url=second.http_url, headers=IDENTITY) as client,
    ):
        assert (await made(client))["url"].rpartition("/")[2] == url.rpartition("/")[2]
        moved = f"{second.http_url}/identity/reset/{url.rpartition('/')[2]}"
        assert (await reset_form(client, moved)).status_code == 200
