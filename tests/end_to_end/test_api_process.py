"""The API as it is really served: ``python -m starter.api``."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator

import httpx

from casewright.embedded.ports import free_port
from casewright.settings import Settings
from tests.end_to_end.api_calls import about, fresh_key
from tests.world import PATIENCE, ROOT, World

TOO_MUCH = 300 * 1024


@contextlib.asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[tuple[httpx.AsyncClient, bytearray]]:
    """A client of the served API, and what the process logs."""
    log = bytearray()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "starter.api", cwd=ROOT, env={**os.environ, **settings.as_environment()},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            while b"running on" not in log:
                line = await process.stdout.readline()
                assert line, log.decode()
                log += line
        async with httpx.AsyncClient(base_url=settings.api_url, trust_env=False, timeout=PATIENCE) as http:
            yield http, log
        process.terminate()
        log += await process.stdout.read()
        assert await process.wait() == 0, log.decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.stdout.read()
            await process.wait()


def as_who(who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer sandbox-token-{who}"}


async def in_pieces() -> AsyncIterator[bytes]:
    for _ in range(TOO_MUCH // 1024):
        yield b" " * 1024


async def test_the_served_api_takes_tickets_and_acts_and_logs_no_personal_data(world: World) -> None:
    people = ROOT / "sandbox" / "people.yaml"
    update = {"api_url": f"http://127.0.0.1:{free_port()}", "people": people}
    async with served(world.settings.model_copy(update=update)) as (http, log):
        assert (await http.get("/ready")).json() == {"database": "up", "temporal": "up"}
        assert (await http.get("/openapi.json")).status_code == 200
        headers = {**as_who("portal"), "Idempotency-Key": fresh_key()}
        receipt = await http.post("/tickets", json=about("nobody"), headers=headers)
        assert receipt.status_code == 201
        ticket = receipt.json()["ticket"]
        await world.until(ticket, "with-people")
        claim = {"id": "mine", "type": "claim"}
        taken = await http.post(f"/tickets/{ticket}/acts", json=claim, headers=as_who("agent-ada"))
        assert taken.json()["journalled"] is True
        kind = {"Content-Type": "application/json", "Idempotency-Key": fresh_key(), **as_who("portal")}
        large = await http.post("/tickets", content=in_pieces(), headers=kind)
        assert (large.status_code, large.json()["error"]["code"]) == (413, "too_large")
        assert (await http.get("/health")).status_code == 200
    for personal in (b"nobody@example.com", b"Charged twice", b"sandbox-token", b"cus_nobody"):
        assert personal not in log


async def test_the_api_does_not_start_without_a_key_for_ids(world: World) -> None:
    settings = world.settings.model_copy(update={"intake_key": type(world.settings.intake_key)("")})
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "starter.api", cwd=ROOT, env={**os.environ, **settings.as_environment()},
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()
    assert process.returncode == 1
    assert b"CASEWRIGHT_INTAKE_KEY is empty" in said
    assert b"Traceback" not in said
