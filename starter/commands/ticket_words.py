"""A ticket as people read it: where it stands, why, what it waits for, and what would happen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from casewright.domain.events import EventRow
from casewright.records.views import LedgerEntry
from starter.commands.clock_standing import commitments
from starter.commands.event_words import in_words
from starter.commands.evidence_words import grounds
from starter.commands.showing import either, instant, plain, table
from starter.commands.step_words import outcome, shortly, what
from starter.shown.ticket import ShownApproval, ShownTicket

STANDING = {
    "working": "being worked on by the automation",
    "waiting-customer": "waiting for the customer",
    "waiting-approval": "waiting for an approval",
    "with-people": "with people",
    "resolved": "resolved",
    "closed": "closed",
}


def picture(ticket: ShownTicket, given: Sequence[LedgerEntry], approver: str | None) -> Iterator[RenderableType]:
    """Everything but the timeline; ``approver`` is a sample person who may say yes."""
    yield Text(f"{ticket.id}  {plain(ticket.subject)}", style="bold")
    yield _facts(ticket)
    if ticket.pending is not None:
        yield from request(ticket.pending)
        yield f"  casewright act {ticket.id} approve{f' --as {approver}' if approver else ''}"
    if ticket.clocks:
        yield commitments(ticket.clocks)
    if ticket.steps:
        yield _steps(ticket)
    if given:
        yield _ledger(given)


def request(asked: ShownApproval) -> Iterator[RenderableType]:
    """What a yes would set off, who may say it, and why these."""
    yield Text("\nAn approval would do this, in order:", style="bold")
    for number, step in enumerate(asked.steps, start=1):
        yield f"  {number}. {what(step)}"
    yield f"  May approve: {either(asked.roles)} ({plain(asked.why)}), but not {asked.requested_by}"
    yield f"  Plan: {asked.plan_hash}"


def timeline(rows: Sequence[EventRow]) -> Table:
    """What happened, in order."""
    shown = table()
    shown.add_column("#", justify="right", no_wrap=True)
    shown.add_column("At (UTC)", no_wrap=True)
    shown.add_column("Who", no_wrap=True)
    shown.add_column("What", overflow="fold")
    for row in rows:
        shown.add_row(str(row.seq), instant(row.at), plain(row.actor.id), in_words(row.event))
    return shown


def _facts(ticket: ShownTicket) -> RenderableType:
    shown = Table.grid(padding=(0, 2))
    shown.add_column(no_wrap=True, style="dim")
    shown.add_column(overflow="fold")
    for title, words in _lines(ticket):
        shown.add_row(title, Text(plain(words)))
    return Padding(shown, (0, 0, 0, 2))


def _lines(ticket: ShownTicket) -> Iterator[tuple[str, str]]:
    ruling, requester = ticket.ruling, ticket.requester
    yield "Customer", f"{requester.email}{f' ({requester.customer})' if requester.customer else ''}"
    yield "Submitted", f"{instant(ticket.submitted_at)} UTC, priority {ticket.priority}"
    if ticket.claims:
        yield "Claims", ", ".join(f"{name} {value}" for name, value in ticket.claims.items())
    with_whom = " / ".join(name for name in (ticket.team, ticket.assignee) if name)
    yield "State", STANDING.get(ticket.state, ticket.state) + (f", with {with_whom}" if with_whom else "")
    yield "Waits for", ticket.waits_for
    if ticket.deadline is not None:
        yield "Due", f"{instant(ticket.deadline)} UTC"
    if ruling is not None:
        yield "Ruling", f"{ruling.rule or 'none for certain'} (version {ruling.version}, {ruling.ownership})"
        yield "Reason", ruling.reason
        if ticket.evidence is not None:
            yield from grounds(ticket.evidence)
        for overlay in ruling.overlays:
            yield "Overlay", overlay
        if not ticket.clocks:
            for promise in ruling.commitments:
                yield promise.kind.capitalize(), f"{promise.name} within {promise.span} ({promise.source})"
    if ticket.summary is not None:
        yield "Resolution", f"{ticket.code}: {ticket.summary}"
    if ticket.unfolded is not None:
        yield "Incomplete", f"the latest events aren't in this picture: {ticket.unfolded}"


def _steps(ticket: ShownTicket) -> Table:
    shown = table()
    shown.add_column("Step", no_wrap=True)
    shown.add_column("What", overflow="fold")
    shown.add_column("Outcome", overflow="fold")
    for step in ticket.steps:
        shown.add_row(step.id, shortly(step), outcome(step, awaits_approval=ticket.pending is not None))
    return shown


def _ledger(given: Sequence[LedgerEntry]) -> Table:
    shown = table("Entry", "Given", "By", "Approved by", "At the gateway")
    for entry in given:
        amount = next((line.amount for line in entry.lines if line.amount.amount > 0), None)
        shown.add_row(
            str(entry.id),
            f"{entry.kind} {amount}",
            plain(entry.actor),
            plain(entry.approved_by or ""),
            plain(entry.gateway_reference),
        )
    return shown
