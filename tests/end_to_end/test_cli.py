"""The command line against everything real: the API on a port, a worker, the database, and money at the sandbox."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import uvicorn
from typer.testing import CliRunner, Result

from casewright.embedded.ports import LOOPBACK, free_port
from casewright.embedded.postgres import PostgresUrls
from casewright.handbook import Handbook
from casewright.identity import sync_people
from starter.api import create_app
from starter.cli import app
from tests.world import ROOT, World

PEOPLE = ROOT / "sandbox" / "people.yaml"
Casewright = Callable[..., Awaitable[Result]]


@pytest.fixture
async def casewright(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Casewright]:
    """The command, in a shell whose environment names the world's parts."""
    handbook = Handbook.load(ROOT / "handbook")
    await sync_people(world.pool, PEOPLE, handbook.organisation.roles)
    port = free_port()
    config = uvicorn.Config(
        create_app(world.client, world.pool, handbook), host=LOOPBACK, port=port, lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(30):
        while not server.started:
            await asyncio.sleep(0.02)
    changed = {"api_url": f"http://{LOOPBACK}:{port}", "people": PEOPLE, "anchors": tmp_path / "anchors"}
    for name, value in world.settings.model_copy(update=changed).as_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CASEWRIGHT_DATA", str(tmp_path))

    async def run(*words: str, type_in: str | None = None) -> Result:
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, list(words), input=type_in))

    yield run
    server.should_exit = True
    await serving


async def submitted(casewright: Casewright, name: str, *more: str) -> str:
    """The id of a new ticket of a seeded customer."""
    about = ["--policy", "A.1", "--subject", "Charged twice", "--email", f"{name}@example.com"]
    whose = ["--customer", f"cus_{name}", "--claim", f"invoice=INV-{name}"]
    result = await casewright("submit", *about, *whose, "--json", *more)
    assert result.exit_code == 0, result.stderr
    ticket: str = json.loads(result.stdout)["ticket"]
    return ticket


async def test_a_request_is_submitted_listed_shown_and_audited(
    world: World, casewright: Casewright, database: PostgresUrls
) -> None:
    await world.duplicate("ada")
    ticket = await submitted(casewright, "ada", "--key", "one")
    assert await submitted(casewright, "ada", "--key", "one") == ticket
    await world.until(ticket, "resolved")
    listed = await casewright("tickets", "--policy", "A.1", "--state", "resolved")
    assert ticket in listed.stdout
    shown = await casewright("show", ticket, "--events")
    for words in ("A.1/auto-refund", "20.00 USD", "re_", "resolved", "refund 20.00 USD of charge ch_ada"):
        assert words in shown.stdout
    assert (await casewright("audit", "anchor")).exit_code == 0
    clean = await casewright("audit", "verify")
    assert (clean.exit_code, clean.stdout[:18]) == (0, "Everything agrees:"), clean.output
    assert "1 movements at the gateway, 1 signed digests" in clean.stdout
    await tamper(database.owner, ticket)
    broken = await casewright("audit", "verify")
    assert broken.exit_code == 1
    assert f"[chain] {ticket}, row 1" in broken.stdout
    report = json.loads((await casewright("audit", "verify", "--json")).stdout)
    assert {finding["ticket"] for finding in report["findings"]} == {ticket}


async def tamper(owner_url: str, ticket: str) -> None:
    """Change the story, as somebody with the owner's rights could."""
    owner: Any = await asyncpg.connect(owner_url)
    await owner.execute("ALTER TABLE journal DISABLE TRIGGER USER")
    changed = "UPDATE journal SET body = replace(body, 'Charged twice', 'Charged thrice') WHERE ticket = $1 AND seq = 1"
    assert await owner.execute(changed, ticket) == "UPDATE 1"
    await owner.execute("ALTER TABLE journal ENABLE TRIGGER USER")
    await owner.close()


async def test_an_approval_shows_its_plan_and_the_wrong_role_is_refused(world: World, casewright: Casewright) -> None:
    await world.duplicate("ada", 30000)
    ticket = await submitted(casewright, "ada")
    await world.until(ticket, "waiting-approval")
    shown = await casewright("show", ticket)
    assert "refund 300.00 USD of charge ch_ada_" in shown.stdout
    assert f"casewright act {ticket} approve --as manager-gwen" in shown.stdout
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    titles = re.findall(r"^  ([A-Z][a-z]+(?: [a-z]+)?)  +", shown.stdout, re.MULTILINE)
    assert len(titles) > 8
    assert [title for title in titles if f"\n  {title}  " not in page] == []
    wrong = await casewright("act", ticket, "approve", "--yes", "--as", "billing-eve")
    assert (wrong.exit_code, "support-manager" in wrong.stderr) == (1, True)
    unsure = await casewright("act", ticket, "approve", "--as", "manager-gwen", type_in="n\n")
    assert (unsure.exit_code, "nothing was done" in unsure.stderr) == (1, True)
    assert await world.refunds("ch_ada_0", "ch_ada_1") == []
    given = await casewright("act", ticket, "approve", "--as", "manager-gwen", "--id", "yes-1", type_in="y\n")
    assert given.exit_code == 0, given.stderr
    assert "refund 300.00 USD" in given.stdout
    await world.until(ticket, "resolved")
    assert await world.refunds("ch_ada_0", "ch_ada_1") == [30000]
    again = await casewright("act", ticket, "approve", "--as", "manager-gwen", "--id", "yes-1", "--yes")
    assert again.exit_code == 0, again.stderr
    assert await world.refunds("ch_ada_0", "ch_ada_1") == [30000]


