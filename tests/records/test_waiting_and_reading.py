"""Screens read tables, and are woken instead of polling."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from casewright.domain import events as ev
from casewright.domain.clocks import Clock, CommitmentKind, Milestone
from casewright.domain.entitlement import Entitlement
from casewright.embedded.postgres import PostgresUrls
from casewright.records import reads
from casewright.records.journal import append, flush
from casewright.records.ordering import BadCursor, TicketOrder
from casewright.records.postgres import Connection, Pool
from casewright.records.views import TicketFilter
from casewright.records.watcher import JournalWatcher
from tests.records.story import NOON, Story


@pytest.fixture
async def watcher(pool: Pool, database: PostgresUrls) -> AsyncIterator[JournalWatcher]:
    """A watcher of the test's own database."""
    async with JournalWatcher(pool, database.application) as watching:
        yield watching


async def test_who_waits_for_a_row_is_woken_by_it_and_not_by_another(
    pool: Pool, watcher: JournalWatcher, story: Story
) -> None:
    waiting = asyncio.create_task(watcher.wait_for(story.ticket, 3, timeout=30))
    await flush(pool, [story.row(ev.Noted(message="two"))])
    await watcher.wait_for(story.ticket, 2, timeout=30)
    assert not waiting.done()
    before = time.monotonic()
    await flush(pool, [story.row(ev.Noted(message="three"))])
    await waiting
    assert time.monotonic() - before < 5


async def test_a_row_that_is_there_already_is_not_waited_for(watcher: JournalWatcher, story: Story) -> None:
    await watcher.wait_for(story.ticket, 1, timeout=30)


async def test_many_wait_for_one_ticket_until_it_is_as_each_wants(
    pool: Pool, watcher: JournalWatcher, story: Story
) -> None:
    waiting = [asyncio.create_task(watcher.until(story.ticket, lambda v: v.state.seq >= 3, 30)) for _ in range(30)]
    for _ in range(3):
        await flush(pool, [story.row(ev.Noted(message="more"))])
    assert {view.id for view in await asyncio.gather(*waiting)} == {story.ticket}


async def test_waiting_ends_in_time_and_leaves_nothing_behind(watcher: JournalWatcher, story: Story) -> None:
    with pytest.raises(TimeoutError):
        await watcher.wait_for(story.ticket, 99, timeout=0.05)
    with pytest.raises(TimeoutError):
        await watcher.until("T-9999999999999999", lambda _: True, timeout=0.05)
    assert watcher._waiters == {}


class NotedPool:
    """A pool that says when it was used."""

    def __init__(self, pool: Pool) -> None:
        self._pool, self.used = pool, asyncio.Event()

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        """Borrow a connection."""
        async with self._pool.acquire() as connection:
            yield connection
        self.used.set()

    async def close(self) -> None:
        """Close all."""
        await self._pool.close()


async def test_what_was_written_while_the_connection_was_lost_is_seen_after_all(
    pool: Pool, story: Story, database: PostgresUrls, owner: Any
) -> None:
    name = await owner.fetchval("SELECT current_database()")
    listening = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    noted = NotedPool(pool)
    async with JournalWatcher(noted, database.application) as watcher, pool.acquire() as connection:
        waiting = asyncio.create_task(watcher.wait_for(story.ticket, 2, timeout=30))
        await noted.used.wait()
        # Nobody can connect until the row is there.
        await owner.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
        await connection.fetchval("SELECT pg_terminate_backend($1)", await connection.fetchval(listening))
        async with connection.transaction():
            await append(connection, [story.row(ev.Noted(message="in between"))])
        await owner.execute(f"ALTER DATABASE {name} CONNECTION LIMIT -1")
        before = time.monotonic()
        await waiting
        assert time.monotonic() - before < 5
        await flush(pool, [story.row(ev.Noted(message="afterwards"))])
        await watcher.wait_for(story.ticket, 3, timeout=30)


async def test_lists_are_filtered_and_paged_newest_first_without_gaps(pool: Pool) -> None:
    for number in range(1, 8):
        story = Story(number)
        owned = ev.Owned(ownership="exception", team="billing" if number % 2 else "policy-exception", reason="gap")
        await flush(pool, [story.submitted(), story.row(owned)])
    seen, after = [], None
    while True:
        page = await reads.tickets(pool, TicketFilter(policy="A.1"), limit=3, after=after)
        seen += [ticket.id for ticket in page.tickets]
        after = page.after
        if after is None:
            break
    assert seen == [Story(number).ticket for number in range(7, 0, -1)]
    billing = await reads.tickets(pool, TicketFilter(team="billing", phase="open"))
    assert [ticket.id for ticket in billing.tickets] == [Story(number).ticket for number in (7, 5, 3, 1)]
    assert (await reads.tickets(pool, TicketFilter(assignee="mia"))).tickets == ()


async def due(pool: Pool, number: int, hours: int | None) -> str:
    """A ticket with one promise of so many hours, or with none."""
    story = Story(number)
    await flush(pool, [story.submitted()])
    if hours is not None:
        clock = Clock(
            id="first-contact",
            name="first contact",
            kind=CommitmentKind.PROMISE,
            source="HB A.1",
            span=f"{hours} h",
            met_by=Milestone.ANSWERED,
            started=NOON,
        )
        await flush(pool, [story.row(ev.ClocksSet(entitlement=Entitlement(clocks=(clock,))))])
    return story.ticket


@pytest.mark.parametrize("limit", [1, 2, 7])
async def test_lists_by_deadline_are_paged_without_gaps_and_what_has_none_comes_last(pool: Pool, limit: int) -> None:
    hours = {1: 8, 2: None, 3: 2, 4: 8, 5: None, 6: 1}
    ids = {number: await due(pool, number, h) for number, h in hours.items()}
    seen, after = [], None
    while True:
        page = await reads.tickets(pool, order=TicketOrder.DEADLINE, limit=limit, after=after)
        seen += [ticket.id for ticket in page.tickets]
        after = page.after
        if after is None:
            break
    assert seen == [ids[number] for number in (6, 3, 1, 4, 2, 5)]


async def test_the_cursor_of_a_list_by_deadline_is_none_of_the_newest(pool: Pool) -> None:
    with pytest.raises(BadCursor):
        await reads.tickets(pool, after="none~T-0000000000000001")


@pytest.mark.parametrize("cursor", ["", "x", "2026-01-01T00:00:00~T", "2026-01-01T00:00:00+00:00", "~"])
async def test_a_cursor_that_no_page_gave_is_an_error_that_says_so(pool: Pool, cursor: str) -> None:
    with pytest.raises(BadCursor):
        await reads.tickets(pool, after=cursor)


async def test_rows_are_read_from_where_the_reader_is(pool: Pool, story: Story) -> None:
    await flush(pool, [story.row(ev.Noted(message="two")), story.row(ev.Noted(message="three"))])
    assert [row.seq for row in await reads.rows(pool, story.ticket, after_seq=1)] == [2, 3]
    assert await reads.rows(pool, "T-9999999999999999") == []
    assert await reads.ticket(pool, "T-9999999999999999") is None


async def test_times_keep_their_microseconds(pool: Pool, story: Story, owner: Any) -> None:
    row = story.row(ev.Noted(message="exact"))
    exact = row.model_copy(update={"at": row.at + timedelta(microseconds=123_457)})
    await flush(pool, [exact])
    view = await reads.ticket(pool, story.ticket)
    assert view is not None
    assert view.updated_at == exact.at
