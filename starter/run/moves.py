"""What time by itself brings about on a ticket, in words, for the lines that follow the samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from casewright.domain import events as ev
from casewright.domain.events import Event, EventRow
from casewright.domain.steps import MailStep
from starter.commands.event_words import in_words

_BY_TIME = (
    ev.AtRisk,
    ev.NearlyDue,
    ev.Breached,
    ev.ApprovalPassedUp,
    ev.ApprovalReminded,
    ev.Rated,
    ev.Closed,
)
_MAILS = {
    "survey": "survey sent",
    "delay-apology": "apology for the delay sent",
    "delay-apology-credit": "apology for the delay sent, with a credit",
}
"""Mails that an alarm sends to the customer, by template."""


def by_time(rows: Sequence[EventRow], since: datetime) -> Iterator[tuple[EventRow, str]]:
    """Of a ticket's rows those that deadlines and timers brought since an instant, each in words.

    A mail is told of when it was sent, not when it was planned.
    """
    mails: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row.seq):
        if isinstance(row.event, ev.StepPlanned) and isinstance(row.event.step, MailStep):
            mails[row.event.step.id] = row.event.step.template
        words = _words(row.event, mails)
        if words is not None and row.at >= since:
            yield row, words


def _words(event: Event, mails: dict[str, str]) -> str | None:
    if isinstance(event, ev.StepDone):
        return _MAILS.get(mails.get(event.step, ""))
    return in_words(event) if isinstance(event, _BY_TIME) else None
