"""Who calls, and what they may look at. Who may act is the charter's business, asked where the act is taken."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from casewright.records import people
from casewright.records.people import Person
from casewright.records.postgres import Pool
from starter.api.problems import ApiProblem, Code, problem

MAX_TOKEN = 1_000
# Only for the API's description: `authenticate` reads the header itself, before anything of the body is read.
_DESCRIBED = HTTPBearer(auto_error=False, description="The token of a person or a service.")


async def authenticate(pool: Pool, authorization: str | None, now: datetime) -> Person:
    """Whose token it is, with the roles held now, of their own and as a deputy.

    Raises:
        ApiProblem: 401; there is no token, or it is nobody's who may come in.
    """
    scheme, _, token = (authorization or "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise _unauthenticated("this needs a token", "Send the header `Authorization: Bearer <token>`.")
    person = await people.by_token(pool, token, now) if len(token) <= MAX_TOKEN else None
    if person is None:
        raise _unauthenticated("nobody active has this token", "Ask whoever runs Casewright for a valid token.")
    return person


def _unauthenticated(message: str, what_to_do: str) -> ApiProblem:
    headers = {"WWW-Authenticate": 'Bearer realm="casewright"'}
    return problem(401, Code.UNAUTHENTICATED, message, what_to_do=what_to_do, headers=headers)


def _caller(request: Request, _: Annotated[object, Security(_DESCRIBED)] = None) -> Person:
    found: Person = request.state.caller
    return found


TheCaller = Annotated[Person, Depends(_caller)]
"""Whoever has a valid token, role or not."""


def _reader(caller: TheCaller) -> Person:
    if caller.kind == "person" and not caller.roles:
        raise problem(
            403,
            Code.FORBIDDEN,
            f"{caller.id} holds no role",
            what_to_do="Ask whoever runs Casewright for a role; it is given in the file of people.",
        )
    return caller


def _staff(caller: Annotated[Person, Depends(_reader)]) -> Person:
    if caller.kind != "person":
        raise problem(
            403,
            Code.FORBIDDEN,
            f"this is for staff; {caller.id} is a {caller.kind}",
            what_to_do="A service may submit tickets, and look at those and pass on their customers' answers.",
        )
    return caller


Reader = Annotated[Person, Depends(_reader)]
"""Staff with a role, or a service: may submit, and look at what they reach (``reach.py``)."""
Staff = Annotated[Person, Depends(_staff)]
"""Staff with a role."""
