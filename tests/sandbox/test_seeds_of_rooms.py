"""What is seeded for the policies about lost passwords and orders on their way."""

from datetime import timedelta

import pytest

from sandbox.clock import SandboxClock
from sandbox.identity.accounts import Outcome, Standing
from sandbox.seeding import DEFAULT_SEEDS, plant_files
from sandbox.shipping.records import ShipmentStatus
from sandbox.world import World
from tests.sandbox.seed import NOON


@pytest.fixture(scope="module")
def planted() -> World:
    world = World(SandboxClock(lambda: NOON))
    plant_files(world, DEFAULT_SEEDS)
    return world


def test_the_seeded_accounts_are_what_the_readme_says(planted: World) -> None:
    seen = {}
    for account in planted.identity.accounts():
        logins = planted.identity.logins(account.id, NOON - timedelta(days=1))
        failures = sum(login.outcome is Outcome.FAILURE for login in logins)
        seen[account.id.removeprefix("usr_")] = (account.status, failures)
    assert seen == {
        "alma": (Standing.ACTIVE, 1),
        "bela": (Standing.ACTIVE, 3),
        "caro": (Standing.ACTIVE, 2),
        "dino": (Standing.LOCKED, 0),
        "edda": (Standing.DEACTIVATED_FOR_SECURITY, 0),
        "frid": (Standing.ACTIVE, 0),
        "gera": (Standing.DEACTIVATED, 0),
        "hugo": (Standing.ACTIVE, 0),
    }


def test_the_seeded_shipments_are_what_the_readme_says(planted: World) -> None:
    seen = {}
    for shipment in planted.depot.shipments():
        due = shipment.estimated_delivery_date
        late = None if due is None else shipment.destination.date_at(NOON) > due
        seen[shipment.order] = (shipment.status(NOON), late)
    assert seen == {
        "ORD-3001": (ShipmentStatus.EXCEPTION, False),
        "ORD-3002": (ShipmentStatus.IN_TRANSIT, True),
        "ORD-3003": (ShipmentStatus.IN_TRANSIT, False),
        "ORD-3004": (ShipmentStatus.PROCESSING, False),
        "ORD-3005": (ShipmentStatus.DELIVERED, True),
        "ORD-3006": (ShipmentStatus.RETURNED, True),
        "ORD-3007": (ShipmentStatus.IN_TRANSIT, False),
        "ORD-3008": (ShipmentStatus.UNKNOWN, None),
        "ORD-3009": (ShipmentStatus.IN_TRANSIT, True),
        "ORD-3010": (ShipmentStatus.IN_TRANSIT, False),
        "ORD-3012": (ShipmentStatus.OUT_FOR_DELIVERY, False),
        "ORD-3013": (ShipmentStatus.RETURNED, False),
    }
    [silent] = planted.depot.shipments("ORD-3007")
    assert NOON - silent.seen(NOON)[-1].at == timedelta(days=12)


@pytest.mark.parametrize("hour", range(24))
def test_at_every_hour_some_seeded_date_would_be_judged_wrongly_by_utcs_calendar(hour: int) -> None:
    now = NOON.replace(hour=hour, minute=30)
    world = World(SandboxClock(lambda: now))
    plant_files(world, DEFAULT_SEEDS)
    misjudged = {
        shipment.order
        for shipment in world.depot.shipments()
        if (due := shipment.estimated_delivery_date) is not None
        and (shipment.destination.date_at(now) > due) != (now.date() > due)
    }
    assert misjudged & {"ORD-3009", "ORD-3010"}


def test_every_seeded_person_has_an_invented_address_and_a_line_in_the_readme(planted: World) -> None:
    readme = (DEFAULT_SEEDS.parent / "README.md").read_text(encoding="utf-8")
    for account in planted.identity.accounts():
        assert account.display_name is not None
        assert account.display_name.startswith("Sample Customer ")
        assert all(email.value.endswith(".example") for email in account.emails)
        assert f"| {account.emails[0].value} " in readme
    for order in planted.depot.orders():
        assert f"| {order.number} " in readme
        assert f"| {order.customer_email} " in readme
    for unit in planted.returns.units():
        assert f"| {unit.serial} " in readme


def test_the_seeded_warranties_end_yesterday_today_and_tomorrow(planted: World) -> None:
    """In calendar months: 48 of them after a day four years ago; see what the README says of each."""
    today, ends = NOON.date(), {}
    for serial in ("SN-4003", "SN-4002", "SN-4004"):
        unit = planted.returns.unit(serial)
        assert unit is not None
        order = planted.depot.order(unit.order)
        assert order is not None
        bought = unit.bought_on(order.placed_at)
        ends[serial] = (bought.replace(year=bought.year + unit.warranty_months // 12) - today).days
    assert ends == {"SN-4003": -1, "SN-4002": 0, "SN-4004": 1}
