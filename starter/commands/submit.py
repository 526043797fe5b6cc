"""``casewright submit``: a request of a customer becomes a ticket."""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, JsonValue, ValidationError

from casewright.domain.ticket import Priority, Submission
from starter.commands.acting_as import As
from starter.commands.api_calls import Uncertain, api
from starter.commands.claim_options import CLAIM_HELP, claims_of
from starter.commands.failing import WronglyUsed, in_words
from starter.commands.showing import as_json
from starter.commands.wrong_fields import Place, wrong_fields
from starter.session import settings_of_commands


class Receipt(BaseModel):
    """What came of it."""

    ticket: str
    already: bool
    """The same key had submitted it before."""
    key: str


def submit(
    policy: Annotated[str | None, typer.Option(help="Such as A.1.")] = None,
    subject: Annotated[str | None, typer.Option(help="One line.")] = None,
    email: Annotated[str | None, typer.Option(help="The customer's reply address.")] = None,
    customer: Annotated[str | None, typer.Option(help="The customer's account, where it is known.")] = None,
    name: Annotated[str | None, typer.Option(help="The customer's name.")] = None,
    priority: Annotated[Priority | None, typer.Option(help="As the customer chose it; default: low.")] = None,
    body: Annotated[str | None, typer.Option(help="The request in the customer's words.")] = None,
    claim: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help=CLAIM_HELP)] = None,
    file: Annotated[str | None, typer.Option(help="A JSON submission, or - for stdin; options win over it.")] = None,
    key: Annotated[str | None, typer.Option(help="The same key is the same ticket; default: one is made up.")] = None,
    by: As = None,
    json_wanted: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Submit a request: it is decided and carried out from here on (`casewright show`)."""
    used = key or f"cli-{secrets.token_hex(8)}"
    requester = {"email": email, "customer": customer, "name": name}
    given = {"policy": policy, "subject": subject, "priority": priority, "body": body}
    with in_words():
        submission = _submission(_document(file), given, requester, claims_of(claim or []))
        with api(settings_of_commands(), by) as door:
            try:
                submitted = door.submit(submission, used)
            except Uncertain as error:
                raise Uncertain(f"{error}; submit it again with --key {used}: it can't become two tickets") from error
    receipt = Receipt(ticket=submitted.ticket, already=submitted.already, key=used)
    if json_wanted:
        as_json(receipt)
    else:
        words = "was submitted before under this key" if receipt.already else "is submitted"
        typer.echo(f"{receipt.ticket} {words} (key {used}); see `casewright show {receipt.ticket}`")
        if submitted.differs:
            typer.echo("what was submitted then had another content, and that one counts", err=True)


def _document(source: str | None) -> dict[str, JsonValue]:
    """The file's JSON object; empty without a file."""
    if source is None:
        return {}
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        read = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise WronglyUsed(f"{source} can't be read: {error}") from error
    if not isinstance(read, dict):
        raise WronglyUsed(f"{source} isn't a JSON object: it has policy, subject, requester and claims")
    return read


def _submission(
    document: dict[str, JsonValue],
    given: dict[str, str | None],
    requester: dict[str, str | None],
    claims: dict[str, JsonValue],
) -> Submission:
    whole = {"channel": "staff", **document, **_told(given)}
    for part, values in (("requester", _told(requester)), ("claims", claims)):
        known = whole.get(part, {})
        whole[part] = {**known, **values} if isinstance(known, dict) else known
    try:
        return Submission.model_validate(whole)
    except ValidationError as error:
        raise WronglyUsed(wrong_fields(error, _as_written)) from error


def _told(values: dict[str, str | None]) -> dict[str, JsonValue]:
    return {name: value for name, value in values.items() if value is not None}


def _as_written(place: Place) -> str:
    match place:
        case ("requester", field) | (("policy" | "subject" | "priority" | "body") as field,):
            return f"--{field}"
        case ("claims", *names) if names:
            return f"--claim {'.'.join(names)}"
        case _:
            return ".".join(place)
