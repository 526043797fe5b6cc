"""From settings to connections: Temporal's, and the terms that tickets get."""

from __future__ import annotations

import asyncio

from temporalio.client import Client as TemporalClient
from temporalio.service import RetryConfig, RPCError

from casewright.client.errors import Unavailable
from casewright.domain.messages import TicketTerms
from casewright.payloads import data_converter
from casewright.settings import Settings
from casewright.telemetry.temporal import interceptors

CONNECT_SECONDS = 8.0
PATIENCE = RetryConfig(max_elapsed_time_millis=4_000, max_retries=5)


async def temporal(settings: Settings, *, lazy: bool = False) -> TemporalClient:
    """A client with the project's payloads.

    Raises:
        Unavailable: Temporal gave no answer within seconds.
    """
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            return await TemporalClient.connect(
                settings.temporal_address,
                namespace=settings.temporal_namespace,
                data_converter=data_converter(),
                interceptors=interceptors(settings),
                retry_config=PATIENCE,
                lazy=lazy,
            )
    except (RuntimeError, RPCError, TimeoutError) as error:
        raise Unavailable(f"Temporal at {settings.temporal_address} gave no answer") from error


def terms(settings: Settings) -> TicketTerms:
    """What a ticket that is submitted now lives by."""
    return TicketTerms(
        reopening_days=settings.reopening_days,
        effect_budget_seconds=settings.effect_budget_seconds,
        facts_budget_seconds=settings.facts_budget_seconds,
        tempo=settings.tempo,
    )
