"""From settings to connections: Temporal's, for worker, API and commands alike, and the terms that tickets get."""

from __future__ import annotations

import asyncio
import os
from typing import NotRequired, TypedDict

from temporalio.client import Client as TemporalClient
from temporalio.envconfig import ClientConfigProfile, ClientConnectConfig
from temporalio.service import RetryConfig, RPCError, TLSConfig

from casewright.client.errors import Unavailable
from casewright.domain.messages import TicketTerms
from casewright.payloads import data_converter
from casewright.settings import Settings
from casewright.telemetry.temporal import interceptors

CONNECT_SECONDS = 8.0
PATIENCE = RetryConfig(max_elapsed_time_millis=4_000, max_retries=5)
_FILES = ("TEMPORAL_CONFIG_FILE", "TEMPORAL_PROFILE")
_OURS = ("TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE")
"""Where to connect is a setting of ours: ``make run`` has a server of its own beside any that the environment names."""


class BadConnection(ValueError):
    """What the environment says of the connection to Temporal can't be used; in words for whoever set it."""


class Target(TypedDict):
    """Arguments of Temporal's ``Client.connect`` that say where to and how."""

    target_host: str
    namespace: str
    tls: bool | TLSConfig
    api_key: NotRequired[str]
    rpc_metadata: NotRequired[dict[str, str]]


def target(settings: Settings) -> Target:
    """Where to connect, with TLS and API key by settings of ours, else by Temporal's own ``TEMPORAL_…`` variables.

    Temporal's configuration file is read only where TEMPORAL_CONFIG_FILE or TEMPORAL_PROFILE names it: nobody's own
    profile slips into a run. An API key brings TLS along; without TLS none is sent.

    Raises:
        BadConnection: a file or profile that is named doesn't exist or can't be read, or a value is none.
    """
    where = Target(target_host=settings.temporal_address, namespace=settings.temporal_namespace, tls=False)
    if settings.temporal_tls is False:
        return where
    theirs = _theirs()
    key = settings.temporal_api_key.get_secret_value() or theirs.get("api_key")
    tls = theirs.get("tls", False) or bool(settings.temporal_tls or settings.temporal_api_key.get_secret_value())
    if tls is False:
        return where
    where["tls"] = tls
    if key:
        where["api_key"] = key
    if metadata := theirs.get("rpc_metadata"):
        where["rpc_metadata"] = dict(metadata)
    return where


def _theirs() -> ClientConnectConfig:
    named = {name: value for name, value in os.environ.items() if name.startswith("TEMPORAL_") and name not in _OURS}
    try:
        profile = ClientConfigProfile.load(disable_file=named.keys().isdisjoint(_FILES), override_env_vars=named)
        return profile.to_client_connect_config()
    except (RuntimeError, ValueError, OSError) as error:
        raise BadConnection(f"the TEMPORAL_… variables can't be used: {error}") from error


async def connected(settings: Settings) -> TemporalClient:
    """A client with the project's payloads, for a process that waits for Temporal as long as it takes.

    Raises:
        BadConnection: the environment says what can't be used.
    """
    return await TemporalClient.connect(
        **target(settings), data_converter=data_converter(), interceptors=interceptors(settings)
    )


async def temporal(settings: Settings, *, lazy: bool = False) -> TemporalClient:
    """A client with the project's payloads.

    Raises:
        Unavailable: Temporal gave no answer within seconds.
        BadConnection: the environment says what can't be used.
    """
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            return await TemporalClient.connect(
                **target(settings),
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
