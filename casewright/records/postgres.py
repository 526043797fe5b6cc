"""What we use of asyncpg, which comes without types."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

Record = Mapping[str, Any]


class Connection(Protocol):
    """A connection, or a pool's proxy of one."""

    async def execute(self, query: str, *args: object, timeout: float | None = None) -> str:
        """Run a statement; without arguments, several."""

    async def fetch(self, query: str, *args: object, timeout: float | None = None) -> Sequence[Record]:
        """All rows."""

    async def fetchrow(self, query: str, *args: object, timeout: float | None = None) -> Record | None:
        """The first row, or None."""

    async def fetchval(self, query: str, *args: object, timeout: float | None = None) -> Any:
        """The first column of the first row, or None."""

    async def copy_records_to_table(self, table_name: str, *, records: Sequence[Sequence[object]]) -> str:
        """COPY tuples into a table."""

    def cursor(self, query: str, *args: object, prefetch: int | None = None) -> AsyncIterator[Record]:
        """Rows in pages, inside a transaction."""

    def transaction(self, *, isolation: str | None = None, readonly: bool = False) -> AbstractAsyncContextManager[Any]:
        """A transaction, or a savepoint inside one."""

    async def add_listener(self, channel: str, callback: Callable[..., None]) -> None:
        """Call back with (connection, pid, channel, payload)."""

    def add_termination_listener(self, callback: Callable[..., None]) -> None:
        """Call back when the connection ends, however it ends."""

    def terminate(self) -> None: ...

    def is_closed(self) -> bool:
        """Whether it ended."""

    async def close(self, *, timeout: float | None = None) -> None:
        """End it."""


class Pool(Protocol):
    """A pool of connections."""

    def acquire(self) -> AbstractAsyncContextManager[Connection]:
        """Borrow a connection."""

    async def close(self) -> None:
        """Wait for borrowed connections, and close all."""
