"""Reaching a Temporal that asks for TLS: by Temporal's own variables, for worker and clients alike."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.api.workflowservice.v1 import GetSystemInfoRequest
from temporalio.client import Client

from casewright.client import connecting
from casewright.client.errors import Unavailable
from casewright.embedded.temporal import TemporalServer
from casewright.settings import Settings
from worker import connect_temporal

PAPERS = Path(__file__).parent / "tls"
CERTIFICATE, KEY = PAPERS / "certificate.pem", PAPERS / "key.pem"
"""Made for these tests, for 127.0.0.1; nobody else trusts it."""


@pytest.fixture
async def by_tls(temporal: TemporalServer) -> AsyncIterator[str]:
    """The address of a door to the real server that only lets in TLS."""
    host, _, port = temporal.address.rpartition(":")
    papers = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    papers.load_cert_chain(CERTIFICATE, KEY)
    papers.set_alpn_protocols(["h2"])

    async def let_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection(host, int(port))
        await asyncio.gather(_pass_on(reader, outer), _pass_on(inner, writer))

    server = await asyncio.start_server(let_in, "127.0.0.1", 0, ssl=papers)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def answers(client: Client) -> bool:
    """Whether it is a Temporal that answers."""
    return bool((await client.workflow_service.get_system_info(GetSystemInfoRequest())).server_version)


async def test_worker_and_clients_reach_a_server_behind_tls_by_temporals_own_variables(
    by_tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_TLS_SERVER_CA_CERT_PATH", str(CERTIFICATE))
    settings = Settings(temporal_address=by_tls)
    assert await answers(await connect_temporal(settings))
    assert await answers(await connecting.temporal(settings))


async def test_a_server_whose_certificate_nobody_vouches_for_is_not_trusted(by_tls: str) -> None:
    with pytest.raises(Unavailable):
        await connecting.temporal(Settings(temporal_address=by_tls, temporal_tls=True))


async def test_a_server_behind_tls_is_not_reached_without(by_tls: str) -> None:
    with pytest.raises(Unavailable):
        await connecting.temporal(Settings(temporal_address=by_tls))
