"""``casewright show``: one ticket, in words or for programs."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import BaseModel

from casewright.domain.events import EventRow
from casewright.records.views import LedgerEntry
from casewright.settings import Settings
from starter.commands.acting_as import As, someone_who_may
from starter.commands.api_calls import api
from starter.commands.failing import in_words
from starter.commands.showing import as_json, console
from starter.commands.ticket_words import picture, timeline
from starter.session import settings_of_commands
from starter.shown.ticket import ShownTicket

TicketArgument = Annotated[str, typer.Argument(metavar="TICKET", help="Such as T-0123456789ABCDEF.")]


class Shown(BaseModel):
    """What ``--json`` prints."""

    ticket: ShownTicket
    ledger: tuple[LedgerEntry, ...]
    events: tuple[EventRow, ...] | None = None


def show(
    ticket: TicketArgument,
    events: Annotated[bool, typer.Option("--events", help="The timeline, too.")] = False,
    by: As = None,
    json_wanted: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show a ticket: where it stands and why, what it waits for, what was done, what an approval would do."""
    with in_words():
        settings = settings_of_commands()
        with api(settings, by) as door:
            found = door.ticket(ticket)
            rows = door.events(ticket).events if events else None
            shown = Shown(ticket=found, ledger=door.ledger(ticket).entries, events=rows)
        if json_wanted:
            as_json(shown)
        else:
            _print(shown, _approver(settings, found))


def _approver(settings: Settings, ticket: ShownTicket) -> str | None:
    return someone_who_may(settings, ticket.pending.roles) if ticket.pending is not None else None


def _print(shown: Shown, approver: str | None) -> None:
    screen = console()
    for part in picture(shown.ticket, shown.ledger, approver):
        screen.print(part)
    if shown.events is not None:
        screen.print(timeline(shown.events))
