"""``python -m sandbox``: the sandbox as a process of its own."""

import argparse
import asyncio
import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from sandbox.clock import SandboxClock
from sandbox.seeding import DEFAULT_SEEDS
from sandbox.server import running_sandbox


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--http-port", type=int, default=0, help="0 picks a free port (the default)")
    parser.add_argument("--smtp-port", type=int, default=0, help="0 picks a free port (the default)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--state", type=Path, help="a file to keep the state in, read again at the next start")
    parser.add_argument("--seeds", type=Path, default=DEFAULT_SEEDS, help="a folder of seed files")
    parser.add_argument("--no-seeds", action="store_true", help="start empty")
    # A default that is a text is read as if it had been written on the command line, and refused as plainly.
    parser.add_argument(
        "--epoch",
        type=_instant,
        default=os.environ.get("CASEWRIGHT_EPOCH") or None,
        help="the instant from which time runs at --speed, such as 2026-03-02T12:00:00Z (CASEWRIGHT_EPOCH)",
    )
    parser.add_argument(
        "--speed",
        type=float,
        default=os.environ.get("CASEWRIGHT_SPEED") or 1.0,
        help="how many of its seconds pass in a real one (CASEWRIGHT_SPEED); the default is 1",
    )
    arguments = parser.parse_args()
    try:
        SandboxClock(epoch=arguments.epoch, speed=arguments.speed)
    except ValueError as refused:
        parser.error(str(refused))
    return arguments


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} names no time zone; write it as 2026-03-02T12:00:00Z")
    return moment


async def _run(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    seeds = None if arguments.no_seeds else arguments.seeds
    async with running_sandbox(
        arguments.http_port,
        arguments.smtp_port,
        arguments.state,
        seeds=seeds,
        host=arguments.host,
        epoch=arguments.epoch,
        speed=arguments.speed,
    ) as sandbox:
        ports = {
            "http_url": sandbox.http_url,
            "http_port": sandbox.http_port,
            "smtp_host": sandbox.smtp_host,
            "smtp_port": sandbox.smtp_port,
        }
        sys.stdout.write(json.dumps(ports) + "\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(_run(_arguments()))
