"""A line of the log names ticket and place, and quotes nobody."""

from __future__ import annotations

import json
import logging

import pytest

from casewright.logs import JsonLines, Lines

SECRET = "quittenmus"
TICKET = "T-0123456789ABCDEF"


def record(message: str, *args: object, name: str = "casewright.worker", failed: bool = False) -> logging.LogRecord:
    """A record, of a failure where wanted."""
    error = None
    if failed:
        try:
            try:
                raise KeyError(SECRET)
            except KeyError as cause:
                raise ValueError(f"{SECRET} wrote") from cause
        except ValueError as raised:
            error = (type(raised), raised, raised.__traceback__)
    return logging.LogRecord(name, logging.WARNING, "", 0, message, args, error)


def line(told: logging.LogRecord) -> dict[str, object]:
    found: dict[str, object] = json.loads(JsonLines("worker").format(told))
    return found


def test_a_line_is_one_json_object_with_the_ticket_that_it_is_about() -> None:
    told = line(record("ticket %s can't be\nfolded", TICKET))
    assert told["ticket"] == TICKET
    assert told["message"] == f"ticket {TICKET} can't be\nfolded"
    assert (told["level"], told["service"], told["logger"]) == ("warning", "worker", "casewright.worker")
    assert "\n" not in JsonLines("worker").format(record("one\ntwo", failed=True))


@pytest.mark.parametrize("formatter", [JsonLines("api"), Lines()])
def test_of_an_exception_types_and_places_are_told_and_never_its_words(formatter: logging.Formatter) -> None:
    text = formatter.format(record("no answer", failed=True))
    assert SECRET not in text
    assert "ValueError" in text
    assert "KeyError" in text
    assert "test_logs.py" in text


@pytest.mark.parametrize("formatter", [JsonLines("api"), Lines()])
@pytest.mark.parametrize(
    "address", [f"{SECRET}@example.com", f"GET /v1/customers?email={SECRET}%40example.com&limit=2"]
)
def test_a_mail_address_in_a_librarys_words_is_left_out(formatter: logging.Formatter, address: str) -> None:
    text = formatter.format(record("asked %s just now", address))
    assert SECRET not in text
    assert "[address]" in text


def test_what_asyncio_quotes_of_a_failed_task_is_left_out() -> None:
    quoted = f"Task exception was never retrieved\nfuture: <Task finished exception=ValueError('{SECRET}')>"
    assert line(record(quoted, name="asyncio"))["message"] == "Task exception was never retrieved"
    slow = f"Executing <Task pending coro=<f('{SECRET}')>> took 0.2 seconds"
    assert line(record(slow, name="asyncio"))["message"] == "Executing"
