"""Tickets for other services: submitted, acted on, looked at, waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio.client import Client as TemporalClient
from temporalio.exceptions import WorkflowAlreadyStartedError

from casewright.client import connecting, ids
from casewright.client.errors import TicketClosed, TicketNotFound, Unavailable
from casewright.client.journal import JournalReader
from casewright.client.receipts import Submitted, Taken
from casewright.client.temporal import TicketProcesses
from casewright.client.viewing import view_of
from casewright.domain.acts import Act
from casewright.domain.messages import TicketStart, TicketTerms
from casewright.domain.people import ActorKind
from casewright.domain.ticket import Submission
from casewright.records.postgres import Pool
from casewright.records.views import TicketView
from casewright.records.watcher import JournalWatcher
from casewright.settings import Settings

JOURNAL_SECONDS = 10.0
POLL_SECONDS = (0.1, 0.3, 1.0, 2.0)
"""Between questions to a ticket's process, where there is no journal to be told by."""


class Client:
    """Tickets, over Temporal; with the journal's database also for looking and waiting without asking workflows."""

    def __init__(
        self,
        temporal: TemporalClient,
        *,
        intake_key: bytes,
        task_queue: str,
        terms: TicketTerms | None = None,
        pool: Pool | None = None,
        watcher: JournalWatcher | None = None,
    ) -> None:
        self.temporal = temporal
        self._intake_key, self._terms = intake_key, terms or TicketTerms()
        self._processes, self._journal = TicketProcesses(temporal, task_queue), JournalReader(pool, watcher)

    @classmethod
    async def connect(
        cls,
        settings: Settings,
        *,
        pool: Pool | None = None,
        watcher: JournalWatcher | None = None,
        lazy: bool = False,
    ) -> Client:
        """Connect as the settings say; ``lazy``: with the first call, so that it may come up later.

        Raises:
            Unavailable: Temporal gave no answer within seconds.
        """
        temporal = await connecting.temporal(settings, lazy=lazy)
        terms = connecting.terms(settings)
        key = settings.intake_key.get_secret_value().encode()
        return cls(temporal, intake_key=key, task_queue=settings.task_queue, terms=terms, pool=pool, watcher=watcher)

    def now(self) -> datetime:
        """The instant that its tickets live in: what is done to them is stamped with it."""
        return self._terms.tempo.now()

    @property
    def reopening(self) -> timedelta:
        """How long after its end the customer can take up a ticket that is submitted now."""
        return timedelta(days=self._terms.reopening_days)

    async def submit(
        self, submission: Submission, *, submitter: str, key: str, kind: ActorKind = ActorKind.SERVICE
    ) -> Submitted:
        """Start a ticket; the same submitter's same key is the same ticket, also after it closed.

        Raises:
            InvalidSubmission: the key is empty or longer than 200 characters, or the submitter is no id.
            Unavailable: nobody can tell whether it was started; submit again under the same key.
        """
        ticket = self.ticket_of(submitter, key)
        if await self._journal.knows(ticket):
            return await self._submitted_before(ticket, submission)
        try:
            start = TicketStart(
                ticket=ticket, submission=submission, submitter=submitter, submitter_kind=kind, terms=self._terms
            )
            await self._processes.start(start)
        except WorkflowAlreadyStartedError:
            return await self._submitted_before(ticket, submission)
        return Submitted(ticket=ticket, already=False)

    def ticket_of(self, submitter: str, key: str) -> str:
        """The id of the ticket that this submitter's key stands for, submitted or not.

        Raises:
            InvalidSubmission: as ``submit``.
        """
        return ids.ticket_of(self._intake_key, submitter, key)

    async def knows(self, ticket: str) -> bool:
        """Whether there is, or was, such a ticket.

        Raises:
            Unavailable: nobody answers.
        """
        return ids.is_ticket(ticket) and (await self._journal.knows(ticket) or await self._processes.is_known(ticket))

    async def act(self, ticket: str, act: Act) -> Taken:
        """Act on a ticket; returns when the journal has it, or says that it isn't known to. The same id counts once.

        Raises:
            ActRefused: with the reason; ``TicketClosed`` when it takes no such act any more.
            TicketNotFound: there is no such ticket.
            Unavailable: nobody can tell whether it was taken; send the same act again.
        """
        ids.require_ticket(ticket)
        try:
            receipt = await self._processes.act(ticket, act)
        except TicketNotFound:
            raise await self._gone(ticket) from None
        journalled = await self._journal.has(ticket, receipt.seq, JOURNAL_SECONDS)
        return Taken(seq=receipt.seq, repeated=receipt.repeated, journalled=journalled)

    async def tell(self, ticket: str, act: Act) -> None:
        """Pass on a customer's answer without waiting for it to be taken.

        Raises:
            TicketNotFound: there is no such ticket.
            TicketClosed: it is closed.
            Unavailable: nobody can tell whether it was passed on; send the same act again.
        """
        ids.require_ticket(ticket)
        try:
            await self._processes.tell(ticket, act)
        except TicketNotFound:
            raise await self._gone(ticket) from None

    async def view(self, ticket: str) -> TicketView:
        """The ticket: from the journal where it has it, else from its process.

        Raises:
            TicketNotFound: there is no such ticket.
            Unavailable: nobody answers.
        """
        ids.require_ticket(ticket)
        return await self._journal.view(ticket) or view_of(await self._processes.state(ticket))

    async def wait(self, ticket: str, until: Callable[[TicketView], bool], timeout: float) -> TicketView:
        """The ticket once it is as wanted; the journal tells, and only without one the process is asked.

        Raises:
            TimeoutError: it isn't so after ``timeout`` seconds.
            TicketNotFound: there is no such ticket.
            Unavailable: nobody answers.
        """
        ids.require_ticket(ticket)
        if self._journal.watcher is not None:
            return await self._journal.watcher.until(ticket, until, timeout)
        async with asyncio.timeout(timeout):
            pauses = iter(POLL_SECONDS)
            pause = POLL_SECONDS[-1]
            while not until(view := await self.view(ticket)):
                pause = next(pauses, pause)
                await asyncio.sleep(pause)
            return view

    async def _submitted_before(self, ticket: str, submission: Submission) -> Submitted:
        try:
            known = await self._journal.view(ticket)
            before = known.state.submission if known else await self._processes.submission(ticket)
        except Unavailable:
            before = None
        return Submitted(ticket=ticket, already=True, differs=None if before is None else before != submission)

    async def _gone(self, ticket: str) -> TicketClosed | TicketNotFound:
        """No process takes messages any more: closed if anybody remembers the ticket, else unknown."""
        return TicketClosed.for_good() if await self.knows(ticket) else TicketNotFound(ticket)
