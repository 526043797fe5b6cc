"""``casewright act TICKET approve`` and ``reject``: a verdict on exactly the plan that was shown."""

from __future__ import annotations

from typing import Annotated

import typer

from starter.commands.act_sending import ActIdOption, Fields, Json, deliver, made
from starter.commands.acting_as import As
from starter.commands.api_calls import api
from starter.commands.failing import CommandFailed, in_words
from starter.commands.showing import console, plain
from starter.commands.ticket_words import request
from starter.session import settings_of_commands
from starter.shown.ticket import ShownApproval, ShownTicket

Yes = Annotated[bool, typer.Option("--yes", help="Don't ask for a confirmation.")]
Plan = Annotated[
    str | None, typer.Option("--plan", help="Only if this is still the plan: its hash, or how that begins.")
]


def approve(
    context: typer.Context,
    yes: Yes = False,
    plan: Plan = None,
    by: As = None,
    id: ActIdOption = None,
    json_wanted: Json = False,
) -> None:
    """Say yes to the plan that waits for approval; it is shown first."""
    _say(context.obj, {"type": "approve"}, yes, plan, by, id, json_wanted)


def reject(
    context: typer.Context,
    reason: Annotated[str, typer.Argument(metavar="REASON")],
    yes: Yes = False,
    plan: Plan = None,
    by: As = None,
    id: ActIdOption = None,
    json_wanted: Json = False,
) -> None:
    """Say no to the plan that waits for approval; it is shown first."""
    _say(context.obj, {"type": "reject", "reason": reason}, yes, plan, by, id, json_wanted)


def _say(
    ticket: str, verdict: Fields, yes: bool, plan: str | None, by: str | None, id: str | None, json_wanted: bool
) -> None:
    with in_words(), api(settings_of_commands(), by) as door:
        found = door.ticket(ticket)
        asked = _asked(found, plan, already_sent=id is not None)
        act = made({**verdict, "plan_hash": asked.plan_hash}, id)
        _show(found, json_wanted)
        if not yes:
            _confirm(act.type, by)
        deliver(door, ticket, act, json_wanted)


def _asked(ticket: ShownTicket, plan: str | None, *, already_sent: bool) -> ShownApproval:
    asked = ticket.approval
    if asked is None:
        raise CommandFailed(f"nothing on {ticket.id} waits for approval; it waits for {plain(ticket.waits_for)}")
    # With an id it may be a verdict on its way again, whose receipt is to be had once more.
    if ticket.pending is None and not already_sent:
        by = f" by {asked.verdict_by}" if asked.verdict_by else ""
        raise CommandFailed(
            f"the request for approval on {ticket.id} was already {asked.status}{by}; the first verdict stands"
        )
    if plan is not None and not asked.plan_hash.startswith(plan):
        raise CommandFailed(f"the plan of {ticket.id} is another one now ({asked.plan_hash}): look at it again")
    return asked


def _show(ticket: ShownTicket, json_wanted: bool) -> None:
    screen = console(stderr=json_wanted)
    screen.print(f"{ticket.id}  {plain(ticket.subject)}", style="bold")
    if ticket.approval is not None:
        for part in request(ticket.approval):
            screen.print(part)


def _confirm(verdict: str, by: str | None) -> None:
    try:
        sure = typer.confirm(f"{verdict.capitalize()} this plan{f' as {by}' if by else ''}?", err=True)
    except typer.Abort:
        sure = False
    if not sure:
        raise CommandFailed("nothing was done; say y, or use --yes")
