"""The sandbox's time can run faster than real time, and everything in it follows."""

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from sandbox import running_sandbox
from sandbox.clock import SandboxClock
from sandbox.seeding import DEFAULT_SEEDS, plant
from tests.sandbox.rooms import ALMA, IDENTITY, IDENTITY_SEED, reset_form
from tests.sandbox.seed import NOON, SEED, official_client

ROOT = DEFAULT_SEEDS.parent.parent
HOUR = timedelta(hours=1)


class RealTime:
    """Real time that a test moves by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.mark.parametrize(
    ("real", "speed", "expected"),
    [
        (NOON, 3600, NOON),
        (NOON + timedelta(seconds=2), 3600, NOON + 2 * HOUR),
        (NOON + timedelta(milliseconds=1), 3600, NOON + timedelta(seconds=3.6)),
        (NOON - timedelta(seconds=1), 3600, NOON - HOUR),
        (NOON + 2 * HOUR, 0.5, NOON + HOUR),
        (NOON + HOUR, 1, NOON + HOUR),
    ],
)
def test_time_passes_at_its_speed_from_the_epoch(real: datetime, speed: float, expected: datetime) -> None:
    assert SandboxClock(lambda: real, epoch=NOON, speed=speed).now() == expected


def test_advancing_counts_in_the_sandboxs_own_seconds() -> None:
    clock = SandboxClock(lambda: NOON + timedelta(seconds=1), epoch=NOON, speed=60)
    clock.advance(30)
    assert clock.now() == NOON + timedelta(seconds=90)


def test_without_settings_time_is_real_time_in_utc() -> None:
    assert SandboxClock(lambda: NOON.astimezone()).now() == NOON
    assert SandboxClock(lambda: NOON.astimezone()).now().tzinfo is UTC


@pytest.mark.parametrize("speed", [0, -1, float("nan"), float("inf")])
def test_a_speed_that_is_no_positive_number_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        SandboxClock(epoch=NOON, speed=speed)


def test_a_speed_without_an_epoch_and_an_epoch_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="needs an epoch"):
        SandboxClock(speed=2)
    with pytest.raises(ValueError, match="time zone"):
        SandboxClock(epoch=NOON.replace(tzinfo=None), speed=2)


async def test_idempotency_keys_reset_links_and_seeds_follow_the_fast_clock() -> None:
    real = RealTime(NOON + timedelta(seconds=10))
    async with (
        running_sandbox(clock=real, epoch=NOON, speed=3600) as sandbox,
        official_client(sandbox.http_url) as gateway,
        httpx.AsyncClient(base_url=sandbox.http_url, headers=IDENTITY) as client,
    ):
        plant(sandbox.world, SEED)
        plant(sandbox.world, IDENTITY_SEED)
        charge = await gateway.v1.charges.retrieve_async("ch_ben")
        assert charge.created == int((NOON + 10 * HOUR - timedelta(days=1)).timestamp())

        path, order = f"/identity/v1/users/{ALMA}/password-resets", {"expires_in": 7_200}
        link = (await client.post(path, json=order, headers={"Idempotency-Key": "k"})).json()["url"]
        first = await gateway.v1.refunds.create_async({"charge": "ch_1", "amount": 100}, {"idempotency_key": "k"})

        real.now += timedelta(seconds=1.999)
        assert (await client.get(link)).status_code == 200
        real.now += timedelta(seconds=0.001)
        assert (await reset_form(client, link)).status_code == 410

        real.now += timedelta(seconds=22)
        second = await gateway.v1.refunds.create_async({"charge": "ch_1", "amount": 100}, {"idempotency_key": "k"})
        assert second.id != first.id


async def _started(tmp_path: Path, *words: str, **environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--no-seeds", "--state", str(tmp_path / "state.json"), *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("by", ["environment", "command line"])
async def test_the_process_takes_epoch_and_speed(tmp_path: Path, by: str) -> None:
    began = datetime.now(UTC) - timedelta(days=10)
    epoch, speed = began.isoformat(), "1000"
    if by == "environment":
        process = await _started(tmp_path, CASEWRIGHT_EPOCH=epoch, CASEWRIGHT_SPEED=speed)
    else:
        process = await _started(tmp_path, "--epoch", epoch, "--speed", speed)
    assert process.stdout is not None
    ports = json.loads(await asyncio.wait_for(process.stdout.readline(), 30))
    async with httpx.AsyncClient(base_url=ports["http_url"]) as client:
        reading = (await client.get("/_sandbox/clock")).json()
    process.send_signal(signal.SIGTERM)
    await asyncio.wait_for(process.communicate(), 30)
    assert reading["speed"] == 1000
    # Ten days at a thousandfold are 27 years: far from real time however slow the machine is.
    assert datetime.fromisoformat(reading["now"]) - began > timedelta(days=10_000)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"CASEWRIGHT_SPEED": "60"}, b"needs an epoch"),
        ({"CASEWRIGHT_SPEED": "0", "CASEWRIGHT_EPOCH": "2026-01-01T00:00:00Z"}, b"above 0"),
        ({"CASEWRIGHT_SPEED": "fast"}, b"--speed"),
        ({"CASEWRIGHT_EPOCH": "2026-01-01T00:00:00"}, b"names no time zone"),
    ],
)
async def test_senseless_settings_end_the_process_with_their_reason(
    tmp_path: Path, settings: dict[str, str], complaint: bytes
) -> None:
    process = await _started(tmp_path, **settings)
    _, said = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 2
    assert complaint in said
