"""Everything that can go wrong, as an answer."""

from __future__ import annotations

import logging
import traceback

import asyncpg  # type: ignore[import-untyped, unused-ignore]
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from temporalio.exceptions import TemporalError

from casewright.client import ActRefused, TicketNotFound, Unavailable
from casewright.domain.refuse import RefusalKind
from starter.api.problems import ApiProblem, Code, invalid, problem, unavailable
from starter.api.validation import field_problems

log = logging.getLogger("casewright.api")
DATABASE_IS_DOWN = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.InsufficientResourcesError,
)
"""How it shows that the database gives no answer; a ``TimeoutError`` is an ``OSError``."""

REFUSALS = {
    RefusalKind.FORBIDDEN: (
        403,
        Code.FORBIDDEN,
        "Ask somebody to do it who may; roles are given in the file of people.",
    ),
    RefusalKind.CONFLICT: (409, Code.CONFLICT, "Look at the ticket as it is now."),
    RefusalKind.CLOSED: (
        409,
        Code.CLOSED,
        "A resolved ticket opens again when the customer answers; otherwise submit a new one.",
    ),
}
_FRAMEWORK = {
    404: (Code.NOT_FOUND, "Look for the address in the description at /docs."),
    405: (Code.METHOD_NOT_ALLOWED, "Use a method that the header Allow names; /docs describes them."),
}
_OTHERWISE = (Code.MALFORMED, "Send the request as the description at /docs has it.")
NO_SUCH_TICKET = "Check its id. A service reaches only tickets that it submitted itself."
_AGAIN = "Send the same request again; with the same key or act id it counts once."


def as_problem(error: Exception) -> ApiProblem:
    """The no that an error comes to. Nothing of what was sent gets into the log."""
    match error:
        case ApiProblem():
            return error
        case RequestValidationError():
            return invalid(field_problems(error.errors()))
        case ActRefused(refusal=refusal):
            status, code, what_to_do = REFUSALS[refusal.kind]
            return problem(status, code, refusal.reason, what_to_do=what_to_do)
        case TicketNotFound():
            return problem(404, Code.NOT_FOUND, "there is no such ticket", what_to_do=NO_SUCH_TICKET)
        case HTTPException():
            return _of_the_framework(error)
        case Unavailable() | TemporalError():
            return _down("Temporal or its worker", error)
    if isinstance(error, DATABASE_IS_DOWN) and not isinstance(error, asyncpg.DataError):
        return _down("the database", error)
    return _unexpected(error)


def _of_the_framework(error: HTTPException) -> ApiProblem:
    code, what_to_do = _FRAMEWORK.get(error.status_code, _OTHERWISE)
    words = str(error.detail).lower()
    return problem(error.status_code, code, words, what_to_do=what_to_do, headers=dict(error.headers or {}))


def _down(what: str, error: Exception) -> ApiProblem:
    log.warning("%s gave no answer: %s", what, type(error).__name__)
    return unavailable(f"{what} gave no answer in time", _AGAIN)


def _unexpected(error: Exception) -> ApiProblem:
    """A mistake of ours. Its place is logged, not its words: they may quote what a customer wrote."""
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("unexpected %s\n%s", type(error).__name__, places)
    return problem(500, Code.INTERNAL, "something went wrong on our side", what_to_do=_AGAIN)
