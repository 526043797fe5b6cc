"""Whether a verdict on a ticket may be given now: not on one's own request, and no yes that a stop would waste."""

from __future__ import annotations

from casewright.client import ActRefused
from casewright.domain.acts import Act, Approve, Reject
from casewright.domain.refuse import Refusal, RefusalKind
from casewright.records.stops import active_stops
from casewright.records.views import TicketView
from starter.api.own_requests import own_request
from starter.api.parts import Parts


async def require_possible(parts: Parts, ticket: str, act: Act) -> None:
    """Let no verdict pass that can't stand; other acts pass.

    Raises:
        ActRefused: with the reason.
        TicketNotFound: there is no such ticket.
    """
    if not isinstance(act, Approve | Reject):
        return
    view = await parts.client.view(ticket)
    if reason := await own_request(parts, view, act.actor):
        raise ActRefused.of(Refusal(kind=RefusalKind.FORBIDDEN, reason=reason))
    if isinstance(act, Approve) and (stop := await _stop_of(parts, view)):
        raise ActRefused.of(Refusal(kind=RefusalKind.CONFLICT, reason=stop))


async def _stop_of(parts: Parts, view: TicketView) -> str | None:
    """Under a stop what is approved would be refused for good before it is done (RULES §8)."""
    async with parts.pool.acquire() as connection:
        stops = [stop for stop in await active_stops(connection) if stop.scope in (view.policy, view.policy[0])]
    if not stops:
        return None
    stop = stops[0]
    return (
        f"{stop.scope} is stopped by {stop.person}: {stop.reason}. What you approve would not be done: "
        "approve when the stop is lifted, or override the decision"
    )
