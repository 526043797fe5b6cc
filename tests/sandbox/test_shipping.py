"""The shop's orders and the carrier's shipments."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from sandbox import RunningSandbox
from sandbox.seeding import plant
from sandbox.shipping.records import Destination
from tests.sandbox.rooms import CARRIER, SHIPPING_SEED


@pytest.fixture
async def shipping(own_sandbox: RunningSandbox) -> AsyncIterator[httpx.AsyncClient]:
    plant(own_sandbox.world, SHIPPING_SEED)
    async with httpx.AsyncClient(base_url=own_sandbox.http_url, headers=CARRIER) as client:
        yield client


async def test_a_shipment_is_told_with_what_was_seen_so_far(
    shipping: httpx.AsyncClient, own_sandbox: RunningSandbox
) -> None:
    assert (await shipping.get("/carrier/v1/shipments/TRK1")).json() == {
        "tracking_number": "TRK1",
        "order": "ORD-1",
        "customer_email": "ines@orders.example",
        "status": "in_transit",
        # Noon of 4 March in UTC is 5 March on Kiritimati.
        "estimated_delivery_date": "2026-03-05",
        "destination": {"country": "KI", "time_zone": "Pacific/Kiritimati"},
        "tracking_url": f"{own_sandbox.http_url}/carrier/track/TRK1",
        "events": [
            {
                "at": "2026-02-28T12:00:00Z",
                "status": "processing",
                "location": "Berlin, DE",
                "description": "Label made",
            },
            {
                "at": "2026-03-01T12:00:00Z",
                "status": "in_transit",
                "location": "Suva, FJ",
                "description": "Left the hub",
            },
        ],
    }


async def test_what_lies_ahead_happens_when_the_clock_gets_there(shipping: httpx.AsyncClient) -> None:
    await shipping.post("/_sandbox/clock", json={"advance_seconds": 3_599})
    assert (await shipping.get("/carrier/v1/shipments/TRK1")).json()["status"] == "in_transit"
    await shipping.post("/_sandbox/clock", json={"advance_seconds": 1})
    assert (await shipping.get("/carrier/v1/shipments/TRK1")).json()["status"] == "out_for_delivery"


async def test_a_parcel_that_was_never_seen_is_unknown_until_it_is_scanned(shipping: httpx.AsyncClient) -> None:
    assert (await shipping.get("/carrier/v1/shipments/TRK2")).json()["status"] == "unknown"
    scan = {"status": "exception", "location": "Berlin, DE", "description": "Address not found"}
    assert (await shipping.post("/_sandbox/shipments/TRK2/events", json=scan)).status_code == 201
    shown = (await shipping.get("/carrier/v1/shipments/TRK2")).json()
    assert (shown["status"], shown["estimated_delivery_date"]) == ("exception", "2026-03-09")
    assert shown["events"] == [{"at": "2026-03-02T12:00:00Z", **scan}]


async def test_shipments_are_found_by_their_order(shipping: httpx.AsyncClient) -> None:
    found = (await shipping.get("/carrier/v1/shipments", params={"order": "ORD-1"})).json()["shipments"]
    assert [shipment["tracking_number"] for shipment in found] == ["TRK1", "TRK2"]
    assert (await shipping.get("/carrier/v1/shipments", params={"order": "ORD-9"})).json() == {"shipments": []}


async def test_orders_are_found_by_number_and_by_customer_newest_first(shipping: httpx.AsyncClient) -> None:
    order = (await shipping.get("/shop/v1/orders/ORD-1")).json()
    assert order == {
        "number": "ORD-1",
        "customer_email": "ines@orders.example",
        "placed_at": "2026-02-27T12:00:00Z",
        "lines": [
            {
                "sku": "SKU-1",
                "description": "Lamp",
                "quantity": 1,
                "unit_price": {"amount": "20.00", "currency": "USD"},
            }
        ],
        "shipments": ["TRK1", "TRK2"],
    }
    found = (await shipping.get("/shop/v1/orders", params={"customer_email": "INES@orders.example"})).json()["orders"]
    assert [one["number"] for one in found] == ["ORD-2", "ORD-1"]
    nobody = await shipping.get("/shop/v1/orders", params={"customer_email": "nobody@orders.example"})
    assert nobody.json() == {"orders": []}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/carrier/v1/shipments/TRK9", 404, "shipment_not_found"),
        ("/carrier/v1/shipments", 400, "invalid_request"),
        ("/carrier/v1/parcels", 404, "not_found"),
        ("/shop/v1/orders/ORD-9", 404, "order_not_found"),
        ("/shop/v1/orders", 400, "invalid_request"),
    ],
)
async def test_what_is_not_there_is_said_in_one_shape(
    shipping: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    answer = await shipping.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    locked_out = await shipping.get(path, headers={"Authorization": "Bearer live"})
    assert (locked_out.status_code, locked_out.json()["error"]["code"]) == (401, "unauthorized")


async def test_the_tracking_link_leads_to_a_page(shipping: httpx.AsyncClient) -> None:
    url = (await shipping.get("/carrier/v1/shipments/TRK1")).json()["tracking_url"]
    async with httpx.AsyncClient() as anybody:
        page = await anybody.get(url)
    assert page.status_code == 200
    assert "Left the hub" in page.text
    assert "On the van" not in page.text


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Pacific/Kiritimati", "2026-03-03"), ("Pacific/Pago_Pago", "2026-03-01"), ("UTC", "2026-03-02")],
)
def test_a_date_is_the_destinations(zone: str, expected: str) -> None:
    late = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    assert str(Destination(country="XX", time_zone=zone).date_at(late)) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"order": "ORD-9"},
        {"tracking_number": "TRK1"},
        {"destination": {"country": "DE", "time_zone": "Europe/Nowhere"}},
        {"status": "delivered"},
    ],
)
async def test_a_senseless_shipment_is_not_planted(
    shipping: httpx.AsyncClient, own_sandbox: RunningSandbox, wrong: dict[str, object]
) -> None:
    order = {**SHIPPING_SEED["orders"][0], "number": "ORD-3"}
    shipment = {**SHIPPING_SEED["shipments"][1], "tracking_number": "TRK3", **wrong}
    answer = await shipping.post("/_sandbox/seed", json={"orders": [order], "shipments": [shipment]})
    assert answer.status_code == 422
    assert own_sandbox.world.depot.order("ORD-3") is None
