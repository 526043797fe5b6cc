"""The read table's row: a ticket's state as its journal rows add up to it, by sequence number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

from casewright.domain.agenda import waits_for
from casewright.domain.alarms import next_deadline
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
    "deadline",
    "state",
)


class Unfoldable(Exception):
    """The rows at hand make no state. While one before them is ``missing`` that may be all there is to it."""

    def __init__(self, reason: str, *, missing: bool) -> None:
        super().__init__(reason)
        self.missing = missing


def continued(state: str, rows: Sequence[EventRow]) -> TicketState:
    """The state after these rows too, in order, which all come after those in it.

    Raises:
        Unfoldable: with the reason.
    """
    before = TicketState.model_validate_json(state)
    with _unfoldable(rows, [before.seq, *(row.seq for row in rows)]):
        return fold(rows, before)


def anew(stored: Iterable[str], rows: Sequence[EventRow] = ()) -> TicketState:
    """The state that all rows add up to: those stored, in any order, and new ones.

    Raises:
        Unfoldable: with the reason.
    """
    every = sorted([*map(EventRow.model_validate_json, stored), *rows], key=lambda row: row.seq)
    with _unfoldable(rows, [0, *(row.seq for row in every)]):
        return fold(every)


@contextmanager
def _unfoldable(rows: Sequence[EventRow], seqs: Sequence[int]) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # whatever it is, it must not keep the rows out of the journal
        news = f"with row {', '.join(str(row.seq) for row in rows)}: " if rows else ""
        reason = f"{news}{type(error).__name__}: {error}".replace("\x00", "\ufffd")
        missing = any(after != before + 1 for before, after in pairwise(seqs))
        raise Unfoldable(reason, missing=missing) from error


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
        next_deadline(state),
        state.model_dump_json(),
    )
