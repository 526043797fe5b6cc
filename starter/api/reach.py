"""Which tickets a caller reaches: staff all of them, a service those that it submitted itself."""

from __future__ import annotations

from casewright.client import TicketNotFound
from casewright.domain.people import ActorKind
from casewright.records.people import Person
from casewright.records.views import TicketView
from starter.api.parts import Parts


async def reached(ticket: str, caller: Person, parts: Parts) -> TicketView:
    """The ticket, if the caller reaches it. One that isn't theirs is told like one that isn't there.

    Raises:
        TicketNotFound: there is no such ticket, or another one submitted it.
    """
    view = await parts.client.view(ticket)
    if caller.actor.kind is ActorKind.SERVICE and view.state.submitter.id != caller.id:
        raise TicketNotFound(ticket)
    return view
