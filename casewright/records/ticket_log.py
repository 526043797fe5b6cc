"""One ticket's rows under its lock: what is stored, what is new, and the one statement that adds it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from casewright.domain.events import EventRow
from casewright.domain.state import TicketState
from casewright.records import folding
from casewright.records.chain import link, says_the_same, text_of
from casewright.records.postgres import Connection, Record

log = logging.getLogger(__name__)

CHANNEL = "casewright_journal"
"""NOTIFY channel; one payload ``<ticket>:<seq>`` for each row."""

_LOCK = "SELECT position, head, folded_seq, unfolded, state FROM ticket WHERE id = $1 FOR UPDATE"
_CREATE = """
INSERT INTO ticket (id) VALUES ($1) ON CONFLICT (id) DO NOTHING
RETURNING position, head, folded_seq, unfolded, state
"""
_STORED = "SELECT seq, body FROM journal WHERE ticket = $1 AND seq = ANY($2::int[])"
_ALL = "SELECT body FROM journal WHERE ticket = $1"
_WRITE = """
WITH added AS (
    INSERT INTO journal (ticket, seq, position, at, actor, act, type, body, prev_hash, hash)
    SELECT $1::text, * FROM unnest($2::int[], $3::int[], $4::timestamptz[], $5::text[], $6::text[], $7::text[],
                                   $8::text[], $9::bytea[], $10::bytea[])
)
UPDATE ticket
SET (position, head, {columns}) = ($11, $12, {values})
WHERE id = $1
RETURNING (SELECT count(pg_notify('{channel}', $1 || ':' || seq)) FROM unnest($2::int[]) AS seq)
"""


def _write(*columns: str) -> str:
    values = ", ".join(f"${n}" for n in range(13, 13 + len(columns)))
    return _WRITE.format(columns=", ".join(columns), values=values, channel=CHANNEL)


_WRITE_FOLDED = _write("unfolded", "folded_seq", *folding.COLUMNS)
_WRITE_UNFOLDED = _write("unfolded")


class JournalConflict(RuntimeError):
    """A row came again and differed: a defect. What is stored stays as it is."""

    def __init__(self, ticket: str, seq: int, stored: str, offered: str) -> None:
        super().__init__(f"row {seq} of ticket {ticket} is in the journal already, with another content")
        self.ticket, self.seq, self.stored, self.offered = ticket, seq, stored, offered


async def open_log(connection: Connection, ticket: str, seqs: Iterable[int]) -> TicketLog:
    """Lock the ticket until the transaction ends, and read what is stored under these numbers."""
    head = await connection.fetchrow(_LOCK, ticket)
    if head is None:
        # Ours when it was created; else somebody else has created it just now.
        head = await connection.fetchrow(_CREATE, ticket) or await connection.fetchrow(_LOCK, ticket)
    assert head is not None
    # A statement of its own: it must see what was committed while we waited for the lock.
    stored = await connection.fetch(_STORED, ticket, list(seqs)) if head["position"] else []
    return TicketLog(connection, ticket, head, {row["seq"]: row["body"] for row in stored})


class TicketLog:
    """A ticket's rows, while we hold its lock."""

    def __init__(self, connection: Connection, ticket: str, head: Record, stored: dict[int, str]) -> None:
        self._connection, self._ticket, self._head, self._stored = connection, ticket, head, stored

    def stored(self, seq: int) -> EventRow | None:
        """The row under one of the numbers that the log was opened with."""
        text = self._stored.get(seq)
        return EventRow.model_validate_json(text) if text is not None else None

    def missing(self, rows: Iterable[EventRow]) -> list[EventRow]:
        """Those that aren't stored yet.

        Raises:
            JournalConflict: one is stored with another content.
        """
        missing = []
        for row in rows:
            if row.ticket != self._ticket:
                raise ValueError(f"a row of {row.ticket} among those of {self._ticket}")
            text = self._stored.get(row.seq)
            if text is None:
                missing.append(row)
            elif not says_the_same(text, row):
                raise JournalConflict(self._ticket, row.seq, text, text_of(row))
        return missing

    async def write(self, rows: Sequence[EventRow]) -> TicketState | None:
        """Add rows that are ``missing``, and fold them: once in a transaction, as the head is not read again.

        Returns the state after them; None when nothing was missing, or they can't be folded.

        Rows that can't be folded are stored all the same: the journal is the truth, and what is missing may come next.
        The last good state stays, the reason is kept beside it and logged, and the next row folds everything anew.
        """
        if not rows:
            return None
        rows = sorted(rows, key=lambda row: row.seq)
        try:
            state = await self._fold(rows)
        except folding.Unfoldable as problem:
            level = logging.DEBUG if problem.missing else logging.ERROR
            log.log(level, "ticket %s can't be folded %s", self._ticket, problem)
            await self._connection.fetchval(_WRITE_UNFOLDED, *self._linked(rows), str(problem))
            return None
        folded_seq = max(self._head["folded_seq"], rows[-1].seq)
        await self._connection.fetchval(_WRITE_FOLDED, *self._linked(rows), None, folded_seq, *folding.columns(state))
        return state

    def _linked(self, rows: Sequence[EventRow]) -> tuple[object, ...]:
        """The rows as columns, each linked to the one before; then the position and hash of the chain's new head."""
        texts, hashes = [text_of(row) for row in rows], [bytes(self._head["head"])]
        for text in texts:
            hashes.append(link(hashes[-1], text))
        first = self._head["position"] + 1
        end = first + len(rows)
        return (
            self._ticket,
            [row.seq for row in rows],
            list(range(first, end)),
            [row.at for row in rows],
            [row.actor.id for row in rows],
            [row.act for row in rows],
            [row.event.type for row in rows],
            texts,
            hashes[:-1],
            hashes[1:],
            end - 1,
            hashes[-1],
        )

    async def _fold(self, rows: Sequence[EventRow]) -> TicketState:
        head = self._head
        if not head["position"]:
            return folding.anew((), rows)
        if head["unfolded"] is None and head["folded_seq"] < rows[0].seq:
            return folding.continued(head["state"], rows)
        # A result whose number was reserved comes after rows with higher numbers; or folding failed before.
        stored = await self._connection.fetch(_ALL, self._ticket)
        return folding.anew((row["body"] for row in stored), rows)
