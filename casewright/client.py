"""The client: what other services import to submit tickets, act on them, look at them and wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from temporalio.client import Client as TemporalClient
from temporalio.client import (
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from casewright.domain.acts import Act, ActReceipt
from casewright.domain.messages import (
    ACT_REFUSED,
    ACT_UPDATE,
    POLICY_ATTRIBUTE,
    PRIORITY_ATTRIBUTE,
    STATE_ATTRIBUTE,
    STATE_QUERY,
    TELL_SIGNAL,
    TICKET_WORKFLOW,
    TicketStart,
    TicketTerms,
)
from casewright.domain.model import Frozen
from casewright.domain.refuse import Refusal, RefusalKind
from casewright.domain.state import TicketState
from casewright.domain.ticket import Submission
from casewright.payloads import data_converter
from casewright.records import reads
from casewright.records.journal import exists
from casewright.records.postgres import Pool
from casewright.records.views import TicketView
from casewright.records.watcher import JournalWatcher
from casewright.settings import Settings
from casewright.ticket_ids import ticket_id

RPC_SECONDS = timedelta(seconds=10)
CONNECT_SECONDS = 10.0
ACT_SECONDS = timedelta(seconds=30)
JOURNAL_SECONDS = 30.0
MAX_KEY = 200
Answer = TypeVar("Answer")


class TicketNotFound(LookupError):
    """There is no such ticket."""


class Unavailable(ConnectionError):
    """Temporal gave no answer; nothing is lost by trying again with the same key or act id."""


class ActRefused(Exception):
    """The ticket refused the act; ``refusal`` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


class Submitted(Frozen):
    """A ticket that was started, or that the same key had started before."""

    ticket: str
    already: bool


