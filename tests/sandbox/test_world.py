"""Seeds, restarts, resets, pages, and the sandbox as a process."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import httpx
import pytest
import stripe

from sandbox import RunningSandbox, running_sandbox
from sandbox.clock import SandboxClock
from sandbox.faults.rules import FaultKind, FaultOrder, Target
from sandbox.seeding import DEFAULT_SEEDS, plant, plant_files
from sandbox.world import World
from tests.sandbox.seed import NOON, SEED, STRIPE_WARNING, official_client

pytestmark = pytest.mark.filterwarnings(STRIPE_WARNING)


async def test_a_restart_keeps_refunds_keys_and_the_clock(tmp_path: Path) -> None:
    state = tmp_path / "kept" / "state.json"
    async with running_sandbox(state=state, clock=lambda: NOON) as first, official_client(first.http_url) as gateway:
        plant(first.world, SEED)
        async with httpx.AsyncClient(base_url=first.http_url) as admin:
            await admin.post("/_sandbox/clock", json={"advance_seconds": 60})
        refund = await gateway.v1.refunds.create_async({"charge": "ch_1"}, {"idempotency_key": "k"})
    async with (
        running_sandbox(state=state, clock=lambda: NOON, seeds=DEFAULT_SEEDS) as second,
        official_client(second.http_url) as gateway,
    ):
        again = await gateway.v1.refunds.create_async({"charge": "ch_1"}, {"idempotency_key": "k"})
        assert again.id == refund.id
        assert (await gateway.v1.charges.retrieve_async("ch_1")).refunded is True
        assert second.world.clock.offset.total_seconds() == 60
        assert len(second.world.books.customers.all()) == 2


async def test_a_refund_is_on_disk_even_when_its_answer_is_lost(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    async with running_sandbox(state=state) as sandbox, official_client(sandbox.http_url) as gateway:
        plant(sandbox.world, SEED)
        sandbox.world.faults.add(FaultOrder(target=Target.PAYMENTS, kind=FaultKind.LOST_ANSWER))
        with pytest.raises(stripe.APIConnectionError):
            await gateway.v1.refunds.create_async({"charge": "ch_1"})
        assert len(json.loads(state.read_text())["books"]["refunds"]) == 1


async def test_a_seed_is_added_whole_or_not_at_all(own_sandbox: RunningSandbox, own_admin: httpx.AsyncClient) -> None:
    charge = {"id": "ch_9", "customer": "cus_ada", "amount": 1, "currency": "usd", "created": "now"}
    orphan = {**charge, "id": "ch_10", "customer": "cus_nobody"}
    for wrong in ([charge, orphan], [charge, charge], [{**charge, "created": "soon"}], [{**charge, "amount": 0}]):
        assert (await own_admin.post("/_sandbox/seed", json={"charges": wrong})).status_code == 422
    assert len(own_sandbox.world.books.charges.all()) == 3


async def test_a_reset_forgets_everything_and_may_plant_the_seeds(
    own_sandbox: RunningSandbox, own_admin: httpx.AsyncClient
) -> None:
    await own_admin.post("/_sandbox/clock", json={"advance_seconds": 60})
    await own_admin.post("/_sandbox/reset")
    state = (await own_admin.get("/_sandbox/state")).json()
    assert (state["books"]["customers"], state["clock_offset_seconds"]) == ([], 0)
    await own_admin.post("/_sandbox/reset", json={"seeds": True})
    assert own_sandbox.world.books.invoices.get("in_1001").number == "INV-1001"


def planted() -> World:
    world = World(SandboxClock(lambda: NOON))
    plant_files(world, DEFAULT_SEEDS)
    return world


def test_the_seeds_load_and_every_address_is_invented() -> None:
    world = planted()
    for customer in world.books.customers.all():
        domain = customer.email.rpartition("@")[2]
        assert domain in {"example.com", "example.org", "example.net"} or domain.endswith(".example")
        assert customer.name.startswith("Sample Customer ")
        # "legacy" is a plan that nobody knows any more.
        assert customer.metadata["plan"] in {"starter", "professional", "enterprise", "platinum", "legacy"}


def test_every_seeded_invoice_is_in_the_readme() -> None:
    readme = (DEFAULT_SEEDS.parent / "README.md").read_text(encoding="utf-8")
    for invoice in planted().books.invoices.all():
        assert f"| {invoice.number} " in readme


@pytest.mark.parametrize(
    ("invoice", "seconds"), [("1002", 72 * 3_600 - 60), ("1003", 72 * 3_600), ("1004", 72 * 3_600 + 1)]
)
def test_equal_amounts_are_exactly_as_far_apart_as_the_seed_says(invoice: str, seconds: int) -> None:
    charges = planted().books.charges
    earlier, later = charges.get(f"ch_{invoice}_a"), charges.get(f"ch_{invoice}_b")
    assert later.created - earlier.created == seconds
    assert earlier.metadata["transaction_id"] != later.metadata["transaction_id"]


async def test_the_pages_show_what_the_sandbox_holds() -> None:
    async with (
        running_sandbox(seeds=DEFAULT_SEEDS) as sandbox,
        httpx.AsyncClient(base_url=sandbox.http_url) as browser,
    ):
        await browser.post("/_sandbox/faults", json={"target": "smtp", "kind": "latency", "latency_ms": 5})
        state, docs = (await browser.get("/")).text, (await browser.get("/docs")).text
    assert "Sample Customer Ada Example" in state
    assert "INV-1025" in state
    assert "latency 5 ms" in state
    assert "POST /_sandbox/faults" in docs
    assert "http://" not in docs.replace(sandbox.http_url, "")


async def test_a_connection_that_waits_does_not_hold_up_the_end() -> None:
    async with running_sandbox() as sandbox:
        reader, writer = await asyncio.open_connection(sandbox.smtp_host, sandbox.smtp_port)
        assert (await reader.readline()).startswith(b"220 ")
    assert await reader.read() == b""
    writer.close()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_the_process_says_its_ports_and_ends_cleanly(tmp_path: Path, ending: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "sandbox", "--state", str(tmp_path / "state.json")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=DEFAULT_SEEDS.parent.parent,
    )
    assert process.stdout is not None
    ports = json.loads(await asyncio.wait_for(process.stdout.readline(), 30))
    async with httpx.AsyncClient(base_url=ports["http_url"]) as client:
        found = await client.get("/v1/customers", auth=("sk_test_x", ""), params={"email": "ada@example.com"})
        assert len(found.json()["data"]) == 1
    process.send_signal(ending)
    _, complaints = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, complaints) == (0, b"")
