"""Temporal that isn't there, or doesn't answer: the caller knows within seconds."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from casewright.client import Client, Unavailable
from casewright.domain import acts as a
from casewright.domain.people import Actor, ActorKind
from casewright.domain.ticket import Requester, Submission
from casewright.settings import Settings

TICKET = "T-0000000000000000"
SUBMISSION = Submission(policy="A.1", subject="Charged twice", requester=Requester(email="ada@example.com"))
ANSWER = a.CustomerAnswer(id="1", actor=Actor(id="portal", kind=ActorKind.SERVICE), message="Yes.")
A_FEW_SECONDS = 15.0


@contextlib.asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """Takes connections and says nothing."""
    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for writer in writers:
            writer.transport.abort()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def check(port: int) -> None:
    settings = Settings(temporal_address=f"127.0.0.1:{port}", intake_key=SecretStr("a test's"))
    client = await Client.connect(settings, lazy=True)
    began = time.monotonic()
    answers = await asyncio.gather(
        client.submit(SUBMISSION, submitter="portal", key="1"),
        client.act(TICKET, ANSWER),
        client.tell(TICKET, ANSWER),
        client.view(TICKET),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [Unavailable] * len(answers)
    assert time.monotonic() - began < A_FEW_SECONDS


async def test_a_temporal_that_is_not_there_is_unavailable_within_seconds() -> None:
    await check(closed_port())


async def test_a_temporal_that_takes_the_connection_and_never_answers_is_unavailable_within_seconds() -> None:
    async with silent_server() as port:
        await check(port)


async def test_connecting_at_once_says_so_too() -> None:
    with pytest.raises(Unavailable, match="gave no answer"):
        await Client.connect(Settings(temporal_address=f"127.0.0.1:{closed_port()}", intake_key=SecretStr("a test's")))
