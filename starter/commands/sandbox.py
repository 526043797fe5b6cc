"""``casewright sandbox``: the stand-in outside world's payments, mailbox, faults and clock."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import BaseModel, JsonValue, TypeAdapter

from starter.commands.failing import WronglyUsed, in_words
from starter.commands.sandbox_answers import SandboxClock, SandboxFault, SandboxMail, SandboxState
from starter.commands.sandbox_calls import ask
from starter.commands.showing import as_json, console, instant, plain, table

app = typer.Typer(help="Look into the sandbox, and arrange what goes wrong.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="For programs.")]
_SECONDS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}
_FAULTS = "/_sandbox/faults"


@app.command()
def charges(
    customer: Annotated[str | None, typer.Option(help="Only this customer's, such as cus_ada.")] = None,
    json_wanted: Json = False,
) -> None:
    """What was charged, and what of it was given back."""
    with in_words():
        books = ask(TypeAdapter(SandboxState), "GET", "/_sandbox/state").books
    found = sorted((one for one in books.charges if customer in (None, one.customer)), key=lambda one: one.id)
    paid = {invoice.charge: invoice.number for invoice in books.invoices if invoice.charge}
    rows = [
        (one.id, paid.get(one.id, ""), one.customer, str(one.taken), str(one.given_back), one.words, instant(one.at))
        for one in found
    ]
    _tell(found, ("Charge", "Invoice", "Customer", "Charged", "Given back", "State", "At (UTC)"), rows, json_wanted)


@app.command()
def mailbox(
    to: Annotated[str | None, typer.Option(help="Only to this address.")] = None,
    json_wanted: Json = False,
) -> None:
    """The messages that customers got, oldest first."""
    with in_words():
        found = ask(TypeAdapter(list[SandboxMail]), "GET", "/mailbox", params={"to": to} if to else {})
    rows = [(instant(one.received_at), ", ".join(one.recipients), plain(one.subject)) for one in found]
    _tell(found, ("At (UTC)", "To", "Subject"), rows, json_wanted)


@app.command()
def faults(json_wanted: Json = False) -> None:
    """What goes wrong on purpose, spent faults too, with how often each was hit."""
    with in_words():
        found = ask(TypeAdapter(list[SandboxFault]), "GET", _FAULTS)
    rows = [(one.id, one.target, one.kind, one.path or "any", one.limit, str(one.hits)) for one in found]
    _tell(found, ("Fault", "Target", "Kind", "Path", "Times", "Hits"), rows, json_wanted)


@app.command()
def fault(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="payments or smtp.")],
    kind: Annotated[str, typer.Argument(metavar="KIND", help="latency, error, lost_answer or outage.")],
    path: Annotated[str | None, typer.Option(help="Glob over the URL's path, such as /v1/refunds.")] = None,
    method: Annotated[str | None, typer.Option(help="Such as POST.")] = None,
    times: Annotated[int | None, typer.Option(help="How many requests meet it; default: all.")] = None,
    latency_ms: Annotated[int | None, typer.Option(help="Of a latency.")] = None,
    status: Annotated[int | None, typer.Option(help="Of an error.")] = None,
    mode: Annotated[str | None, typer.Option(help="Of an outage: answer or refuse.")] = None,
    json_wanted: Json = False,
) -> None:
    """Let something go wrong from now on; `casewright sandbox repair` ends it."""
    asked = {"target": target, "kind": kind, "path": path, "method": method, "times": times}
    order: dict[str, JsonValue] = {**asked, "latency_ms": latency_ms, "status": status, "mode": mode}
    with in_words():
        body = {name: value for name, value in order.items() if value is not None}
        made = ask(TypeAdapter(SandboxFault), "POST", _FAULTS, body=body)
    if json_wanted:
        as_json(made)
    else:
        typer.echo(f"{made.id}: {made.kind} of {made.target}, {made.limit}; end it with `casewright sandbox repair`")


@app.command()
def repair(
    id: Annotated[str | None, typer.Argument(metavar="FAULT", help="Default: every one.")] = None,
) -> None:
    """End a fault, or all of them."""
    with in_words():
        ask(TypeAdapter(None), "DELETE", f"{_FAULTS}/{id}" if id else _FAULTS)
    typer.echo(f"{id or 'every fault'} is ended")


@app.command()
def clock(
    ahead: Annotated[str | None, typer.Argument(metavar="SPAN", help="Move it forward: 90s, 30min, 25h or 2d.")] = None,
    json_wanted: Json = False,
) -> None:
    """The sandbox's time; with a span it is moved forward, for instance past the life of idempotency keys."""
    with in_words():
        shape = TypeAdapter(SandboxClock)
        if ahead is None:
            reading = ask(shape, "GET", "/_sandbox/clock")
        else:
            reading = ask(shape, "POST", "/_sandbox/clock", body={"advance_seconds": _seconds(ahead)})
    if json_wanted:
        as_json(reading)
    else:
        typer.echo(f"{instant(reading.now)} UTC at the sandbox")


def _seconds(span: str) -> int:
    found = re.fullmatch(r"([0-9]{1,9})(s|min|h|d)", span)
    if found is None:
        raise WronglyUsed(f"{span!r} isn't a span: write it as 90s, 30min, 25h or 2d")
    return int(found[1]) * _SECONDS[found[2]]


def _tell(found: Sequence[BaseModel], titles: Sequence[str], rows: Sequence[Sequence[str]], json_wanted: bool) -> None:
    if json_wanted:
        typer.echo(json.dumps([one.model_dump(mode="json") for one in found], indent=2))
        return
    if not rows:
        typer.echo("there is none")
        return
    shown = table(*titles)
    for row in rows:
        shown.add_row(*row)
    console().print(shown)
