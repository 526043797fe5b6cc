"""Everything at once, for tests: sandbox, PostgreSQL, Temporal, worker and client, all real."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr
from temporalio.client import WorkflowHandle

from casewright.client import Client
from casewright.domain import acts as a
from casewright.domain.messages import STATE_QUERY
from casewright.domain.money import Money
from casewright.domain.people import Actor, ActorKind
from casewright.domain.reading import state_word
from casewright.domain.state import TicketState
from casewright.domain.tempo import WALL_CLOCK, Tempo
from casewright.domain.ticket import ClaimValue, Priority, Requester, Submission
from casewright.embedded.postgres import PostgresUrls
from casewright.records import pool as pools
from casewright.records import reads
from casewright.records.people import NamedPerson, sync
from casewright.records.postgres import Pool
from casewright.records.views import LedgerEntry, TicketView
from casewright.records.watcher import JournalWatcher
from casewright.settings import Settings
from sandbox import RunningSandbox, running_sandbox
from worker import connect_temporal, running_worker

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0
"""Seconds until a test that waits says that nothing came: far beyond any machine's slowness."""
_numbers = itertools.count(1)

ROLES = {
    "agent-1": "agent",
    "senior-1": "senior-agent",
    "lead-1": "team-lead",
    "specialist-1": "billing-specialist",
    "manager-1": "support-manager",
    "manager-2": "support-manager",
    "finance-1": "finance-director",
    "security-1": "security-operations",
    "receivable-1": "accounts-receivable",
    "logistics-1": "logistics-coordinator",
    "retention-1": "customer-retention",
    "operations-1": "operations",
}


def who(name: str) -> Actor:
    """A sample person, with the roles that the database has."""
    return Actor(id=name, kind=ActorKind.PERSON, roles=(ROLES[name],))


CUSTOMER = Actor(id="portal", kind=ActorKind.SERVICE)


@dataclass
class World:
    """The parts, and what a test does with them."""

    settings: Settings
    sandbox: RunningSandbox
    pool: Pool
    watcher: JournalWatcher
    client: Client
    http: httpx.AsyncClient

    async def submit(
        self, customer: str, *, key: str | None = None, priority: Priority = Priority.LOW, **claims: ClaimValue
    ) -> str:
        """A ticket of a seeded customer; returns its id."""
        submission = Submission(
            policy="A.1",
            subject="Charged too much",
            requester=Requester(email=f"{customer}@example.com", customer=f"cus_{customer}"),
            priority=priority,
            claims=claims,
        )
        submitted = await self.client.submit(submission, submitter="portal", key=key or f"key-{next(_numbers)}")
        return submitted.ticket

    async def act(self, ticket: str, act: a.Act) -> a.ActReceipt:
        """An act, journalled when it returns."""
        return await self.client.act(ticket, act)

    async def until(self, ticket: str, *words: str) -> TicketView:
        """The ticket, once its state is one of these words."""
        return await self.watcher.until(ticket, lambda view: state_word(view.state) in words, PATIENCE)

    async def settled(self, ticket: str) -> TicketView:
        """The ticket, once nothing is under way any more."""
        return await self.watcher.until(ticket, _is_settled, PATIENCE)

    def handle(self, ticket: str) -> WorkflowHandle[object, object]:
        """The ticket's workflow."""
        return self.client.temporal.get_workflow_handle(ticket)

    async def workflow_state(self, ticket: str) -> TicketState:
        """What the workflow itself believes."""
        state: TicketState = await self.handle(ticket).query(STATE_QUERY, result_type=TicketState)
        return state

    async def believed(self, ticket: str, holds: Callable[[TicketState], bool]) -> TicketState:
        """What the workflow itself believes, once this holds: an activity's row is in the journal a moment before."""
        async with asyncio.timeout(PATIENCE):
            while not holds(state := await self.workflow_state(ticket)):
                await asyncio.sleep(0.05)
        return state

    async def refunds(self, *charges: str) -> list[int]:
        """What the gateway refunded on these charges, in cents."""
        books = self.sandbox.world.books
        return [refund.amount for charge in charges for refund in books.refunds.where("charge", charge)]

    async def entries(self, *tickets: str) -> list[LedgerEntry]:
        """The ledger entries of these tickets."""
        return [entry for ticket in tickets for entry in await reads.ledger_of(self.pool, ticket)]

    async def fault(self, **order: object) -> None:
        """Arrange for something to go wrong at the sandbox."""
        (await self.http.post("/_sandbox/faults", json=order)).raise_for_status()

    async def seed(self, **seed: object) -> None:
        """Plant customers, charges and invoices."""
        (await self.http.post("/_sandbox/seed", json=seed)).raise_for_status()

    async def duplicate(self, name: str, cents: int = 2000, *, charges: int = 2) -> None:
        """A customer charged several times under one transaction id; the invoice is ``INV-<name>``."""
        ids = [f"ch_{name}_{number}" for number in range(charges)]
        await self.seed(
            customers=[_customer(name)],
            charges=[
                {
                    "id": charge,
                    "customer": f"cus_{name}",
                    "invoice": f"in_{name}" if charge == ids[0] else None,
                    "amount": cents,
                    "currency": "usd",
                    "created": "-2d",
                    "metadata": {"transaction_id": f"txn-{name}"},
                }
                for charge in ids
            ],
            invoices=[_invoice(name, ids[0], cents)],
        )

    async def overcharge(self, name: str, charged: int, owed: int) -> None:
        """A customer charged more than the invoice ``INV-<name>`` says."""
        charge = {
            "id": f"ch_{name}",
            "customer": f"cus_{name}",
            "invoice": f"in_{name}",
            "amount": charged,
            "currency": "usd",
            "created": "-2d",
        }
        invoice = _invoice(name, f"ch_{name}", owed)
        await self.seed(customers=[_customer(name)], charges=[charge], invoices=[invoice])


