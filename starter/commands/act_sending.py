"""An act on its way: made from what was written, sent under an id, and its receipt told."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer
from pydantic import BaseModel, JsonValue, ValidationError

from casewright.domain.acts import ACT, Act
from casewright.domain.people import Actor, ActorKind
from starter.commands.api_calls import Api, Uncertain, api
from starter.commands.failing import WronglyUsed
from starter.commands.showing import as_json
from starter.commands.wrong_fields import Place, wrong_fields
from starter.session import settings_of_commands

Fields = dict[str, JsonValue]
ActIdOption = Annotated[
    str | None, typer.Option("--id", help="The same id counts once; default: one is made up, and told.")
]
Json = Annotated[bool, typer.Option("--json", help="For programs.")]
_OPTIONS = ("id", "code")
_WHOEVER = Actor(id="whoever-the-token-says", kind=ActorKind.PERSON)
"""An act needs an actor to be one; the API puts in who it really is."""


class Taken(BaseModel):
    """An act's receipt."""

    ticket: str
    act: str
    seq: int | None
    """Of the last event that it brought; null: that is for staff."""
    repeated: bool
    """It had come before."""


def send(
    ticket: str, fields: Fields, by: str | None, id: str | None, json_wanted: bool, *, service: bool = False
) -> None:
    """Act, and tell the receipt.

    Raises:
        CommandFailed: it was refused, or nobody can tell whether it was taken.
    """
    act = made(fields, id)
    with api(settings_of_commands(), by, service=service) as door:
        deliver(door, ticket, act, json_wanted)


def made(fields: Fields, id: str | None) -> Act:
    """The act, under its id or one made up.

    Raises:
        WronglyUsed: a field can't be what was written.
    """
    named = {**fields, "id": id or f"cli-{secrets.token_hex(8)}", "actor": _WHOEVER}
    try:
        return ACT.validate_python(named)
    except ValidationError as error:
        # The first part of a place is the act's type, which whoever wrote it knows.
        raise WronglyUsed(wrong_fields(error, _as_written, skip=1)) from error


def _as_written(place: Place) -> str:
    name = ".".join(place)
    return f"--{name}" if name in _OPTIONS else name


def deliver(door: Api, ticket: str, act: Act, json_wanted: bool) -> None:
    """Send it and tell the receipt.

    Raises:
        CommandFailed: as ``send``.
    """
    try:
        receipt = door.act(ticket, act)
    except Uncertain as error:
        raise Uncertain(f"{error}; send it again with --id {act.id}: it counts once") from error
    taken = Taken(ticket=ticket, act=act.id, seq=receipt.seq, repeated=receipt.repeated)
    if json_wanted:
        as_json(taken)
    elif not receipt.journalled:
        typer.echo(f"{act.type.replace('_', ' ')} is taken (act {act.id}), and will soon be in the journal")
    else:
        words = "had been taken before" if taken.repeated else "is taken"
        typer.echo(f"{act.type.replace('_', ' ')} {words} (act {act.id}); see `casewright show {ticket} --events`")
