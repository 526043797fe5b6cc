"""Plays the samples: submits them as the portal does, and acts as the sample people do, each once for good."""

from __future__ import annotations

import asyncio
from typing import Protocol

from pydantic import JsonValue

from casewright.records import reads
from casewright.records.postgres import Pool
from casewright.records.watcher import JournalWatcher
from starter.run.board import Board, Standing
from starter.run.racing import every
from starter.run.samples import Sample, ScriptedAct

_AT_ONCE = 6
"""Submissions under way at a time: more only make a small machine queue."""
_LOOK_AGAIN_SECONDS = 3600.0


class NotTaken(Exception):
    """The API refused a submission or an act for good; the message says why."""


class Door(Protocol):
    """The way in that the samples take."""

    async def submit(self, sample: Sample, key: str) -> str:
        """The ticket's id, the same for the same key.

        Raises:
            NotTaken: refused.
        """

    async def act(self, ticket: str, by: str, act_id: str, body: dict[str, JsonValue]) -> None:
        """Taken once, however often it comes.

        Raises:
            NotTaken: refused.
        """


class Player:
    """Plays every sample of a board."""

    def __init__(self, board: Board, door: Door, pool: Pool, watcher: JournalWatcher, generation: str) -> None:
        self._board, self._door, self._pool, self._watcher = board, door, pool, watcher
        self._generation = generation
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def play(self) -> None:
        """Submit and act until every script is at its end."""
        await every(*(self._play(standing) for standing in self._board.standings))

    async def _play(self, standing: Standing) -> None:
        sample = standing.sample
        try:
            if sample.after is not None:
                standing.waits = f"{sample.after} to settle"
                await self._board.of(sample.after).settled.wait()
            async with self._turn:
                standing.waits = "its submission's receipt"
                standing.ticket = await self._door.submit(sample, f"sample-{sample.name}-{self._generation}")
            standing.waits = ""
            for number, act in enumerate(sample.acts, start=1):
                await self._act(standing.ticket, act, f"sample-{self._generation}-{sample.name}-{number}")
                standing.acts_left -= 1
        except NotTaken as refusal:
            standing.problem = str(refusal)
            standing.settled.set()

    async def _act(self, ticket: str, act: ScriptedAct, act_id: str) -> None:
        """Wait for its moment, unless an earlier run took it already."""
        if await self._taken(ticket, act_id):
            return
        view = await self._watcher.until(
            ticket, lambda view: view.standing == act.when and view.state.remedy is None, _LOOK_AGAIN_SECONDS
        )
        # What the person was shown is what the verdict is on.
        shown = view.state.approval.plan_hash if view.state.approval else None
        await self._door.act(ticket, act.by, act_id, act.body(shown))

    async def _taken(self, ticket: str, act_id: str) -> bool:
        return any(row.act == act_id for row in await reads.rows(self._pool, ticket))
