"""Signs the heads of the journal's chains into a folder outside the database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from temporalio import activity

from casewright.domain.anchoring import ANCHOR
from casewright.records.anchors import anchor
from casewright.records.postgres import Pool


class Anchoring:
    """Writes digests."""

    def __init__(self, pool: Pool, folder: Path, key: bytes) -> None:
        self._pool, self._folder, self._key = pool, folder, key

    @activity.defn(name=ANCHOR)
    async def anchor(self) -> str:
        """Write the next digest; returns its file's name. A digest lists only what no earlier one does.

        It is stamped by the wall clock, however fast tickets' time runs: it is a proof for the world outside.
        """
        return (await anchor(self._pool, self._folder, self._key, datetime.now(UTC))).name
