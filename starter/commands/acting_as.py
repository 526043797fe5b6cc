"""Who the command line acts as: a named sample person, the environment's token, or a sample agent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import SecretStr

from casewright.identity import ListedPerson, PeopleError, read_people
from casewright.policy.problems import nearest
from casewright.settings import Settings
from starter.commands.failing import CommandFailed, WronglyUsed

USUAL_ROLE = "agent"
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="PERSON",
        help="A sample person, such as manager-gwen; default: who CASEWRIGHT_API_TOKEN is, or an agent.",
    ),
]


def token(settings: Settings, person: str | None, *, service: bool = False) -> SecretStr | None:
    """The token to come in with; None: there is none, and the API will say so.

    Args:
        settings: With the people file and the environment's token.
        person: Who was named.
        service: What is to be done is for services, so a sample service is usual.

    Raises:
        CommandFailed: the person isn't listed, or their token isn't kept in the open.
    """
    if person is not None:
        return _token_of(person, _listed_or_fail(settings))
    if settings.api_token.get_secret_value():
        return settings.api_token
    known = [p for p in sample_people(settings) if p.token is not None]
    usual = next((p for p in known if (p.kind == "service" if service else USUAL_ROLE in p.roles)), None)
    return SecretStr(usual.token) if usual is not None and usual.token is not None else None


def sample_people(settings: Settings) -> Sequence[ListedPerson]:
    """Those of the people file; nobody where there is none."""
    if settings.people is None:
        return ()
    try:
        return read_people(settings.people)
    except PeopleError as error:
        raise CommandFailed(str(error)) from error


def someone_who_may(settings: Settings, roles: Sequence[str]) -> str | None:
    """A sample person who holds one of these roles, the lowest first."""
    people = [p for p in sample_people(settings) if p.token is not None and p.active]
    return next((p.id for role in roles for p in people if role in p.roles), None)


def _listed_or_fail(settings: Settings) -> Sequence[ListedPerson]:
    if settings.people is None:
        raise CommandFailed(
            "--as needs the file of people, and nothing runs here: start with `make run`, or set CASEWRIGHT_PEOPLE."
        )
    return sample_people(settings)


def _token_of(person: str, listed: Sequence[ListedPerson]) -> SecretStr:
    for one in listed:
        if one.id == person:
            if one.token is None:
                raise CommandFailed(f"{person}'s token isn't in the file: use CASEWRIGHT_API_TOKEN, not --as")
            return SecretStr(one.token)
    raise WronglyUsed(f"there is nobody called {person!r}{nearest(person, [p.id for p in listed])}")
