"""Waiting for the journal: one listening connection, many waiters; they are woken, and seldom look by themselves."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from types import TracebackType
from typing import TypeVar

import asyncpg  # type: ignore[import-untyped, unused-ignore]

from casewright.records import reads
from casewright.records.postgres import Connection, Pool
from casewright.records.ticket_log import CHANNEL
from casewright.records.views import TicketView

log = logging.getLogger(__name__)
Found = TypeVar("Found")

LOOK_AGAIN_SECONDS = 10.0
"""A waiter looks by itself this often: a connection can be dead without anybody having noticed."""
_RECONNECT_SECONDS = (0.05, 0.2, 1.0, 5.0)
_HAS_ROW = "SELECT EXISTS (SELECT FROM journal WHERE ticket = $1 AND seq = $2)"


class JournalWatcher:
    """Wakes those who wait for a ticket's rows; ``async with`` it. It survives a lost connection.

    It listens on a connection of its own to ``url``, the application's, and reads through ``pool``.
    """

    def __init__(self, pool: Pool, url: str) -> None:
        self._pool, self._url = pool, url
        self._waiters: dict[str, set[asyncio.Queue[int | None]]] = {}
        self._lost = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> JournalWatcher:
        connection = await self._listen()
        self._listening = asyncio.create_task(self._stay_connected(connection))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening

    async def wait_for(self, ticket: str, seq: int, timeout: float) -> None:
        """Return once the ticket's row ``seq`` is in the journal.

        Raises:
            TimeoutError: it isn't there after ``timeout`` seconds.
        """

        async def stored(told: int | None) -> bool | None:
            if told == seq:
                return True
            if told is not None:
                return None
            async with self._pool.acquire() as connection:
                return bool(await connection.fetchval(_HAS_ROW, ticket, seq)) or None

        await self._wait(ticket, stored, timeout)

    async def until(self, ticket: str, wanted: Callable[[TicketView], bool], timeout: float) -> TicketView:
        """Return the ticket once it is as wanted.

        Raises:
            TimeoutError: it isn't so after ``timeout`` seconds.
        """

        async def fitting(told: int | None) -> TicketView | None:
            view = await reads.ticket(self._pool, ticket)
            return view if view is not None and wanted(view) else None

        return await self._wait(ticket, fitting, timeout)

    async def _wait(self, ticket: str, look: Callable[[int | None], Awaitable[Found | None]], timeout: float) -> Found:
        async with asyncio.timeout(timeout):
            with self._told(ticket) as news:
                told: int | None = None
                while True:
                    found = await look(told)
                    if found is not None:
                        return found
                    try:
                        async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                            told = await news.get()
                    except TimeoutError:
                        told = None

    @contextlib.contextmanager
    def _told(self, ticket: str) -> Iterator[asyncio.Queue[int | None]]:
        """A queue of the ticket's new sequence numbers; None: look, something may have been missed."""
        news: asyncio.Queue[int | None] = asyncio.Queue()
        self._waiters.setdefault(ticket, set()).add(news)
        try:
            yield news
        finally:
            self._waiters[ticket].discard(news)
            if not self._waiters[ticket]:
                del self._waiters[ticket]

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: str) -> None:
        ticket, _, seq = payload.rpartition(":")
        for news in self._waiters.get(ticket, ()):
            news.put_nowait(int(seq))

    async def _listen(self) -> Connection:
        connection: Connection = await asyncpg.connect(self._url)
        try:
            self._lost.clear()
            connection.add_termination_listener(lambda _: self._lost.set())
            await connection.add_listener(CHANNEL, self._heard)
        except BaseException:
            await _close(connection)
            raise
        return connection

    async def _stay_connected(self, connection: Connection) -> None:
        try:
            while True:
                await self._lost.wait()
                connection = await self._reconnected()
                for news in [news for waiters in self._waiters.values() for news in waiters]:
                    news.put_nowait(None)
        finally:
            await _close(connection)

    async def _reconnected(self) -> Connection:
        for attempt in count():
            try:
                return await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("can't listen to the journal: %s: %s", type(error).__name__, error)
                await asyncio.sleep(_RECONNECT_SECONDS[min(attempt, len(_RECONNECT_SECONDS) - 1)])
        raise AssertionError("unreachable")


async def _close(connection: Connection) -> None:
    """A silent database must not hold up whoever leaves: then the connection is dropped without a good-bye."""
    try:
        await connection.close(timeout=5)
    except TimeoutError:
        connection.terminate()
