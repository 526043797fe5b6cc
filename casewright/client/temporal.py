"""Tickets as Temporal has them: each call answered within seconds, its failures as ours."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from datetime import timedelta
from typing import TypeVar

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client as TemporalClient
from temporalio.client import (
    RPCTimeoutOrCancelledError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from casewright.client.errors import ActRefused, TicketNotFound, Unavailable
from casewright.client.presentation import attributes, details, summary
from casewright.domain.acts import Act, ActReceipt
from casewright.domain.evolve import act_digest
from casewright.domain.messages import (
    ACT_REFUSED,
    ACT_UPDATE,
    STATE_QUERY,
    TELL_SIGNAL,
    TICKET_WORKFLOW,
    TicketStart,
)
from casewright.domain.refuse import Refusal
from casewright.domain.state import TicketState
from casewright.domain.ticket import Submission

QUICK_SECONDS = 6.0
ACT_SECONDS = 30.0
"""An act waits for a worker, which may be busy or just starting again."""
SUSPICIOUS_SECONDS = 3.0
"""After so long without an answer Temporal is asked whether it is there at all."""
Answer = TypeVar("Answer")


class TicketProcesses:
    """The workflows of tickets. Everything may raise ``Unavailable``."""

    def __init__(self, client: TemporalClient, task_queue: str) -> None:
        self.client, self._task_queue = client, task_queue

    async def start(self, start: TicketStart) -> None:
        """Start a ticket, unless one of its id was ever started.

        Raises:
            WorkflowAlreadyStartedError: it was.
        """
        submission = start.submission
        await _answered(
            start.ticket,
            QUICK_SECONDS,
            self.client.start_workflow(
                TICKET_WORKFLOW,
                start,
                id=start.ticket,
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                search_attributes=attributes(submission),
                static_summary=summary(submission),
                static_details=details(submission),
                rpc_timeout=timedelta(seconds=QUICK_SECONDS),
            ),
        )

    async def act(self, ticket: str, act: Act) -> ActReceipt:
        """Send an act and wait for its receipt.

        Raises:
            ActRefused: with the reason.
            TicketNotFound: nothing of that id runs.
        """
        # The server answers a resend with the first receipt; another act under the same id must reach the ticket, which
        # refuses it: so the content is part of the update's id.
        update = self._handle(ticket).execute_update(
            ACT_UPDATE,
            act,
            id=f"{act.id}/{act_digest(act)}",
            result_type=ActReceipt,
            rpc_timeout=timedelta(seconds=ACT_SECONDS),
        )
        try:
            return await _answered(ticket, ACT_SECONDS, self._patiently(ticket, update))
        except WorkflowUpdateFailedError as error:
            raise _refused(error) from error

    async def _patiently(self, ticket: str, call: Coroutine[None, None, Answer]) -> Answer:
        """Wait for a worker's answer as long as Temporal itself is there."""
        asked = asyncio.ensure_future(call)
        try:
            done, _ = await asyncio.wait({asked}, timeout=SUSPICIOUS_SECONDS)
            if not done:
                await self.is_known(ticket)
            return await asked
        except BaseException:
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
            raise

    async def tell(self, ticket: str, act: Act) -> None:
        """Signal an act.

        Raises:
            TicketNotFound: nothing of that id runs.
        """
        signal = self._handle(ticket).signal(TELL_SIGNAL, act, rpc_timeout=timedelta(seconds=QUICK_SECONDS))
        await _answered(ticket, QUICK_SECONDS, signal)

    async def state(self, ticket: str) -> TicketState:
        """Ask the process itself.

        Raises:
            TicketNotFound: Temporal doesn't know it.
        """
        limit = timedelta(seconds=QUICK_SECONDS)
        query = self._handle(ticket).query(STATE_QUERY, result_type=TicketState, rpc_timeout=limit)
        return await _answered(ticket, QUICK_SECONDS, query)

    async def is_known(self, ticket: str) -> bool:
        """Whether Temporal remembers the ticket, running or ended."""
        try:
            await _answered(ticket, QUICK_SECONDS, self._handle(ticket).describe())
        except TicketNotFound:
            return False
        return True

    async def submission(self, ticket: str) -> Submission | None:
        """What the ticket was started with, from its history: no worker is needed; None when that is gone."""
        try:
            return await _answered(ticket, QUICK_SECONDS, self._first_input(ticket))
        except TicketNotFound:
            return None

    async def _first_input(self, ticket: str) -> Submission | None:
        async for event in self._handle(ticket).fetch_history_events(page_size=1):
            if event.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
                break
            payloads = event.workflow_execution_started_event_attributes.input.payloads
            (start,) = await self.client.data_converter.decode(payloads, [TicketStart])
            return start.submission if isinstance(start, TicketStart) else None
        return None

    def _handle(self, ticket: str) -> WorkflowHandle[object, object]:
        return self.client.get_workflow_handle(ticket)


async def _answered(ticket: str, seconds: float, call: Awaitable[Answer]) -> Answer:
    try:
        async with asyncio.timeout(seconds):
            return await call
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise TicketNotFound(ticket) from error
        raise Unavailable(f"Temporal gave no answer: {error.status.name.lower()}") from error
    # A client that connects when it is first used says by RuntimeError that it can't.
    except (TimeoutError, RuntimeError, RPCTimeoutOrCancelledError, WorkflowQueryFailedError) as error:
        raise Unavailable("Temporal, or a worker of its, gave no answer in time") from error


def _refused(error: WorkflowUpdateFailedError) -> ActRefused | Unavailable:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type == ACT_REFUSED and cause.details:
        return ActRefused.of(Refusal.model_validate(cause.details[0]))
    return Unavailable(f"the act failed: {type(cause).__name__}")
