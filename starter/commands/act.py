"""``casewright act``: what people and services do to a ticket; verdicts are in ``verdict.py``."""

from __future__ import annotations

from typing import Annotated

import typer

from casewright.domain.ticket import Priority
from starter.commands.act_sending import ActIdOption, Fields, Json, send
from starter.commands.acting_as import As
from starter.commands.claim_options import CLAIM_HELP, claims_of, money_of
from starter.commands.failing import WronglyUsed, in_words
from starter.commands.show import TicketArgument
from starter.commands.verdict import approve, reject

app = typer.Typer(help="Act on a ticket: casewright act TICKET ACT.", no_args_is_help=True)
app.command()(approve)
app.command()(reject)

Message = Annotated[str, typer.Argument(metavar="MESSAGE")]
Reason = Annotated[str, typer.Argument(metavar="REASON")]


@app.callback()
def on(context: typer.Context, ticket: TicketArgument) -> None:
    """Act on a ticket: casewright act TICKET ACT."""
    context.obj = ticket


@app.command()
def claim(context: typer.Context, by: As = None, id: ActIdOption = None, json_wanted: Json = False) -> None:
    """Take the ticket as one's own."""
    _act(context, {"type": "claim"}, by, id, json_wanted)


@app.command()
def reply(
    context: typer.Context, message: Message, by: As = None, id: ActIdOption = None, json_wanted: Json = False
) -> None:
    """Write to the customer."""
    _act(context, {"type": "reply", "message": message}, by, id, json_wanted)


@app.command()
def ask(
    context: typer.Context, message: Message, by: As = None, id: ActIdOption = None, json_wanted: Json = False
) -> None:
    """Ask the customer something, and wait for the answer."""
    with in_words():
        if message.strip().lower() in ("customer", "the customer"):
            raise WronglyUsed('it asks the customer anyway: give the question, such as ask "Which of the two charges?"')
    _act(context, {"type": "ask_customer", "message": message}, by, id, json_wanted)


@app.command()
def answer(
    context: typer.Context,
    message: Message,
    claim: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help=CLAIM_HELP)] = None,
    by: As = None,
    id: ActIdOption = None,
    json_wanted: Json = False,
) -> None:
    """Pass on the customer's answer, as the service that submitted the ticket; default: the people file's first."""
    with in_words():
        fields: Fields = {"type": "customer_answer", "message": message, "claims": claims_of(claim or [])}
        send(context.obj, fields, by, id, json_wanted, service=True)


@app.command()
def note(
    context: typer.Context, message: Message, by: As = None, id: ActIdOption = None, json_wanted: Json = False
) -> None:
    """Leave a note that the customer never sees."""
    _act(context, {"type": "internal_note", "message": message}, by, id, json_wanted)


@app.command()
def resolve(
    context: typer.Context,
    summary: Annotated[str, typer.Argument(metavar="SUMMARY", help="The customer reads it.")],
    code: Annotated[str, typer.Option(help="Resolution code, such as settled-by-phone.")],
    by: As = None,
    id: ActIdOption = None,
    json_wanted: Json = False,
) -> None:
    """End the ticket with a summary to the customer."""
    _act(context, {"type": "resolve", "code": code, "summary": summary}, by, id, json_wanted)


@app.command()
def override(
    context: typer.Context,
    justification: Annotated[str, typer.Argument(metavar="JUSTIFICATION")],
    refund: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Refund this instead, such as 20.00:USD.")
    ] = None,
    credit: Annotated[str | None, typer.Option(metavar="AMOUNT", help="Credit this instead, likewise.")] = None,
    invoice: Annotated[str | None, typer.Option(help="Whose charge to refund; default: the ticket's claim.")] = None,
    by: As = None,
    id: ActIdOption = None,
    json_wanted: Json = False,
) -> None:
    """Set the automation's decision aside, and optionally give money instead."""
    fields: Fields = {"type": "override", "justification": justification}
    with in_words():
        if refund and credit:
            raise WronglyUsed("--refund and --credit: give one of them")
        for kind, amount in (("refund", refund), ("credit", credit)):
            if amount:
                fields["remedy"] = {"kind": kind, "amount": money_of(amount), "invoice": invoice}
        if invoice and not refund:
            raise WronglyUsed("--invoice goes with --refund")
        send(context.obj, fields, by, id, json_wanted)


@app.command()
def reprioritise(
    context: typer.Context,
    priority: Annotated[Priority, typer.Argument(metavar="PRIORITY", help="low, medium, high or critical.")],
    reason: Reason,
    by: As = None,
    id: ActIdOption = None,
    json_wanted: Json = False,
) -> None:
    """Change the priority."""
    _act(context, {"type": "reprioritise", "priority": priority.value, "reason": reason}, by, id, json_wanted)


@app.command()
def reassign(
    context: typer.Context,
    team: Annotated[str, typer.Argument(metavar="TEAM", help="Such as billing-specialists.")],
    reason: Reason,
    to: Annotated[str | None, typer.Option(metavar="PERSON", help="A person of that team.")] = None,
    by: As = None,
    id: ActIdOption = None,
    json_wanted: Json = False,
) -> None:
    """Hand the ticket to a team, or to a person of it."""
    _act(context, {"type": "reassign", "team": team, "assignee": to, "reason": reason}, by, id, json_wanted)


@app.command()
def retry(
    context: typer.Context,
    step: Annotated[str, typer.Argument(metavar="STEP", help="As `show` names it, such as d1-refund.")],
    by: As = None,
    id: ActIdOption = None,
    json_wanted: Json = False,
) -> None:
    """Try a step again whose outcome stayed uncertain; what was done after all is found, not done twice."""
    _act(context, {"type": "retry", "step": step}, by, id, json_wanted)


def _act(context: typer.Context, fields: Fields, by: str | None, id: str | None, json_wanted: bool) -> None:
    with in_words():
        send(context.obj, fields, by, id, json_wanted)
