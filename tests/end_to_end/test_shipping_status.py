"""H.1 whole, on real servers: the shop's order, the carrier's word, and a reply or the Logistics Coordinator."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from casewright.domain import acts as a
from casewright.domain.people import POLICY_EXCEPTION_QUEUE
from casewright.domain.ticket import ClaimValue, Requester, Submission
from casewright.records import reads
from tests.end_to_end.test_login_failure import mails_to, rule
from tests.world import CUSTOMER, World, who

INES, OTHER = "ines@orders.example", "joel@orders.example"
BERLIN = {"country": "DE", "time_zone": "Europe/Berlin"}


def parcel(number: str, status: str | None = "in_transit", *, seen: str = "-3h", due: str | None = "+2d") -> Any:
    """A parcel of ORD-1, scanned once unless it was never seen."""
    scan = {"at": seen, "status": status, "location": "Halle, DE", "description": "Scanned"}
    return {
        "tracking_number": number,
        "order": "ORD-1",
        "customer_email": INES,
        "destination": BERLIN,
        "estimated_delivery": due,
        "events": [scan] if status is not None else [],
    }


async def ordered(world: World, *parcels: Any, placed: str = "-6d") -> None:
    """ORD-1 of ines's, with these parcels."""
    price = {"amount": "39.00", "currency": "USD"}
    line = {"sku": "LAMP-1", "description": "Desk lamp", "quantity": 1, "unit_price": price}
    order = {"number": "ORD-1", "customer_email": INES, "placed_at": placed, "lines": [line]}
    await world.seed(orders=[order], shipments=list(parcels))


async def asked(world: World, address: str = INES, **claims: ClaimValue) -> str:
    """A ticket about an order."""
    submission = Submission(
        policy="H.1", subject="Where is my order?", requester=Requester(email=address), claims=claims
    )
    return (await world.client.submit(submission, submitter="portal", key=uuid.uuid4().hex)).ticket


async def test_a_parcel_on_its_way_is_told_with_its_date_and_link(world: World) -> None:
    await ordered(world, parcel("TRK1"))
    view = await world.until(await asked(world, order="ORD-1"), "resolved")
    assert rule(view) == "H.1/status"
    (told,) = [mail["text"] for mail in await mails_to(world, INES) if "Where your order" in mail["subject"]]
    assert "TRK1: in transit, last seen in Halle, DE" in told
    assert f"{world.sandbox.http_url}/carrier/track/TRK1" in told
    assert "expected on " in told


@pytest.mark.parametrize(
    "worrying", [parcel("TRK2", "exception"), parcel("TRK2", due="-2d")], ids=["an exception", "late"]
)
async def test_the_most_worrying_parcel_goes_to_the_logistics_coordinator_whose_yes_tells_the_customer(
    world: World, worrying: Any
) -> None:
    await ordered(world, parcel("TRK1", "delivered"), worrying)
    ticket = await asked(world, order="ORD-1")
    view = await world.until(ticket, "waiting-approval")
    assert (rule(view), view.team) == ("H.1/logistics", "logistics-coordinators")
    notice = next(record.step for record in view.state.steps.values() if record.step.kind == "notice")
    assert notice.kind == "notice"
    assert notice.team == "logistics-coordinators"
    assert view.state.approval is not None
    yes = a.Approve(id="yes", actor=who("logistics-1"), plan_hash=view.state.approval.plan_hash)
    await world.act(ticket, yes)
    await world.until(ticket, "resolved")
    assert any("taken up with the carrier" in mail["subject"] for mail in await mails_to(world, INES))


@pytest.mark.parametrize(
    ("status", "expected"),
    [("delivered", "H.1/gap-delivered"), ("returned", "H.1/gap-returned"), (None, "H.1/gap-carrier-silent")],
)
async def test_what_no_rule_covers_goes_to_the_exception_queue(world: World, status: str | None, expected: str) -> None:
    await ordered(world, parcel("TRK1", status))
    view = await world.until(await asked(world, order="ORD-1"), "with-people")
    assert (rule(view), view.team) == (expected, POLICY_EXCEPTION_QUEUE)


@pytest.mark.parametrize(("placed", "expected"), [("-2h", "H.1/gap-not-shipped"), ("-4d", "H.1/gap-carrier-silent")])
async def test_an_order_that_the_carrier_doesnt_have(world: World, placed: str, expected: str) -> None:
    await ordered(world, placed=placed)
    assert rule(await world.until(await asked(world, order="ORD-1"), "with-people")) == expected


async def test_of_another_customers_order_nothing_is_told_asked_or_kept(world: World) -> None:
    await ordered(world, parcel("TRK1"))
    ticket = await asked(world, OTHER, order="ORD-1")
    view = await world.settled(ticket)
    assert (rule(view), view.team) == ("H.1/gap-unknown-order", POLICY_EXCEPTION_QUEUE)
    assert [mail["subject"] for mail in await mails_to(world, OTHER) if "TRK1" in mail["text"]] == []
    told = " ".join(row.model_dump_json() for row in await reads.rows(world.pool, ticket))
    assert INES not in told
    assert "TRK1" not in told
    calls = (await world.http.get("/_sandbox/calls", params={"target": "carrier"})).json()
    assert (calls["calls"] if isinstance(calls, dict) else calls) == []


async def test_a_request_without_a_number_is_asked_for_it_and_then_decided(world: World) -> None:
    await ordered(world, parcel("TRK1"))
    ticket = await asked(world)
    await world.until(ticket, "waiting-customer")
    answer = a.CustomerAnswer(id="m1", actor=CUSTOMER, message="It is ORD-1.", claims={"order": "ORD-1"})
    await world.act(ticket, answer)
    assert rule(await world.until(ticket, "resolved")) == "H.1/status"


async def test_a_carrier_that_is_down_is_waited_for(world: World) -> None:
    await ordered(world, parcel("TRK1"))
    await world.fault(target="carrier", kind="outage", times=3)
    assert rule(await world.until(await asked(world, order="ORD-1"), "resolved")) == "H.1/status"