def usd(cents: int) -> Money:
    """Dollars."""
    return Money.from_minor(cents, "USD")


@contextlib.asynccontextmanager
async def running_world(
    database: PostgresUrls, temporal: str, *, worker: bool = True, tempo: Tempo = WALL_CLOCK
) -> AsyncIterator[World]:
    """A world of the test's own: its database, sandbox and task queue; the Temporal server is shared."""
    async with running_sandbox(epoch=tempo.epoch, speed=tempo.speed) as sandbox:
        anchors = tempfile.TemporaryDirectory(prefix="casewright-anchors-")
        settings = Settings(
            temporal_address=temporal,
            task_queue=f"test-{next(_numbers)}-{os.getpid()}",
            database_url=SecretStr(database.application),
            migration_database_url=SecretStr(database.owner),
            handbook=ROOT / "handbook",
            intake_key=SecretStr("a test's intake key"),
            gateway_url=sandbox.http_url,
            gateway_api_key=SecretStr("sk_test_world"),
            smtp_host=sandbox.smtp_host,
            smtp_port=sandbox.smtp_port,
            identity_url=f"{sandbox.http_url}/identity",
            identity_token=SecretStr("test_world"),
            shop_url=f"{sandbox.http_url}/shop/v1",
            shop_token=SecretStr("test_world"),
            carrier_url=f"{sandbox.http_url}/carrier/v1",
            carrier_token=SecretStr("test_world"),
            facts_fresh_seconds=0,
            link_key=SecretStr("a test's link key"),
            public_url="http://api",
            anchors=Path(anchors.name),
            anchor_key=SecretStr("a test's anchor key"),
            epoch=tempo.epoch,
            speed=tempo.speed,
        )
        pool = await pools.connect(database.application)
        async with (
            JournalWatcher(pool, database.application) as watcher,
            httpx.AsyncClient(base_url=sandbox.http_url) as http,
        ):
            async with pool.acquire() as connection:
                await sync(connection, _people())
            client = await Client.connect(settings, pool=pool, watcher=watcher)
            world = World(settings, sandbox, pool, watcher, client, http)
            if worker:
                # Without the key: the server is shared, and its schedule would outlive this world.
                unanchored = settings.model_copy(update={"anchor_key": SecretStr("")})
                async with running_worker(unanchored, client=await connect_temporal(settings)):
                    yield world
            else:
                yield world
        await pool.close()
        anchors.cleanup()


@contextlib.asynccontextmanager
async def worker_process(settings: Settings, **changed: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker in a process of its own, which a test may kill; up when it says so."""
    environment = {**os.environ, **settings.as_environment(), **changed}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "worker.py", cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    drained: asyncio.Task[bytes] | None = None
    try:
        async with asyncio.timeout(PATIENCE):
            while b"worker is up" not in (line := await process.stderr.readline()):
                if not line:
                    raise RuntimeError("the worker ended before it was up")
        drained = asyncio.create_task(process.stderr.read())
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        # To its end: the pipe closes with it, and not whenever it is collected.
        await (drained or process.stderr.read())
        await process.wait()


def _is_settled(view: TicketView) -> bool:
    state = view.state
    return (
        state_word(state) != "working"
        and state.remedy is None
        and all(r.status.over or r.gate for r in state.steps.values())
    )


def _people() -> Sequence[NamedPerson]:
    return [NamedPerson(id=name, name=f"Sample {name}", kind="person", roles=(role,)) for name, role in ROLES.items()]


def _customer(name: str) -> dict[str, object]:
    return {
        "id": f"cus_{name}",
        "name": "Sample Customer",
        "email": f"{name}@example.com",
        "created": "-400d",
        "metadata": {"plan": "starter"},
    }


def _invoice(name: str, charge: str, cents: int) -> dict[str, object]:
    return {
        "id": f"in_{name}",
        "number": f"INV-{name}",
        "customer": f"cus_{name}",
        "charge": charge,
        "total": cents,
        "currency": "usd",
        "created": "-2d",
    }
