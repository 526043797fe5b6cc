"""The samples on their way: what is known of each, and whether it has settled as expected."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from casewright.domain.messages import STATE_QUERY
from casewright.domain.state import Phase, TicketState
from casewright.domain.tempo import Tempo
from casewright.records import reads
from casewright.records.postgres import Pool
from casewright.records.views import TicketView
from starter.run import pace
from starter.run.outcome import Outcome, in_any_order, outcome
from starter.run.samples import Sample
from starter.run.settled import at_rest, contradictions
from starter.run.world import look_at


@dataclass
class Standing:
    """One sample on its way."""

    sample: Sample
    ticket: str | None = None
    view: TicketView | None = None
    acts_left: int = 0
    problem: str | None = None
    """Why it goes no further; such a sample has failed."""
    waits: str = "to be submitted"
    """What keeps it from having settled, as far as the ticket itself does not say it."""
    complete: bool = False
    """Whether the journal was found to tell all of the workflow, for the view at hand."""
    outcome: Outcome | None = None
    differences: list[str] | None = None
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def as_expected(self) -> bool | None:
        """None while it is open."""
        if self.problem is not None:
            return False
        return None if self.differences is None else not self.differences

    @property
    def reasons(self) -> list[str]:
        """Why it isn't as expected."""
        return [self.problem] if self.problem else self.differences or []


class Board:
    """All samples; ``refresh`` it again and again."""

    def __init__(
        self, samples: tuple[Sample, ...], pool: Pool, temporal: Client, sandbox_url: str, tempo: Tempo
    ) -> None:
        self.standings = [Standing(sample, acts_left=len(sample.acts)) for sample in samples]
        self._pool, self._temporal, self._sandbox_url = pool, temporal, sandbox_url
        self.tempo = tempo

    @property
    def head(self) -> str | None:
        """What time it is for the tickets, where that isn't the wall clock's."""
        return pace.in_words(self.tempo)

    def of(self, name: str) -> Standing:
        """The standing of a sample."""
        return next(standing for standing in self.standings if standing.sample.name == name)

    @property
    def finished(self) -> bool:
        """Whether every sample settled, or failed."""
        return all(standing.as_expected is not None for standing in self.standings)

    @property
    def all_as_expected(self) -> bool:
        """Whether every sample ended as its file says."""
        return all(standing.as_expected for standing in self.standings)

    @property
    def progress(self) -> tuple[object, ...]:
        """Something that differs whenever anything moved."""
        return tuple(
            (s.ticket, s.acts_left, s.problem, s.complete, s.view and (s.view.seq, s.view.updated_at, s.view.waits_for))
            for s in self.standings
        )

    async def refresh(self) -> None:
        """Read what the journal tells by now, and judge what has settled."""
        moved = [standing for standing in self.standings if await self._look(standing)]
        if moved or any(s.complete and s.differences is None for s in self.standings):
            await self._judge()

    async def _look(self, standing: Standing) -> bool:
        """Whether the sample has just been found complete."""
        if standing.ticket is None:
            return False
        view = await reads.ticket(self._pool, standing.ticket)
        if view != standing.view:
            standing.view, standing.complete, standing.differences = view, False, None
        if view is None:
            standing.waits = "its first rows in the journal"
            return False
        if standing.complete or not at_rest(view.state):
            return False
        if standing.acts_left:
            standing.waits = f"its scripted act: {standing.sample.acts[-standing.acts_left].type}"
            return False
        found = await self._contradictions(view)
        standing.waits, standing.complete = "; ".join(found), not found
        return standing.complete

    async def _contradictions(self, view: TicketView) -> list[str]:
        try:
            handle = self._temporal.get_workflow_handle(view.id)
            lived = await handle.query(STATE_QUERY, result_type=TicketState)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND and view.phase is Phase.CLOSED:
                return []  # Its history is gone, as it should be in time.
            return [f"the workflow can't be asked: {error.message}"]
        except WorkflowQueryFailedError as error:
            return [f"the workflow can't be asked: {error}"]
        return contradictions(await reads.rows(self._pool, view.id), view.state, lived)

    async def _judge(self) -> None:
        world = await look_at(self._sandbox_url)
        for standing in self.standings:
            if standing.complete and standing.differences is None and standing.view is not None:
                ledger = await reads.ledger_of(self._pool, standing.view.id)
                standing.outcome = outcome(standing.view, world, ledger)
        for group in self._groups():
            found = [s.outcome for s in group if s.complete and s.outcome is not None]
            if len(found) == len(group):
                for standing, words in zip(group, in_any_order([s.sample.expect for s in group], found), strict=True):
                    standing.differences = words
                    standing.settled.set()

    def _groups(self) -> list[list[Standing]]:
        """Samples that are judged together: those of one group, and each other by itself."""
        groups: dict[str, list[Standing]] = {}
        for standing in self.standings:
            groups.setdefault(standing.sample.group or f"/{standing.sample.name}", []).append(standing)
        return list(groups.values())
