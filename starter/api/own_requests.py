"""Who gives no verdict on a ticket: whoever its request came from, as the address tells, and by no deputy (RULES §5).

The ticket knows who submitted it, not whose address is a colleague's: that is asked here, and again by the envelope.
"""

from __future__ import annotations

from casewright.domain.people import Actor
from casewright.records import people
from casewright.records.views import TicketView
from starter.api.parts import Parts


async def own_request(parts: Parts, view: TicketView, actor: Actor) -> str | None:
    """Why this person may give no verdict on the ticket; None: they didn't buy what it is about."""
    async with parts.pool.acquire() as connection:
        own = await people.reached_at(connection, view.state.submission.requester.email)
    if actor.id in own:
        return "the request came from your own address, and nobody approves their own request"
    impartial = actor
    for person in own:
        impartial = impartial.without(person)
    roles = view.state.approval.need.roles if view.state.approval else ()
    if actor.holds(roles) and not impartial.holds(roles):
        return "nobody approves as the deputy of whoever the request came from"
    return None
