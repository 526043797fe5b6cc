"""The shop's serial numbers and replacements, and the carrier's return labels."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox import RunningSandbox
from sandbox.seeding import plant
from tests.sandbox.rooms import CARRIER, SHIPPING_SEED

UNITS = [
    {
        "serial": "SN-1",
        "order": "ORD-1",
        "product": {"sku": "LAMP-1", "name": "Desk lamp"},
        "delivered_to": {"country": "KI", "time_zone": "Pacific/Kiritimati"},
        "warranty_months": 24,
    },
    {
        "serial": "SN-2",
        "order": "ORD-2",
        "product": {"sku": "LAMP-1", "name": "Desk lamp"},
        "delivered_to": {"country": "DE", "time_zone": "Europe/Berlin"},
        "warranty_months": 0,
        "in_stock": False,
    },
]
DAY = 86_400


@pytest.fixture
async def desk(own_sandbox: RunningSandbox) -> AsyncIterator[httpx.AsyncClient]:
    plant(own_sandbox.world, {**SHIPPING_SEED, "units": UNITS})
    async with httpx.AsyncClient(base_url=own_sandbox.http_url, headers=CARRIER) as client:
        yield client


async def replaced(desk: httpx.AsyncClient, key: str, serial: str = "SN-1") -> httpx.Response:
    return await desk.post("/shop/v1/replacements", json={"serial": serial}, headers={"Idempotency-Key": key})


async def labelled(desk: httpx.AsyncClient, key: str, order: str = "ORD-1") -> httpx.Response:
    return await desk.post("/carrier/v1/labels", json={"order": order}, headers={"Idempotency-Key": key})


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_a_unit_is_told_with_its_order_its_customer_and_its_terms(desk: httpx.AsyncClient) -> None:
    assert (await desk.get("/shop/v1/serials/sn-1")).json() == {
        "serial": "SN-1",
        "product": {"sku": "LAMP-1", "name": "Desk lamp"},
        "order": "ORD-1",
        "customer_email": "ines@orders.example",
        # Noon of 27 February in UTC is 28 February on Kiritimati.
        "purchase_date": "2026-02-28",
        "time_zone": "Pacific/Kiritimati",
        "warranty_months": 24,
        "replacement": None,
    }
    assert code(await desk.get("/shop/v1/serials/SN-9")) == (404, "serial_not_found")


async def test_a_piece_is_replaced_once_whatever_the_key(desk: httpx.AsyncClient) -> None:
    first = await replaced(desk, "T-1/replacement")
    again = await replaced(desk, "T-1/replacement")
    assert (first.status_code, again.json(), again.headers["Idempotent-Replayed"]) == (201, first.json(), "true")
    assert code(await replaced(desk, "T-2/replacement")) == (409, "already_replaced")
    await desk.post("/_sandbox/clock", json={"advance_seconds": DAY})
    assert code(await replaced(desk, "T-1/replacement")) == (409, "already_replaced")
    found = (await desk.get("/shop/v1/replacements", params={"key": "T-1/replacement"})).json()["replacements"]
    assert found == [first.json()]
    assert (await desk.get("/shop/v1/serials/SN-1")).json()["replacement"] == first.json()["id"]


async def test_what_isnt_there_or_left_isnt_replaced(desk: httpx.AsyncClient) -> None:
    assert code(await replaced(desk, "k", "SN-9")) == (404, "serial_not_found")
    assert code(await replaced(desk, "k", "SN-2")) == (409, "out_of_stock")
    assert (await desk.get("/shop/v1/replacements", params={"key": "k"})).json() == {"replacements": []}


async def test_a_label_is_made_once_a_day_per_key_and_found_after_it(desk: httpx.AsyncClient) -> None:
    first = (await labelled(desk, "T-1/return-label")).json()
    assert (await labelled(desk, "T-1/return-label")).json() == first
    assert (await desk.get("/carrier/v1/labels", params={"key": "T-1/return-label"})).json() == {"labels": [first]}
    await desk.post("/_sandbox/clock", json={"advance_seconds": DAY})
    assert (await labelled(desk, "T-1/return-label")).json()["id"] != first["id"]
    assert code(await labelled(desk, "k", "ORD-9")) == (404, "order_not_found")


async def test_a_key_of_one_request_is_refused_for_another(desk: httpx.AsyncClient) -> None:
    await labelled(desk, "k")
    await replaced(desk, "k")
    assert code(await labelled(desk, "k", "ORD-2")) == (422, "idempotency_key_reused")
    assert code(await replaced(desk, "k", "SN-2")) == (422, "idempotency_key_reused")


async def test_a_labels_file_is_a_pdf_for_whoever_has_the_token(desk: httpx.AsyncClient) -> None:
    url = (await labelled(desk, "k")).json()["label_url"]
    page = await desk.get(url)
    assert (page.headers["content-type"], page.content[:5]) == ("application/pdf", b"%PDF-")
    assert (await desk.get(url)).content == page.content
    async with httpx.AsyncClient() as stranger:
        assert code(await stranger.get(url)) == (401, "unauthorized")
    assert code(await desk.get("/carrier/v1/labels/lbl_none/file")) == (404, "label_not_found")


@pytest.mark.parametrize(("path", "target"), [("/carrier/v1/labels", "carrier"), ("/shop/v1/replacements", "shop")])
async def test_a_lost_answer_was_carried_out(desk: httpx.AsyncClient, path: str, target: str) -> None:
    await desk.post("/_sandbox/faults", json={"target": target, "kind": "lost_answer", "method": "POST", "times": 1})
    body = {"order": "ORD-1"} if target == "carrier" else {"serial": "SN-1"}
    with pytest.raises(httpx.HTTPError):
        await desk.post(path, json=body, headers={"Idempotency-Key": "k"})
    [found] = (await desk.get(path, params={"key": "k"})).json().values()
    assert len(found) == 1


async def test_everything_is_on_the_state_page_and_in_the_state(
    desk: httpx.AsyncClient, own_sandbox: RunningSandbox
) -> None:
    label, sent = (await labelled(desk, "T-1/return-label")).json(), (await replaced(desk, "T-1/replacement")).json()
    page = (await desk.get("/")).text
    assert all(text in page for text in ("SN-1", label["tracking_number"], "T-1/replacement", "none left to send"))
    kept = own_sandbox.world.snapshot().returns
    assert [one.id for one in kept.labels] == [label["id"]]
    assert [one.id for one in kept.replacements] == [sent["id"]]


async def test_a_serial_number_that_is_taken_or_of_no_order_is_refused(own_sandbox: RunningSandbox) -> None:
    plant(own_sandbox.world, {**SHIPPING_SEED, "units": UNITS})
    with pytest.raises(ValueError, match="SN-1 exists already"):
        plant(own_sandbox.world, {"units": UNITS[:1]})
    with pytest.raises(ValueError, match="no order ORD-9"):
        plant(own_sandbox.world, {"units": [{**UNITS[0], "serial": "SN-3", "order": "ORD-9"}]})
