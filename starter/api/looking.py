"""Looking at tickets: lists, one ticket, its journal and its ledger entries."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from casewright.domain.decision import Ownership
from casewright.domain.model import Frozen
from casewright.domain.people import PersonId, TeamName
from casewright.domain.state import Phase
from casewright.domain.ticket import PolicyId, Priority
from casewright.records import reads
from casewright.records.ordering import BadCursor, TicketOrder
from casewright.records.views import TicketFilter, TicketPage
from starter.api.callers import Reader, Staff
from starter.api.customer import customer_view
from starter.api.evidence import evidence
from starter.api.parts import TheParts
from starter.api.problems import FieldProblem, invalid
from starter.api.reach import reached
from starter.api.route import StrictRoute
from starter.api.shown import shown
from starter.expected import CURSOR
from starter.shown.customer import CustomerTicket
from starter.shown.ticket import Events, Ledger, ShownTicket

router = APIRouter(route_class=StrictRoute, tags=["tickets"])
MAX_SEQ = 2**31 - 1


class Wanted(Frozen):
    """Which tickets to list, and which page. Customers' addresses are no filter: addresses of pages get logged."""

    policy: PolicyId | None = None
    phase: Phase | None = None
    state: Literal["working", "waiting-customer", "waiting-approval", "with-people", "resolved", "closed"] | None = None
    ownership: Ownership | None = None
    team: TeamName | None = None
    assignee: PersonId | None = None
    priority: Priority | None = None
    limit: Annotated[int, Field(ge=1, le=reads.MAX_PAGE)] = 50
    order: Annotated[TicketOrder, Field(description="`deadline`: what is due next comes first.")] = TicketOrder.NEWEST
    after: Annotated[str, Field(pattern=CURSOR, description="`after` of the page before.")] | None = None

    @property
    def filter(self) -> TicketFilter:
        """As the records take it."""
        named = self.model_dump(exclude={"limit", "order", "after", "state"})
        return TicketFilter(**named, standing=self.state)


@router.get("/tickets", summary="List tickets, newest first or by deadline")
async def list_tickets(wanted: Annotated[Wanted, Query()], _: Staff, parts: TheParts) -> TicketPage:
    """For staff. `after` of the answer is the next page's; null: this is the last one."""
    try:
        page = await reads.tickets(
            parts.pool, wanted.filter, order=wanted.order, limit=wanted.limit, after=wanted.after
        )
    except BadCursor as error:
        raise invalid((FieldProblem(field="after", message="no page gave this cursor"),)) from error
    return page.model_copy(update={"after": page.after and page.after.replace("+00:00", "Z")})


@router.get("/tickets/{ticket}", summary="Look at one ticket: ruling, steps, and what waits for approval")
async def look(ticket: str, caller: Reader, parts: TheParts) -> ShownTicket | CustomerTicket:
    """For staff; the service that submitted it sees what its customer may see: status and messages."""
    view = await reached(ticket, caller, parts)
    if caller.kind != "person":
        return await customer_view(view, parts)
    return shown(view, parts.client.now(), evidence(await reads.rows(parts.pool, ticket)))


@router.get("/tickets/{ticket}/events", summary="Everything that happened to a ticket, in order")
async def list_events(
    ticket: str,
    _: Staff,
    parts: TheParts,
    after: Annotated[int, Query(ge=0, le=MAX_SEQ, description="Only rows above this sequence number.")] = 0,
) -> Events:
    """For staff: the journal's rows, with each decision's facts, inputs and trace."""
    await parts.client.view(ticket)  # says 404 where there is none
    return Events(events=tuple(await reads.rows(parts.pool, ticket, after)))


@router.get("/tickets/{ticket}/ledger", summary="What a ticket gave: its ledger entries")
async def list_ledger(ticket: str, _: Staff, parts: TheParts) -> Ledger:
    """For staff: each remuneration, balanced, with its approver and the gateway's reference."""
    await parts.client.view(ticket)
    return Ledger(entries=tuple(await reads.ledger_of(parts.pool, ticket)))
