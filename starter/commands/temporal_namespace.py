"""A Temporal namespace as our programs need it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from casewright.client.connecting import target
from casewright.embedded.errors import EmbeddedServerError
from casewright.embedded.search_attributes import register_search_attributes
from casewright.search_attributes import SEARCH_ATTRIBUTES
from casewright.settings import Settings

_AGAIN_SECONDS = 1.0
_PASSING = (
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.RESOURCE_EXHAUSTED,
    # The server's parts learn of a new namespace one after the other.
    RPCStatusCode.NOT_FOUND,
)


class NotReady(RuntimeError):
    """The server gave no answer in time, or refused."""


@dataclass(frozen=True)
class Prepared:
    """What had to be done."""

    created: bool
    registered: Sequence[str]


async def prepared(settings: Settings, retention_days: int, patience: float) -> Prepared:
    """Have a namespace with the search attributes; one that exists keeps its retention.

    Args:
        settings: The server, and the namespace's name.
        retention_days: How long a namespace that is created now keeps closed workflows.
        patience: Seconds to wait for a server that is starting.

    Raises:
        NotReady: no answer in time, or the server refused; a search attribute that exists with another type, too.
    """
    deadline = time.monotonic() + patience
    created = False
    # One client that connects when it is used: each that failed to connect would leave threads behind, and with them
    # the interpreter now and then aborts at its end.
    client = await Client.connect(**target(settings), lazy=True)
    while True:
        try:
            created = await _created(client, retention_days) or created
            return Prepared(created, await register_search_attributes(client, SEARCH_ATTRIBUTES))
        except (RPCError, RuntimeError) as error:
            if not _passes(error) or time.monotonic() > deadline:
                raise NotReady(_in_words(error)) from error
        await asyncio.sleep(_AGAIN_SECONDS)


def _passes(error: Exception) -> bool:
    cause = error.__cause__ if isinstance(error, EmbeddedServerError) else error
    if isinstance(cause, RPCError):
        return cause.status in _PASSING
    # A bare RuntimeError is how the SDK says that nobody listens there.
    return not isinstance(error, EmbeddedServerError)


def _in_words(error: Exception) -> str:
    return f"{error.status.name}: {error.message}" if isinstance(error, RPCError) else str(error)


async def _created(client: Client, retention_days: int) -> bool:
    retention = Duration()
    retention.FromTimedelta(timedelta(days=retention_days))
    request = RegisterNamespaceRequest(namespace=client.namespace, workflow_execution_retention_period=retention)
    try:
        await client.workflow_service.register_namespace(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
        return False
    return True