class Client:
    """Tickets, over Temporal; with the journal's database also for looking and waiting."""

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
        self._intake_key, self._task_queue, self._terms = intake_key, task_queue, terms or TicketTerms()
        self._pool, self._watcher = pool, watcher

    @classmethod
    async def connect(
        cls, settings: Settings, *, pool: Pool | None = None, watcher: JournalWatcher | None = None
    ) -> Client:
        """Connect as the settings say.

        Raises:
            Unavailable: Temporal gave no answer within 10 seconds.
        """
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                temporal = await TemporalClient.connect(
                    settings.temporal_address, namespace=settings.temporal_namespace, data_converter=data_converter()
                )
        except (RuntimeError, RPCError, TimeoutError) as error:
            raise Unavailable(f"Temporal at {settings.temporal_address} gave no answer") from error
        terms = TicketTerms(
            reopening_days=settings.reopening_days,
            effect_budget_seconds=settings.effect_budget_seconds,
            facts_budget_seconds=settings.facts_budget_seconds,
        )
        key = settings.intake_key.get_secret_value().encode()
        return cls(temporal, intake_key=key, task_queue=settings.task_queue, terms=terms, pool=pool, watcher=watcher)

    async def submit(self, submission: Submission, *, submitter: str, key: str) -> Submitted:
        """Start a ticket; the same submitter's same key is the same ticket, also after it closed.

        Raises:
            ValueError: the key is empty or longer than 200 characters.
            Unavailable: nobody can tell whether it was started; submit again under the same key.
        """
        if not 0 < len(key) <= MAX_KEY:
            raise ValueError(f"an idempotency key has 1 to {MAX_KEY} characters")
        ticket = ticket_id(self._intake_key, submitter, key)
        if self._pool is not None:
            async with self._pool.acquire() as connection:
                if await exists(connection, ticket):
                    return Submitted(ticket=ticket, already=True)
        start = TicketStart(ticket=ticket, submission=submission, terms=self._terms)
        try:
            await _answered(self._start(start))
        except WorkflowAlreadyStartedError:
            return Submitted(ticket=ticket, already=True)
        return Submitted(ticket=ticket, already=False)

    async def act(self, ticket: str, act: Act) -> ActReceipt:
        """Act on a ticket; returns when the journal has it. The same act id counts once.

        Raises:
            ActRefused: with the reason.
            TicketNotFound: there is no such ticket.
            Unavailable: nobody can tell whether it was taken; send the same act again.
        """

        async def update() -> ActReceipt:
            taken: ActReceipt = await self._handle(ticket).execute_update(
                ACT_UPDATE, act, id=act.id, result_type=ActReceipt, rpc_timeout=ACT_SECONDS
            )
            return taken

        try:
            receipt = await _answered(update())
        except WorkflowUpdateFailedError as error:
            raise _refused(error) from error
        except TicketNotFound:
            raise await self._gone(ticket) from None
        if self._watcher is not None:
            await self._watcher.wait_for(ticket, receipt.seq, JOURNAL_SECONDS)
        return receipt

    async def tell(self, ticket: str, act: Act) -> None:
        """Pass on a customer's answer without waiting for it to be taken.

        Raises:
            TicketNotFound: there is no such ticket.
            ActRefused: it is closed.
            Unavailable: nobody can tell whether it was passed on.
        """
        try:
            await _answered(self._handle(ticket).signal(TELL_SIGNAL, act, rpc_timeout=RPC_SECONDS))
        except TicketNotFound:
            raise await self._gone(ticket) from None

    async def view(self, ticket: str) -> TicketState:
        """The ticket's state: from the journal where there is one, else from its workflow.

        Raises:
            TicketNotFound: there is no such ticket.
            Unavailable: nobody answers.
        """
        if self._pool is not None:
            found = await reads.ticket(self._pool, ticket)
            if found is not None:
                return found.state
        return await _answered(
            self._handle(ticket).query(STATE_QUERY, result_type=TicketState, rpc_timeout=RPC_SECONDS)
        )

    async def wait(self, ticket: str, until: Callable[[TicketView], bool], timeout: float) -> TicketView:
        """The ticket once it is as wanted; the journal tells, nothing polls the workflow.

        Raises:
            TimeoutError: it isn't so after ``timeout`` seconds.
            RuntimeError: this client has no journal.
        """
        if self._watcher is None:
            raise RuntimeError("waiting needs the journal: connect the client with a pool and a watcher")
        return await self._watcher.until(ticket, until, timeout)

    def _handle(self, ticket: str) -> WorkflowHandle[object, object]:
        return self.temporal.get_workflow_handle(ticket)

    async def _start(self, start: TicketStart) -> None:
        submission = start.submission
        attributes = TypedSearchAttributes(
            [
                SearchAttributePair(SearchAttributeKey.for_keyword(name), value)
                for name, value in (
                    (POLICY_ATTRIBUTE, submission.policy),
                    (PRIORITY_ATTRIBUTE, submission.priority.value),
                    (STATE_ATTRIBUTE, "working"),
                )
            ]
        )
        await self.temporal.start_workflow(
            TICKET_WORKFLOW,
            start,
            id=start.ticket,
            task_queue=self._task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            search_attributes=attributes,
            static_summary=f"{submission.policy} · {submission.priority} · by {submission.channel}",
            rpc_timeout=RPC_SECONDS,
        )

    async def _gone(self, ticket: str) -> ActRefused | TicketNotFound:
        """No workflow takes acts any more: closed if the journal knows the ticket, else unknown."""
        if self._pool is not None and await reads.ticket(self._pool, ticket) is not None:
            return ActRefused(Refusal(kind=RefusalKind.CLOSED, reason="the ticket is closed; submit a new one"))
        return TicketNotFound(f"there is no ticket {ticket}")


async def _answered(call: Awaitable[Answer]) -> Answer:
    """Temporal's failures as ours."""
    try:
        return await call
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise TicketNotFound(str(error)) from error
        raise Unavailable(f"Temporal gave no answer: {error.status.name}") from error
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        raise Unavailable("no worker took the act in time") from error


def _refused(error: WorkflowUpdateFailedError) -> ActRefused:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type == ACT_REFUSED and cause.details:
        return ActRefused(Refusal.model_validate(cause.details[0]))
    return ActRefused(Refusal(kind=RefusalKind.CONFLICT, reason=str(cause)))
