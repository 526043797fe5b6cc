"""Questions to servers and programs whose answers prove that they work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg  # type: ignore[import-untyped, unused-ignore]
import httpx
import psutil
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from casewright.domain.messages import TASK_QUEUE
from starter.run.programs import NotYet

_SECONDS = 5.0
Question = Callable[[int], Awaitable[None]]


def page(url: str) -> Question:
    """Whether the program with this process id answers 200 there: another run's may listen where ours should."""

    async def ask(pid: int) -> None:
        if not _listens(pid, httpx.URL(url).port):
            raise NotYet(f"it doesn't listen at {url} yet")
        try:
            async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
                answer = await client.get(url)
        except httpx.HTTPError as error:
            raise NotYet(f"no answer from {url}: {type(error).__name__}") from error
        if answer.status_code != 200:
            raise NotYet(f"{url} answers {answer.status_code}: {answer.text[:200]}")

    return ask


def _listens(pid: int, port: int | None) -> bool:
    try:
        found = psutil.Process(pid).net_connections("tcp")
    except psutil.Error:
        return False  # it ended, which is seen elsewhere
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in found)


def poller(client: Client) -> Question:
    """Whether the worker with this process id asks Temporal for work."""

    async def ask(pid: int) -> None:
        request = DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=TASK_QUEUE),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        try:
            answer = await client.workflow_service.describe_task_queue(request)
        except RPCError as error:
            raise NotYet(f"Temporal can't tell: {error.message}") from error
        if not any(p.identity.startswith(f"{pid}@") for p in answer.pollers):
            raise NotYet("it doesn't ask Temporal for work yet")

    return ask


async def database(url: str) -> None:
    """Whether PostgreSQL answers a query.

    Raises:
        NotYet: with its reason.
    """
    try:
        connection = await asyncpg.connect(url, timeout=_SECONDS)
        try:
            await connection.fetchval("SELECT 1", timeout=_SECONDS)
        finally:
            await connection.close(timeout=_SECONDS)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, ValueError) as error:
        raise NotYet(f"{type(error).__name__}: {error}") from error


async def temporal(client: Client) -> None:
    """Whether Temporal's service says that it serves.

    Raises:
        NotYet: with its reason.
    """
    try:
        async with asyncio.timeout(_SECONDS):
            healthy = await client.service_client.check_health()
    except (RPCError, RuntimeError, TimeoutError) as error:
        raise NotYet(f"{type(error).__name__}: {error}") from error
    if not healthy:
        raise NotYet("it says that it doesn't serve")
