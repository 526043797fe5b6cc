"""The facts of H.1 and C.1: whose order it is, where its parcels are, what was sold with a serial number."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from activities.outside import Outside
from activities.shipping.facts import ORDER, SHIPMENT, ShippingFacts
from activities.shipping.serials import SERIAL, SerialFacts
from activities.shipping.tracking import MAX_PARCELS
from casewright.domain.facts import Availability, Fact
from casewright.domain.shipping import Parcels, ParcelStatus, ShopOrder, SoldPiece
from casewright.domain.tempo import WALL_CLOCK
from casewright.domain.ticket import ClaimValue
from tests.activities.neighbours import Neighbours, OddSystem, case

INES = "ines@orders.example"
JOEL = "joel@orders.example"
NOT_NOW = [
    pytest.param({"kind": "error", "status": 401}, "answered 401", id="401"),
    pytest.param({"kind": "error", "status": 409}, "answered 409", id="409"),
    pytest.param({"kind": "error", "status": 429}, "answered 429", id="429"),
    pytest.param({"kind": "outage"}, "answered 503", id="503"),
    pytest.param({"kind": "error", "status": 404, "body": "html"}, "answered 404", id="404 of a proxy"),
    pytest.param({"kind": "lost_answer"}, "gave no answer: ", id="dropped"),
]


async def facts_of(ours: Outside, address: str, **claims: ClaimValue) -> dict[str, Fact]:
    parcels, pieces = ShippingFacts(ours.tracking, WALL_CLOCK), SerialFacts(ours.returns, WALL_CLOCK)
    asked = case(address, **claims)
    return {fact.name: fact for fact in (*await parcels.gather(asked), *await pieces.gather(asked))}


def availabilities(facts: dict[str, Fact]) -> list[str]:
    return [facts[name].availability.value for name in (ORDER, SHIPMENT, SERIAL)]


async def shipped(neighbours: Neighbours, order: str = "ORD-1", **fields: object) -> None:
    """A parcel of an order, on its way."""
    scan = {"at": "-1d", "status": "in_transit", "location": "Suva, FJ", "description": "Left the hub"}
    parcel = {
        "order": order,
        "customer_email": INES,
        "tracking_number": f"TRK-{order}",
        "destination": {"country": "DE", "time_zone": "Europe/Berlin"},
        "estimated_delivery_date": "2026-03-09",
        "events": [scan],
    }
    await neighbours.seed(shipments=[{**parcel, **fields}])


def order(**fields: object) -> dict[str, object]:
    return {"number": "ORD-1", "customer_email": INES, "placed_at": "2026-03-01T12:00:00Z", **fields}


def shipment(**fields: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "tracking_number": "TRK1",
        "status": "in_transit",
        "estimated_delivery_date": None,
        "destination": {"time_zone": "Europe/Berlin"},
        "tracking_url": "https://carrier.example/TRK1",
        "events": [],
    }
    return {**usual, **fields}


def answers(odd: OddSystem, told: dict[str, object], *shipments: dict[str, object]) -> None:
    """Let the odd system tell this order and these parcels."""
    odd.by_path = {
        "/orders/": json.dumps(told).encode(),
        "/shipments": json.dumps({"shipments": shipments}).encode(),
    }


async def test_the_requesters_order_parcels_and_piece_are_values(neighbours: Neighbours) -> None:
    await neighbours.order("ORD-1", INES)
    await shipped(neighbours)
    await neighbours.unit("SN-1", "ORD-1")
    facts = await facts_of(neighbours.ours, INES.upper(), order=" ORD-1 ", serial=" sn-1 ")
    placed, parcels, piece = facts[ORDER].read(ShopOrder), facts[SHIPMENT].read(Parcels), facts[SERIAL].read(SoldPiece)
    assert placed is not None
    assert placed.ours
    assert parcels is not None
    assert [(parcel.status, parcel.seen_where) for parcel in parcels.parcels] == [("in_transit", "Suva, FJ")]
    assert piece is not None
    assert piece.purchase is not None
    assert (piece.purchase.order, piece.purchase.warranty_months, piece.purchase.replaced) == ("ORD-1", 24, False)


async def test_of_somebody_elses_order_and_piece_nothing_is_kept_and_no_parcel_asked_for(
    neighbours: Neighbours,
) -> None:
    await neighbours.order("ORD-1", INES)
    await shipped(neighbours)
    await neighbours.unit("SN-1", "ORD-1")
    facts = await facts_of(neighbours.ours, JOEL, order="ORD-1", serial="SN-1")
    assert facts[ORDER].read(ShopOrder) == ShopOrder(number="ORD-1", ours=False)
    assert facts[SERIAL].read(SoldPiece) == SoldPiece(serial="SN-1")
    assert facts[SHIPMENT].availability is Availability.NONE
    assert [call.path for call in neighbours.sandbox.world.calls.find() if "carrier" in call.path] == []


@pytest.mark.parametrize(
    "named", ["ORD-9", "ORD-1/../ORD-1", "ORD-1?x=1", "ORD-1#", "../orders/ORD-1", "%4FRD-1", "ñ☃"]
)
async def test_what_names_no_order_and_no_piece_is_known_to_be_absent(neighbours: Neighbours, named: str) -> None:
    await neighbours.order("ORD-1", INES)
    await neighbours.unit("ORD-1", "ORD-1")
    facts = await facts_of(neighbours.ours, INES, order=named, serial=named)
    assert availabilities(facts) == ["none", "none", "none"]


@pytest.mark.parametrize("claims", [{}, {"order": "", "serial": " \t"}])
async def test_without_a_number_nobody_is_asked(neighbours: Neighbours, claims: dict[str, ClaimValue]) -> None:
    assert availabilities(await facts_of(neighbours.ours, INES, **claims)) == ["none", "none", "none"]
    assert neighbours.sandbox.world.calls.find() == []


async def test_an_order_without_parcels_has_none_which_is_a_value(neighbours: Neighbours) -> None:
    await neighbours.order("ORD-1", INES)
    facts = await facts_of(neighbours.ours, INES, order="ORD-1")
    assert facts[SHIPMENT].read(Parcels) == Parcels(parcels=())


@pytest.mark.parametrize(("fault", "words"), NOT_NOW)
async def test_a_shop_that_gives_no_answer_leaves_order_parcels_and_piece_unknown(
    neighbours: Neighbours, fault: dict[str, object], words: str
) -> None:
    await neighbours.order("ORD-1", INES)
    await neighbours.unit("SN-1", "ORD-1")
    await neighbours.fault("shop", **fault)
    facts = await facts_of(neighbours.ours, INES, order="ORD-1", serial="SN-1")
    assert availabilities(facts) == ["unavailable"] * 3
    assert all((fact.reason or "").startswith(f"the shop {words}") for fact in facts.values())


@pytest.mark.parametrize(("fault", "words"), NOT_NOW)
async def test_a_carrier_that_gives_no_answer_leaves_the_parcels_unknown_and_the_order_known(
    neighbours: Neighbours, fault: dict[str, object], words: str
) -> None:
    await neighbours.order("ORD-1", INES)
    await shipped(neighbours)
    await neighbours.fault("carrier", **fault)
    facts = await facts_of(neighbours.ours, INES, order="ORD-1")
    assert facts[ORDER].availability is Availability.VALUE
    assert (facts[SHIPMENT].reason or "").startswith(f"the carrier {words}")


@pytest.mark.parametrize("status", list(ParcelStatus))
async def test_every_status_of_the_carriers_is_known(odd: tuple[OddSystem, Outside], status: ParcelStatus) -> None:
    system, ours = odd
    answers(system, order(), shipment(status=status.value, weight={"kg": 2}), shipment(tracking_number="TRK2"))
    parcels = (await facts_of(ours, INES, order="ORD-1"))[SHIPMENT].read(Parcels)
    assert parcels is not None
    assert [parcel.status for parcel in parcels.parcels] == [status, ParcelStatus.IN_TRANSIT]


@pytest.mark.parametrize(
    "told",
    [
        {"status": "teleported"},
        {"status": "Delivered"},
        {"status": None},
        {"estimated_delivery_date": "2026-02-30"},
        {"estimated_delivery_date": "tomorrow"},
        {"tracking_url": "javascript:alert(1)"},
        {"destination": None},
        {"events": None},
        {"events": [{"at": "2026-03-02T12:00:00", "location": "Suva, FJ"}]},
        {"events": [{"at": "just now", "location": "Suva, FJ"}]},
    ],
    ids=lambda told: "-".join(str(value) for value in told.values()),
)
async def test_a_parcel_that_cannot_be_read_leaves_all_of_them_unknown(
    odd: tuple[OddSystem, Outside], told: dict[str, object]
) -> None:
    system, ours = odd
    answers(system, order(), shipment(), shipment(**told))
    facts = await facts_of(ours, INES, order="ORD-1")
    assert facts[ORDER].availability is Availability.VALUE
    assert facts[SHIPMENT].reason == "the carrier's answer can't be read"


@pytest.mark.parametrize(("count", "known"), [(MAX_PARCELS, True), (MAX_PARCELS + 1, False)])
async def test_more_parcels_than_anybody_sends_are_not_believed(
    odd: tuple[OddSystem, Outside], count: int, known: bool
) -> None:
    system, ours = odd
    answers(system, order(), *[shipment(tracking_number=f"TRK{number}") for number in range(count)])
    facts = await facts_of(ours, INES, order="ORD-1")
    assert (facts[SHIPMENT].availability is Availability.VALUE) == known


async def test_the_latest_scan_counts_whatever_order_and_offset_they_come_in(odd: tuple[OddSystem, Outside]) -> None:
    system, ours = odd
    scans = [
        {"at": "2026-03-02T10:00:00Z", "location": "Berlin, DE"},
        {"at": "2026-03-03T01:00:00+14:00", "location": "Kiritimati, KI"},  # 11:00 in UTC
        {"at": "2026-03-02T10:30:00.5-00:00", "location": "Suva, FJ"},
    ]
    answers(system, order(placed_at="2026-03-01T23:00:00-12:00"), shipment(events=scans))
    facts = await facts_of(ours, INES, order="ORD-1")
    placed, parcels = facts[ORDER].read(ShopOrder), facts[SHIPMENT].read(Parcels)
    assert parcels is not None
    (parcel,) = parcels.parcels
    assert (parcel.seen_where, parcel.seen_at) == ("Kiritimati, KI", datetime(2026, 3, 2, 11, tzinfo=UTC))
    assert placed is not None
    assert placed.placed_at == datetime(2026, 3, 2, 11, tzinfo=UTC)


@pytest.mark.parametrize("placed", ["2026-03-01T12:00:00", "2026-03-01", "", None])
async def test_an_order_whose_instant_is_naive_or_none_is_unknown(
    odd: tuple[OddSystem, Outside], placed: object
) -> None:
    system, ours = odd
    answers(system, order(placed_at=placed))
    facts = await facts_of(ours, INES, order="ORD-1")
    assert {facts[name].reason for name in (ORDER, SHIPMENT)} == {"the shop's answer can't be read"}


@pytest.mark.parametrize(
    "told",
    [
        {"warranty_months": -1},
        {"warranty_months": "two years"},
        {"purchase_date": "2026-02-30"},
        {"purchase_date": None},
        {"customer_email": None},
        {"product": "Lamp"},
    ],
    ids=lambda told: "-".join(str(value) for value in told.values()),
)
async def test_a_piece_that_cannot_be_read_is_unknown(odd: tuple[OddSystem, Outside], told: dict[str, object]) -> None:
    system, ours = odd
    sold = {
        "serial": "SN-1",
        "product": {"name": "Lamp", "colour": "blue"},
        "order": "ORD-1",
        "customer_email": INES,
        "purchase_date": "2024-02-29",
        "time_zone": "Europe/Berlin",
        "warranty_months": 24,
        "replacement": None,
    }
    system.body = json.dumps(sold).encode()
    known = (await facts_of(ours, INES, serial="SN-1"))[SERIAL].read(SoldPiece)
    assert known is not None
    assert known.purchase is not None
    system.body = json.dumps({**sold, **told}).encode()
    facts = await facts_of(ours, INES, serial="SN-1")
    assert facts[SERIAL].reason == "the shop's answer can't be read"
