"""The journal's own activities: rows that no effect carries, and effects whose outcome stays uncertain."""

from __future__ import annotations

from temporalio import activity
from temporalio.exceptions import ApplicationError

from casewright.domain.effects import EffectOutcome
from casewright.domain.requests import GIVE_UP, JOURNAL, JOURNAL_CONFLICT, GivenUp, JournalRows
from casewright.domain.tempo import Tempo
from casewright.records.envelope import give_up
from casewright.records.journal import JournalConflict, flush
from casewright.records.postgres import Pool


class Journal:
    """Writes rows to PostgreSQL."""

    def __init__(self, pool: Pool, tempo: Tempo) -> None:
        self._pool, self._tempo = pool, tempo

    @activity.defn(name=JOURNAL)
    async def write(self, rows: JournalRows) -> None:
        """Append rows; those that came before must be identical.

        Raises:
            ApplicationError: ``JournalConflict``, which no retry mends.
        """
        try:
            await flush(self._pool, rows.rows, self._tempo.now())
        except JournalConflict as error:
            raise ApplicationError(str(error), type=JOURNAL_CONFLICT, non_retryable=True) from error

    @activity.defn(name=GIVE_UP)
    async def give_up(self, given_up: GivenUp) -> EffectOutcome:
        """Record that an outcome is uncertain, unless a result was stored after all: that one counts."""
        try:
            return await give_up(self._pool, given_up.call, given_up.reason, self._tempo.now())
        except JournalConflict as error:
            raise ApplicationError(str(error), type=JOURNAL_CONFLICT, non_retryable=True) from error
