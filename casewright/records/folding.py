"""The read table's row: a ticket's state as its journal rows add up to it, by sequence number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from casewright.domain.agenda import waits_for
from casewright.domain.events import EventRow
from casewright.domain.evolve import fold
from casewright.domain.reading import state_word
from casewright.domain.state import TicketState

COLUMNS = (
    "policy",
    "rule",
    "phase",
    "standing",
    "ownership",
    "team",
    "assignee",
    "priority",
    "waits_for",
    "subject",
    "customer",
    "email",
    "seq",
    "submitted_at",
    "updated_at",
    "resolved_at",
    "state",
)


class Unfoldable(Exception):
    """The rows at hand make no state: one is missing as yet, or there is a defect."""


def continued(state: str, rows: Sequence[EventRow]) -> TicketState:
    """The state after these rows too, in order, which all come after those in it.

    Raises:
        Unfoldable: with the reason.
    """
    with _unfoldable(rows):
        return fold(rows, TicketState.model_validate_json(state))


def anew(stored: Iterable[str], rows: Sequence[EventRow] = ()) -> TicketState:
    """The state that all rows add up to: those stored, in any order, and new ones.

    Raises:
        Unfoldable: with the reason.
    """
    with _unfoldable(rows):
        every = [*map(EventRow.model_validate_json, stored), *rows]
        return fold(sorted(every, key=lambda row: row.seq))


@contextmanager
def _unfoldable(rows: Sequence[EventRow]) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # whatever it is, it must not keep the rows out of the journal
        news = f"with row {', '.join(str(row.seq) for row in rows)}: " if rows else ""
        reason = f"{news}{type(error).__name__}: {error}".replace("\x00", "\ufffd")
        raise Unfoldable(reason) from error


def columns(state: TicketState) -> tuple[object, ...]:
    """The values of ``COLUMNS``."""
    submission = state.submission
    return (
        submission.policy,
        state.ruling.rule if state.ruling else None,
        state.phase,
        state_word(state),
        state.ownership,
        state.team,
        state.assignee,
        state.priority,
        waits_for(state).replace("\x00", "\ufffd"),  # words of outside systems, which PostgreSQL's text may not hold
        submission.subject,
        submission.requester.customer,
        submission.requester.email,
        state.seq,
        state.submitted_at,
        state.folded_at,
        state.resolved_at,
        state.model_dump_json(),
    )
