"""A plan's response begins in the customer's own hours, from billing to the acknowledgment (DF 3.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from casewright.domain import acts as a
from casewright.domain.state import StepStatus
from casewright.domain.ticket import Priority
from casewright.records.views import TicketView
from tests.end_to_end.test_login_failure import mails_to
from tests.world import PATIENCE, World, who

CLOCK, HOUR = "df-first-response", timedelta(hours=1)


def where_it_is(hour: int) -> str:
    """A zone whose local time is now in this hour; whole hours from -11 to +12 of UTC are everywhere on the clock."""
    ahead = (hour - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+}"  # their names count the other way: Etc/GMT-9 is nine hours ahead


def next_nine(view: TicketView, zone: str) -> datetime:
    """The first 9:00 there after the ticket's receipt."""
    local = view.state.submitted_at.astimezone(ZoneInfo(zone))
    nine = local.replace(hour=9, minute=0, second=0, microsecond=0)
    return nine if nine > local else nine + timedelta(days=1)


async def asked(world: World, **known: str) -> TicketView:
    """A ticket of a Starter customer of whom billing knows this besides, decided and acknowledged."""
    customer = {"id": "cus_far", "name": "Sample Customer Far", "email": "far@example.com", "created": "-400d"}
    await world.seed(customers=[{**customer, "metadata": {"plan": "starter", **known}}])
    return await world.watcher.until(await world.submit("far"), _is_told, PATIENCE)


def _is_told(view: TicketView) -> bool:
    step = view.state.steps.get("acknowledgment")
    return view.state.waiting_for_customer and step is not None and step.status is StepStatus.DONE


async def acknowledgment(world: World) -> str:
    """What the customer was told of the ticket's receipt."""
    [text] = [m["text"] for m in await mails_to(world, "far@example.com") if "You will have our response" in m["text"]]
    return " ".join(str(text).split())


@pytest.mark.parametrize("hour", [2, 21])
async def test_at_the_customers_night_the_response_counts_from_nine_and_the_acknowledgment_says_so(
    world: World, hour: int
) -> None:
    zone = where_it_is(hour)
    view = await asked(world, time_zone=zone)
    nine = next_nine(view, zone)
    started = {clock.id: clock.started for clock in view.state.clocks.values()}
    assert started.pop(CLOCK) == nine
    assert set(started.values()) == {view.state.submitted_at}, "only what the plan promises begins later"
    told = f"within 72 hours from 09:00 on {nine.day} {nine:%B %Y} ({zone})."
    assert told in await acknowledgment(world)


async def test_a_changed_priority_keeps_the_start_in_the_customers_hours(world: World) -> None:
    zone = where_it_is(2)
    view = await asked(world, time_zone=zone)
    high = a.Reprioritise(id="high", actor=who("lead-1"), priority=Priority.HIGH, reason="Two cards.")
    await world.act(view.state.id, high)
    view = await world.watcher.until(view.state.id, lambda v: v.state.clocks[CLOCK].span == "24 h", PATIENCE)
    assert view.state.clocks[CLOCK].started == next_nine(view, zone)


@pytest.mark.parametrize("known", [{"time_zone": "Atlantis/Poseidonis"}, {}])
async def test_where_nobody_knows_the_customers_zone_the_response_counts_from_the_receipt(
    world: World, known: dict[str, str]
) -> None:
    view = await asked(world, **known)
    assert view.state.clocks[CLOCK].started == view.state.submitted_at
    assert "within 72 hours." in await acknowledgment(world)


async def test_in_the_customers_hours_the_response_counts_from_the_receipt(world: World) -> None:
    view = await asked(world, time_zone=where_it_is(13))
    assert view.state.clocks[CLOCK].started == view.state.submitted_at
    assert "within 72 hours." in await acknowledgment(world)
