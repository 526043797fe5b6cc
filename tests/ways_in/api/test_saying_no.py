"""Every no has one shape, says what is wrong where, and tells nothing of what was sent to the log."""

import logging

import asyncpg  # type: ignore[import-untyped, unused-ignore]
import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from temporalio.exceptions import TemporalError

from casewright.client import ActRefused, TicketNotFound, Unavailable
from casewright.domain.refuse import Refusal, RefusalKind
from starter.api.problems import ApiProblem, Code, ErrorAnswer, answer, problem
from starter.api.refusing import as_problem
from starter.api.strict_json import read_json


def refused(kind: RefusalKind) -> ActRefused:
    return ActRefused.of(Refusal(kind=kind, reason="because"))


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (refused(RefusalKind.FORBIDDEN), 403, "forbidden"),
        (refused(RefusalKind.CONFLICT), 409, "conflict"),
        (refused(RefusalKind.CLOSED), 409, "closed"),
        (TicketNotFound("T-0000000000000000"), 404, "not_found"),
        (Unavailable("x"), 503, "unavailable"),
        (TemporalError("x"), 503, "unavailable"),
        (ConnectionRefusedError("x"), 503, "unavailable"),
        (TimeoutError(), 503, "unavailable"),
        (asyncpg.CannotConnectNowError("x"), 503, "unavailable"),
        (asyncpg.AdminShutdownError("x"), 503, "unavailable"),
        (asyncpg.TooManyConnectionsError("x"), 503, "unavailable"),
        (asyncpg.InterfaceError("pool is closed"), 503, "unavailable"),
        (asyncpg.DataError("x"), 500, "internal"),
        (asyncpg.UndefinedTableError("x"), 500, "internal"),
        (KeyError("x"), 500, "internal"),
        (HTTPException(404), 404, "not_found"),
        (HTTPException(405), 405, "method_not_allowed"),
    ],
)
def test_each_error_has_its_answer(error: Exception, status: int, code: str) -> None:
    found = answer(as_problem(error))
    assert found.status_code == status
    said = ErrorAnswer.model_validate_json(bytes(found.body)).error
    assert said.code == code
    assert said.what_to_do
    assert ("retry-after" in found.headers) == (status == 503)


def test_an_unexpected_error_is_logged_by_its_place_and_not_by_its_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        try:
            raise RuntimeError("ada@example.com")
        except RuntimeError as error:
            found = answer(as_problem(error))
    assert "RuntimeError" in caplog.text
    assert "test_saying_no.py" in caplog.text
    assert "ada@example.com" not in caplog.text.replace('raise RuntimeError("ada@example.com")', "")
    assert b"ada@example.com" not in bytes(found.body)


def test_all_problems_are_listed_and_the_first_is_in_the_message() -> None:
    error = as_problem(
        RequestValidationError(
            [
                {"loc": ("body", "subject"), "type": "missing", "msg": "Field required"},
                {"loc": ("query", "limit"), "type": "int_parsing", "msg": "Input should be a valid integer"},
            ]
        )
    ).error
    assert (error.field, error.message) == ("subject", "subject: is required")
    assert error.problems is not None
    assert [one.field for one in error.problems] == ["subject", "limit"]
    assert error.what_to_do


def test_a_problem_goes_out_in_one_shape() -> None:
    assert bytes(answer(problem(400, Code.INTERNAL, "no", field="x", what_to_do="so")).body) == (
        b'{"error":{"code":"internal","message":"no","field":"x","what_to_do":"so"}}'
    )


def test_numbers_are_read_as_they_are_written() -> None:
    assert str(read_json(b'{"a": 0.1, "b": [1e3, 12345678901234567890]}')) == (
        "{'a': Decimal('0.1'), 'b': [Decimal('1E+3'), 12345678901234567890]}"
    )


@pytest.mark.parametrize("depth", [17, 900, 5_000, 100_000])
def test_nesting_has_an_end(depth: int) -> None:
    with pytest.raises(ApiProblem, match="nested"):
        read_json(b"[" * depth + b"]" * depth)
    read_json(b"[" * 16 + b"]" * 16)
