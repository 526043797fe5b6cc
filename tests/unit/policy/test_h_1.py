"""H.1 from claims and facts: every rule, gap and boundary; dates are the destination's (HB H.1, RULES H.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import BaseModel

from casewright.domain.decision import Decision, Ownership
from casewright.domain.facts import Fact
from casewright.domain.requests import AssessRequest
from casewright.domain.shipping import Parcel, Parcels, ParcelStatus, ShopOrder
from casewright.domain.steps import MailStep
from casewright.domain.ticket import Priority, Requester

from .billing_cases import HANDBOOK, NOW

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
DUE = date(2025, 3, 12)


def parcel(
    status: ParcelStatus = ParcelStatus.IN_TRANSIT,
    *,
    name: str = "TRK1",
    expected: date | None = DUE,
    zone: str = "Europe/Berlin",
    seen: datetime | None = NOW - timedelta(hours=3),
) -> Parcel:
    return Parcel(
        tracking_number=name,
        status=status,
        expected=expected,
        time_zone=zone,
        tracking_url=f"https://carrier.example/{name}",
        seen_at=seen,
        seen_where="Halle, DE" if seen else None,
    )


def decided(
    *parcels: Parcel, at: datetime = NOW, placed: timedelta = 5 * DAY, ours: bool | None = True, number: str = "ORD-1"
) -> Decision:
    """A case about ORD-1; ``ours`` None: the shop doesn't know it."""
    order = ShopOrder(number="ORD-1", ours=bool(ours), placed_at=at - placed if ours else None)
    models: dict[str, BaseModel | None] = {
        "shop.order": order if ours is not None else None,
        "carrier.shipment": Parcels(parcels=parcels) if ours else None,
    }
    asked = AssessRequest(
        ticket="T-0000000000000001",
        submitted_at=at,
        policy="H.1",
        version=1,
        priority=Priority.LOW,
        requester=Requester(email="jane@example.com"),
        claims={"order": number} if number else {},
    )
    facts = [Fact.of(name, "test", at, model) for name, model in models.items()]
    return HANDBOOK.decide(HANDBOOK.case(asked, facts, at), at)


def rule(decision: Decision) -> str | None:
    return decision.ruling.rule


@pytest.mark.parametrize("status", [ParcelStatus.IN_TRANSIT, ParcelStatus.PROCESSING, ParcelStatus.OUT_FOR_DELIVERY])
def test_a_parcel_on_its_way_is_told_with_status_date_and_link(status: ParcelStatus) -> None:
    decision = decided(parcel(status))
    assert (rule(decision), decision.ruling.ownership) == ("H.1/status", Ownership.AUTOMATE)
    (step,) = [planned.step for planned in decision.steps]
    assert isinstance(step, MailStep)
    for told in (status.words, "12 March 2025", "https://carrier.example/TRK1"):
        assert told in step.values["parcels"]
    assert [c.span for c in decision.ruling.commitments] == ["4 h"]


def test_a_carriers_exception_goes_to_the_logistics_coordinator_within_twelve_hours() -> None:
    decision = decided(parcel(ParcelStatus.EXCEPTION))
    assert (rule(decision), decision.ruling.team) == ("H.1/logistics", "logistics-coordinators")
    assert decision.ruling.approval is not None
    assert "logistics-coordinator" in decision.ruling.approval.roles
    planned = [(p.step.kind, p.gated) for p in decision.steps]
    assert planned == [("mail", False), ("notice", False), ("mail", True)]
    assert [c.span for c in decision.ruling.commitments] == ["12 h"]


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Europe/Berlin", datetime(2025, 3, 12, 23, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2025, 3, 12, 10, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2025, 3, 13, 11, tzinfo=UTC)),
    ],
)
def test_a_parcel_is_late_from_the_destinations_midnight_on(zone: str, midnight: datetime) -> None:
    for at, expected in ((midnight - SECOND, "H.1/status"), (midnight, "H.1/logistics")):
        assert rule(decided(parcel(zone=zone, seen=at - SECOND), at=at)) == expected


def test_a_time_zone_that_there_isnt_is_for_a_person() -> None:
    assert rule(decided(parcel(zone="Mars/Olympus"))) is None


@pytest.mark.parametrize(
    ("quiet", "expected"),
    [
        (5 * DAY - SECOND, "H.1/status"),
        (5 * DAY, "H.1/gap-carrier-silent"),
        (5 * DAY + SECOND, "H.1/gap-carrier-silent"),
    ],
)
def test_a_carrier_is_silent_after_five_days_without_a_scan(quiet: timedelta, expected: str) -> None:
    assert rule(decided(parcel(seen=NOW - quiet))) == expected


@pytest.mark.parametrize(
    ("placed", "expected"),
    [
        (3 * DAY - SECOND, "H.1/gap-not-shipped"),
        (3 * DAY, "H.1/gap-carrier-silent"),
        (3 * DAY + SECOND, "H.1/gap-carrier-silent"),
    ],
)
def test_an_order_may_wait_three_days_for_the_carrier(placed: timedelta, expected: str) -> None:
    assert rule(decided(placed=placed)) == expected


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (parcel(ParcelStatus.DELIVERED, expected=DUE - 9 * DAY), "H.1/gap-delivered"),
        (parcel(ParcelStatus.RETURNED), "H.1/gap-returned"),
        (parcel(ParcelStatus.RETURNED, expected=DUE - 9 * DAY), "H.1/logistics"),
        (parcel(ParcelStatus.UNKNOWN, seen=None, expected=None), "H.1/gap-carrier-silent"),
        (parcel(seen=None), "H.1/gap-carrier-silent"),
        (parcel(expected=None), "H.1/status"),
    ],
)
def test_what_else_a_carrier_may_say(one: Parcel, expected: str) -> None:
    assert rule(decided(one)) == expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (parcel(ParcelStatus.EXCEPTION, name="TRK2"), "H.1/logistics"),
        (parcel(expected=DUE - 9 * DAY, name="TRK2"), "H.1/logistics"),
        (parcel(seen=NOW - 9 * DAY, name="TRK2"), "H.1/gap-carrier-silent"),
        (parcel(ParcelStatus.RETURNED, name="TRK2"), "H.1/gap-returned"),
        (parcel(ParcelStatus.DELIVERED, name="TRK2"), "H.1/status"),
    ],
)
def test_of_several_parcels_the_most_worrying_one_decides(other: Parcel, expected: str) -> None:
    assert {rule(decided(parcel(), other)), rule(decided(other, parcel()))} == {expected}


def test_the_reply_tells_of_every_parcel() -> None:
    step = decided(parcel(), parcel(ParcelStatus.DELIVERED, name="TRK2")).steps[0].step
    assert isinstance(step, MailStep)
    assert "TRK1: in transit" in step.values["parcels"]
    assert "TRK2: delivered" in step.values["parcels"]


@pytest.mark.parametrize("ours", [False, None])
def test_nothing_is_said_of_an_order_that_isnt_the_customers(ours: bool | None) -> None:
    decision = decided(ours=ours)
    assert (rule(decision), decision.steps) == ("H.1/gap-unknown-order", ())


@pytest.mark.parametrize("number", ["", "?", "my last one"])
def test_a_request_without_a_readable_number_is_asked_for_it(number: str) -> None:
    decision = decided(number=number, ours=None)
    assert (rule(decision), decision.ruling.question) == ("H.1/ask-order", "ask-order")
