"""The one shape in which the API says no."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from fastapi import HTTPException
from fastapi.responses import JSONResponse

from casewright.domain.model import Frozen

RETRY_SECONDS = 5
CORRECT = "Correct what `problems` names and send it again under the same key or id; nothing has happened yet."


class Code(StrEnum):
    """What sort of no it is, for programs; the message is for people."""

    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    TOO_LARGE = "too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    MALFORMED = "malformed"
    INVALID = "invalid"
    CONFLICT = "conflict"
    CLOSED = "closed"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


class FieldProblem(Frozen):
    """What is wrong with one part of the request."""

    field: str
    """Where in the body (``claims.invoice``), or the name of a header, query or path parameter; "" is the whole."""
    message: str
    expected: Literal["money"] | None = None
    """For programs that write it in a form of their own."""


class Error(Frozen):
    """What was wrong, and what to do about it."""

    code: Code
    message: str
    field: str | None = None
    what_to_do: str | None = None
    """Every no to a request has it."""
    problems: tuple[FieldProblem, ...] | None = None
    """With ``invalid``: everything that is wrong; the message tells the first of them."""


class ErrorAnswer(Frozen):
    """The body of every answer that is a no."""

    error: Error


class ApiProblem(HTTPException):
    """A no, with its status; FastAPI lets it through wherever it is raised."""

    def __init__(self, status: int, error: Error, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, detail=error.message, headers=headers)
        self.error = error


def problem(
    status: int,
    code: Code,
    message: str,
    *,
    what_to_do: str,
    field: str | None = None,
    headers: dict[str, str] | None = None,
) -> ApiProblem:
    """A no about one thing."""
    return ApiProblem(status, Error(code=code, message=message, field=field, what_to_do=what_to_do), headers)


def invalid(problems: tuple[FieldProblem, ...]) -> ApiProblem:
    """A no about the request's content, with everything that is wrong."""
    first = problems[0]
    message = f"{first.field}: {first.message}" if first.field else first.message
    return ApiProblem(
        422,
        Error(
            code=Code.INVALID,
            message=message,
            field=first.field or None,
            what_to_do=CORRECT,
            problems=problems,
        ),
    )


def unavailable(message: str, what_to_do: str) -> ApiProblem:
    """A no for now."""
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return problem(503, Code.UNAVAILABLE, message, what_to_do=what_to_do, headers=headers)


def answer(problem: ApiProblem) -> JSONResponse:
    """The no as it goes out."""
    body = ErrorAnswer(error=problem.error).model_dump(mode="json", exclude_none=True)
    return JSONResponse(body, problem.status_code, headers=problem.headers)
