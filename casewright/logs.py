"""Logs: what happened, to which ticket, in which trace; never what anybody wrote or who they are.

Our own lines carry ids only. Of exceptions, ours and libraries', the type and the places in the code are logged, as
their words may quote what was sent; those are in Temporal's history, for whoever may see tickets.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

from opentelemetry import trace
from temporalio import activity

from casewright.settings import LogFormat
from casewright.telemetry.temporal import activity_trace

_CHATTY = ("httpx", "httpcore", "stripe")
"""These log addresses with what is asked in them, such as a customer's mail address."""
_TICKET = re.compile(r"\bT-[0-9A-Z]{16}\b")
_ADDRESS = re.compile(r"[^\s<>\"'(),;=:/]+(?:@|%40)[^\s<>\"'(),;]+")


def configure(service: str, style: LogFormat = LogFormat.TEXT) -> None:
    """Log to standard error from now on; ``service`` is which process this is."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(service) if style is LogFormat.JSON else Lines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Its lines have callers' network addresses and whole queries; the API writes one of its own where wanted.
    logging.getLogger("uvicorn.access").disabled = True


class Lines(logging.Formatter):
    """For people: instant, level, logger, words; then what failed and where."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and one more for each place that an exception went through."""
        line = f"{_instant(record)} {record.levelname} {record.name} {words(record)}"
        return "\n".join([line, *(f"  {part}" for part in (*failure(record), *places(record)))])


class JsonLines(logging.Formatter):
    """For machines: one JSON object a line."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """The line; fields without a value are left out."""
        context = _span()
        fields = {
            "time": _instant(record),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": words(record),
            "ticket": ticket_of(record),
            "trace_id": trace.format_trace_id(context.trace_id) if context.is_valid else None,
            "span_id": trace.format_span_id(context.span_id) if context.is_valid else None,
            **getattr(record, "fields", {}),
            "error": failure(record),
            "places": places(record),
        }
        return json.dumps({name: value for name, value in fields.items() if value not in (None, [])})


def words(record: logging.LogRecord) -> str:
    """The message, without mail addresses and without what asyncio quotes of failed tasks."""
    message = record.getMessage()
    if record.name == "asyncio":
        message = message.partition("\n")[0].partition("<")[0].rstrip()
    return _ADDRESS.sub("[address]", message)


def ticket_of(record: logging.LogRecord) -> str | None:
    """The ticket that the words name, or that the activity works on."""
    if found := _TICKET.search(record.getMessage()):
        return found[0]
    workflow = activity.info().workflow_id if activity.in_activity() else None
    return workflow if workflow and _TICKET.fullmatch(workflow) else None


def failure(record: logging.LogRecord) -> list[str]:
    """The types of the exception and of those that caused it."""
    return [_type(error) for error in _errors(record)]


def places(record: logging.LogRecord) -> list[str]:
    """Where in the code the exception came by, the innermost place last."""
    return [f"{f.filename}:{f.lineno} {f.name}" for error in _errors(record) for f in _frames(error)]


def _span() -> trace.SpanContext:
    here = trace.get_current_span().get_span_context()
    return here if here.is_valid else activity_trace.get()


def _errors(record: logging.LogRecord) -> Iterator[BaseException]:
    error = record.exc_info[1] if record.exc_info else None
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _frames(error: BaseException) -> traceback.StackSummary:
    return traceback.extract_tb(error.__traceback__)


def _type(error: BaseException) -> str:
    # Of Temporal's application errors this is the name that the code gave them.
    told = getattr(error, "type", None)
    return f"{type(error).__name__} ({told})" if isinstance(told, str) else type(error).__name__


def _instant(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