async def test_credits_and_refunds_from_before_the_journal_leave_the_audit_clean(
    world: World, casewright: Casewright
) -> None:
    await world.duplicate("ada")
    old = {"charge": "ch_ada_1", "amount": 500, "created": "-1d"}
    await world.seed(refunds=[old])
    ticket = await submitted(casewright, "ada", "--priority", "high")
    await world.settled(ticket)
    goodwill = ["override", "They waited for weeks.", "--credit", "15.00:USD", "--as", "manager-gwen"]
    result = await casewright("act", ticket, *goodwill)
    assert result.exit_code == 0, result.stderr
    await world.settled(ticket)
    clean = await casewright("audit", "verify")
    view = (await casewright("show", ticket, "--events")).stdout
    assert clean.exit_code == 0, f"{clean.output}\n{view}"


async def test_every_act_of_the_staff_can_be_done_from_a_terminal(world: World, casewright: Casewright) -> None:
    await world.duplicate("ada")
    # By the service that will pass on the customer's answer.
    ticket = await submitted(casewright, "ada", "--claim", "amount=999.00 USD", "--as", "portal")
    await world.settled(ticket)
    for words in (
        ["claim"],
        ["note", "Looks odd."],
        ["reply", "We are looking."],
        ["reprioritise", "high", "A key account.", "--as", "lead-dan"],
        ["reassign", "billing-specialists", "Theirs.", "--to", "billing-eve"],
        ["ask", "Which of the two?", "--as", "billing-eve"],
        ["answer", "The second."],
        ["resolve", "Nothing was owed.", "--code", "explained", "--as", "billing-eve"],
    ):
        await world.settled(ticket)
        result = await casewright("act", ticket, *words)
        assert result.exit_code == 0, f"{words}: {result.stderr}"
    await world.until(ticket, "resolved")
    late = await casewright("act", ticket, "claim")
    assert (late.exit_code, "resolved" in late.stderr) == (1, True)


async def test_what_the_api_refuses_is_one_line_that_helps(world: World, casewright: Casewright) -> None:
    unknown = await casewright("show", "T-0000000000000000")
    assert (unknown.exit_code, unknown.stderr[:39]) == (1, "there is no such ticket. Check its id. ")
    ticket = ["submit", "--policy", "A.1", "--subject", "s", "--email", "a@example.com"]
    wrong = await casewright(*ticket, "--claim", "invoce=INV-1")
    assert wrong.exit_code == 1
    assert "invoice" in wrong.stderr
    assert len(wrong.stderr.splitlines()) == 1
    cheap = await casewright(*ticket, "--claim", "amount=20")
    assert (cheap.exit_code, "write --claim amount=20.00:USD" in cheap.stderr) == (1, True), cheap.stderr


async def test_an_emergency_stop_is_set_and_lifted_by_whom_the_handbook_designates(
    world: World, casewright: Casewright
) -> None:
    refused = await casewright("stop", "set", "A.1", "Looks wrong.")
    assert (refused.exit_code, "operations-manager" in refused.stderr) == (1, True)
    unknown = await casewright("stop", "set", "L.9", "Looks wrong.", "--as", "operations-jon")
    assert (unknown.exit_code, "the handbook has no L.9" in unknown.stderr) == (1, True)
    made = await casewright("stop", "set", "A.1", "Looks wrong.", "--as", "operations-jon", "--json")
    assert made.exit_code == 0, made.stderr
    await world.duplicate("ada")
    ticket = await submitted(casewright, "ada")
    await world.until(ticket, "with-people")
    assert "emergency stop of A.1 by operations-jon: Looks wrong." in (await casewright("show", ticket)).stdout
    number = str(json.loads(made.stdout)["id"])
    assert "Looks wrong." in (await casewright("stop", "list")).stdout
    assert (await casewright("stop", "lift", number, "Checked.", "--as", "operations-jon")).exit_code == 0
    assert (await casewright("stop", "list")).stdout == "nothing is stopped\n"
    assert "lifted by operations-jon" in (await casewright("stop", "list", "--all")).stdout
    assert await world.refunds("ch_ada_0", "ch_ada_1") == []


async def test_the_sandbox_is_looked_into_and_disturbed(world: World, casewright: Casewright) -> None:
    await world.duplicate("ada")
    charges = (await casewright("sandbox", "charges", "--customer", "cus_ada")).stdout
    assert "INV-ada" in charges
    assert "20.00 USD" in charges
    made = await casewright("sandbox", "fault", "payments", "outage", "--times", "2", "--json")
    assert json.loads(made.stdout)["times"] == 2
    assert "outage" in (await casewright("sandbox", "faults")).stdout
    assert (await casewright("sandbox", "repair")).exit_code == 0
    assert "there is none" in (await casewright("sandbox", "faults")).stdout
    refused = await casewright("sandbox", "fault", "payments", "flood")
    assert (refused.exit_code, "kind" in refused.stderr) == (1, True)
    assert (await casewright("sandbox", "clock", "1d")).exit_code == 0
    ticket = await submitted(casewright, "ada")
    await world.until(ticket, "resolved")
    assert ticket in (await casewright("sandbox", "mailbox", "--to", "ada@example.com")).stdout
