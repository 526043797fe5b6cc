"""The identity store's SCIM 2.0: finding, changing, refusing."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox import RunningSandbox
from sandbox.seeding import plant
from tests.sandbox.rooms import ACCOUNT, ALMA, IDENTITY, IDENTITY_SEED

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


@pytest.fixture
async def scim(own_sandbox: RunningSandbox) -> AsyncIterator[httpx.AsyncClient]:
    plant(own_sandbox.world, IDENTITY_SEED)
    async with httpx.AsyncClient(base_url=f"{own_sandbox.http_url}/identity/scim/v2", headers=IDENTITY) as client:
        yield client


async def patch(scim: httpx.AsyncClient, *operations: dict[str, Any], **headers: str) -> httpx.Response:
    body = {"schemas": [PATCH], "Operations": list(operations)}
    return await scim.patch(f"/Users/{ALMA}", json=body, headers=headers)


def assert_refused(answer: httpx.Response, status: int, kind: str | None) -> None:
    assert answer.headers["content-type"].startswith("application/scim+json")
    body = answer.json()
    assert (answer.status_code, body["schemas"], body["status"]) == (status, [ERROR], str(status))
    assert body.get("scimType") == kind


async def test_a_user_is_shown_with_its_standing_and_version(
    scim: httpx.AsyncClient, own_sandbox: RunningSandbox
) -> None:
    answer = await scim.get(f"/Users/{ALMA}")
    assert answer.headers["content-type"].startswith("application/scim+json")
    assert answer.headers["etag"] == 'W/"1"'
    assert answer.json() == {
        "schemas": [USER, ACCOUNT],
        "id": ALMA,
        "userName": "alma@accounts.example",
        "displayName": "Sample Alma",
        "active": True,
        "emails": [
            {"value": "alma@accounts.example", "type": "work", "primary": True},
            {"value": "alma.second@accounts.example", "type": "work", "primary": False},
        ],
        ACCOUNT: {"status": "active"},
        "meta": {
            "resourceType": "User",
            "created": "2025-12-02T12:00:00.000Z",
            "lastModified": "2025-12-02T12:00:00.000Z",
            "location": f"{own_sandbox.http_url}/identity/scim/v2/Users/{ALMA}",
            "version": 'W/"1"',
        },
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('userName eq "ALMA@accounts.example"', [ALMA]),
        ('username EQ "dino"', ["usr_dino"]),
        ('emails.value eq "alma.SECOND@accounts.example"', [ALMA]),
        (f'id eq "{ALMA}"', [ALMA]),
        ('id eq "USR_ALMA"', []),
        ('userName eq "dino" and emails.value eq "dino@accounts.example"', ["usr_dino"]),
        ('userName eq "dino" AND emails.value eq "alma@accounts.example"', []),
        (f'{USER}:userName eq "dino"', ["usr_dino"]),
        ('emails.value eq "no \\"and\\" body@x.example"', []),
    ],
)
async def test_users_are_filtered(scim: httpx.AsyncClient, text: str, found: list[str]) -> None:
    answer = (await scim.get("/Users", params={"filter": text})).json()
    assert [user["id"] for user in answer["Resources"]] == found
    assert answer["totalResults"] == len(found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        'displayName eq "x"',
        'userName co "x"',
        "userName eq x",
        'userName eq "x" or id eq "y"',
        'userName eq "x" and',
        'userName eq "x" id eq "y"',
        'userName eq "\\x"',
    ],
)
async def test_a_filter_that_cannot_be_read_is_refused_rather_than_ignored(scim: httpx.AsyncClient, text: str) -> None:
    assert_refused(await scim.get("/Users", params={"filter": text}), 400, "invalidFilter")


@pytest.mark.parametrize(
    ("start", "count", "ids"),
    [(1, 1, [ALMA]), (2, 5, ["usr_dino"]), (3, 5, []), (0, 9, [ALMA, "usr_dino"]), (1, 0, []), (1, -4, [])],
)
async def test_lists_are_paged_from_one(scim: httpx.AsyncClient, start: int, count: int, ids: list[str]) -> None:
    answer = (await scim.get("/Users", params={"startIndex": start, "count": count})).json()
    assert [user["id"] for user in answer["Resources"]] == ids
    assert (answer["totalResults"], answer["itemsPerPage"]) == (2, len(ids))


async def test_deactivating_and_activating_show_in_the_standing_and_the_version(scim: httpx.AsyncClient) -> None:
    off = await patch(scim, {"op": "Replace", "path": "active", "value": False})
    assert (off.status_code, off.json()["active"], off.json()[ACCOUNT]) == (200, False, {"status": "deactivated"})
    assert off.headers["etag"] == off.json()["meta"]["version"] == 'W/"2"'
    on = await patch(scim, {"op": "replace", "value": {"active": True}})
    assert (on.json()["active"], on.json()[ACCOUNT], on.headers["etag"]) == (True, {"status": "active"}, 'W/"3"')
    same = await patch(scim, {"op": "replace", "value": {"active": True}})
    assert same.headers["etag"] == 'W/"3"'


async def test_a_locked_account_that_is_deactivated_stays_so_for_security(scim: httpx.AsyncClient) -> None:
    # Client libraries put schemas into every object.
    extension = {"schemas": [ACCOUNT], "status": "locked_for_security"}
    locked = await patch(scim, {"op": "replace", "path": ACCOUNT, "value": extension})
    assert (locked.json()["active"], locked.json()[ACCOUNT]["status"]) == (True, "locked_for_security")
    off = await patch(scim, {"op": "replace", "value": {"active": False}})
    assert (off.json()["active"], off.json()[ACCOUNT]["status"]) == (False, "deactivated_for_security")


async def test_texts_and_addresses_are_replaced_added_and_removed(scim: httpx.AsyncClient) -> None:
    third = {"value": "third@accounts.example", "type": "home"}
    changed = await patch(
        scim,
        {"op": "replace", "value": {"displayName": "Alma Sample", ACCOUNT: {"status": "deactivated"}}},
        {"op": "add", "path": "emails", "value": [third]},
        {"op": "replace", "path": f"{USER}:userName", "value": "alma"},
        {"op": "replace", "path": f"{ACCOUNT}:status", "value": "deactivated_for_security"},
    )
    user = changed.json()
    assert (user["displayName"], user["userName"], user["active"]) == ("Alma Sample", "alma", False)
    assert user[ACCOUNT] == {"status": "deactivated_for_security"}
    assert user["emails"][-1] == {**third, "primary": False}
    bare = (await patch(scim, {"op": "remove", "path": "emails"}, {"op": "remove", "path": "displayName"})).json()
    assert not {"emails", "displayName"} & bare.keys()


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ({"op": "replace", "path": "colour", "value": "red"}, "invalidPath"),
        ({"op": "replace", "value": {"colour": "red"}}, "invalidPath"),
        ({"op": "replace", "path": f"{ACCOUNT}:phone", "value": "+15550100"}, "invalidPath"),
        ({"op": "replace", "value": {ACCOUNT: {"phone": "+15550100"}}}, "invalidPath"),
        ({"op": "replace", "path": 'emails[type eq "work"].value', "value": "x@y.example"}, "invalidPath"),
        ({"op": "replace", "path": "id", "value": "usr_other"}, "mutability"),
        ({"op": "remove", "path": "userName"}, "mutability"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "replace", "path": "active", "value": "False"}, "invalidValue"),
        ({"op": "replace", "path": "active"}, "invalidValue"),
        ({"op": "replace", "path": f"{ACCOUNT}:status", "value": "locked"}, "invalidValue"),
        ({"op": "replace", "path": "emails", "value": ["x@y.example"]}, "invalidValue"),
        ({"op": "replace", "path": "emails", "value": [{"value": "no address"}]}, "invalidValue"),
        ({"op": "move", "path": "active", "value": True}, "invalidSyntax"),
    ],
)
async def test_a_change_that_cannot_be_made_is_refused_and_undoes_the_others(
    scim: httpx.AsyncClient, operation: dict[str, Any], kind: str
) -> None:
    before = (await scim.get(f"/Users/{ALMA}")).json()
    assert_refused(await patch(scim, {"op": "replace", "path": "active", "value": False}, operation), 400, kind)
    assert (await scim.get(f"/Users/{ALMA}")).json() == before


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"Operations": []}', b'{"schemas": [], "Operations": [{}]}'])
async def test_what_is_no_patch_is_refused(scim: httpx.AsyncClient, body: bytes) -> None:
    headers = {"Content-Type": "application/scim+json"}
    assert_refused(await scim.patch(f"/Users/{ALMA}", content=body, headers=headers), 400, "invalidSyntax")


async def test_a_change_based_on_an_old_version_is_refused(scim: httpx.AsyncClient) -> None:
    off = {"op": "replace", "path": "active", "value": False}
    assert (await patch(scim, off, **{"If-Match": 'W/"1"'})).status_code == 200
    assert_refused(await patch(scim, off, **{"If-Match": 'W/"1"'}), 412, None)
    seen = await scim.get(f"/Users/{ALMA}", headers={"If-None-Match": 'W/"2"'})
    assert (seen.status_code, seen.content) == (304, b"")


async def test_users_are_made_replaced_and_deleted(scim: httpx.AsyncClient) -> None:
    wanted = {"schemas": [USER], "userName": "new@accounts.example", "password": "a long password", "externalId": "x-1"}
    made = await scim.post("/Users", json=wanted)
    assert (made.status_code, made.headers["location"]) == (201, made.json()["meta"]["location"])
    assert (made.json()["active"], "password" in made.json()) == (True, False)
    path = f"/Users/{made.json()['id']}"
    put = await scim.put(path, json={"schemas": [USER], "userName": "new", "active": False})
    assert (put.json()["userName"], put.json()["active"], "externalId" in put.json()) == ("new", False, False)
    assert (await scim.delete(path)).status_code == 204
    assert_refused(await scim.get(path), 404, None)


async def test_a_user_name_is_given_once_in_any_case(scim: httpx.AsyncClient) -> None:
    assert_refused(await scim.post("/Users", json={"schemas": [USER], "userName": "DINO"}), 409, "uniqueness")
    assert_refused(await patch(scim, {"op": "replace", "path": "userName", "value": "Dino"}), 409, "uniqueness")


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer live_key"}, {"Authorization": "Basic test_x"}])
async def test_nothing_is_told_without_a_token(own_sandbox: RunningSandbox, header: dict[str, str]) -> None:
    plant(own_sandbox.world, IDENTITY_SEED)
    async with httpx.AsyncClient(base_url=f"{own_sandbox.http_url}/identity", headers=header) as client:
        for path in ("/scim/v2/Users", f"/scim/v2/Users/{ALMA}", "/scim/v2/ServiceProviderConfig"):
            assert_refused(await client.get(path), 401, None)
        assert (await client.get(f"/v1/users/{ALMA}/logins")).status_code == 401


async def test_the_service_describes_itself(scim: httpx.AsyncClient) -> None:
    config = (await scim.get("/ServiceProviderConfig")).json()
    able = {name for name, value in config.items() if isinstance(value, dict) and value.get("supported")}
    assert able == {"patch", "filter", "etag", "changePassword"}
    schemas = (await scim.get("/Schemas")).json()["Resources"]
    assert [schema["id"] for schema in schemas] == [USER, ACCOUNT]
    assert [attribute["name"] for attribute in schemas[1]["attributes"]] == ["status"]
    assert (await scim.get(f"/Schemas/{ACCOUNT}")).json() == schemas[1]
    [kind] = (await scim.get("/ResourceTypes")).json()["Resources"]
    assert kind["schemaExtensions"] == [{"schema": ACCOUNT, "required": True}]
    assert_refused(await scim.get("/Groups"), 404, None)
    assert_refused(await scim.post("/Schemas", json={}), 405, None)
