"""``casewright tickets``: which there are, newest first or by deadline."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from casewright.domain.state import Phase
from casewright.domain.ticket import Priority
from casewright.records.ordering import TicketOrder
from casewright.records.views import TicketPage
from starter.commands.acting_as import As
from starter.commands.api_calls import api
from starter.commands.failing import in_words
from starter.commands.showing import as_json, console, plain, table
from starter.session import settings_of_commands

_WITH_SUBJECT = 140
"""Columns of a terminal; a narrower one has no room for it."""


class State(StrEnum):
    """A ticket's state in one word (``domain.reading``)."""

    WORKING = "working"
    WAITING_CUSTOMER = "waiting-customer"
    WAITING_APPROVAL = "waiting-approval"
    WITH_PEOPLE = "with-people"
    RESOLVED = "resolved"
    CLOSED = "closed"


def tickets(
    policy: Annotated[str | None, typer.Option(help="Such as A.1.")] = None,
    phase: Annotated[Phase | None, typer.Option(help="Where it is in its life.")] = None,
    state: Annotated[State | None, typer.Option(help="In one word, as the list shows it.")] = None,
    team: Annotated[str | None, typer.Option(help="Whose it is.")] = None,
    assignee: Annotated[str | None, typer.Option(help="The person who has it.")] = None,
    priority: Annotated[Priority | None, typer.Option()] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 50,
    after: Annotated[str | None, typer.Option(help="The cursor that the page before ended with.")] = None,
    order: Annotated[TicketOrder, typer.Option("--by", help="What comes first.")] = TicketOrder.NEWEST,
    by: As = None,
    json_wanted: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List tickets, newest first or by deadline."""
    filters = {
        "policy": policy,
        "phase": phase,
        "state": state,
        "team": team,
        "assignee": assignee,
        "priority": priority,
    }
    wanted = {name: str(value) for name, value in {**filters, "after": after}.items() if value is not None}
    with in_words(), api(settings_of_commands(), by) as door:
        page = door.tickets({**wanted, "order": order.value, "limit": str(limit)})
    if json_wanted:
        as_json(page)
    else:
        _print(page)


def _print(page: TicketPage) -> None:
    if not page.tickets:
        typer.echo("no ticket is like that")
        return
    screen, shown = console(), table()
    for title in ("Ticket", "Submitted (UTC)", "Due (UTC)", "Priority", "Decided", "State"):
        shown.add_column(title, no_wrap=True)
    shown.add_column("Waits for", overflow="fold")
    wide = screen.width >= _WITH_SUBJECT
    if wide:
        shown.add_column("Subject", overflow="fold")
    for ticket in page.tickets:
        cells = [
            ticket.id,
            f"{ticket.submitted_at:%Y-%m-%d %H:%M}",
            f"{ticket.deadline:%Y-%m-%d %H:%M}" if ticket.deadline else "",
            ticket.priority,
            ticket.rule or ticket.policy,
            ticket.standing,
            plain(ticket.waits_for),
        ]
        shown.add_row(*cells, *([plain(ticket.subject)] if wide else []))
    screen.print(shown)
    if page.after is not None:
        typer.echo(f"more: --after '{page.after}'")
