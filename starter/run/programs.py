"""Our own programs as child processes: started, asked whether they really work, stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from casewright.embedded.errors import log_tail
from casewright.embedded.processes import ChildProcess, Progress, spawn
from starter.run.problem import RunProblem
from starter.run.wishes import CHECKOUT

START_PATIENCE_SECONDS = 180.0
"""Generous, for slow machines: a program that can't start ends, and that is seen at once."""
STILL_AT_IT_SECONDS = 15.0
STOP_PATIENCE_SECONDS = 20.0
_EVERY_SECONDS = 0.1


class NotYet(Exception):
    """The program doesn't answer as it should, so far."""


@dataclass(frozen=True)
class Program:
    """What to start, and the question whose answer proves that it works."""

    name: str
    arguments: Sequence[str | Path]
    """Python's: ``-m sandbox …``."""
    environment: Mapping[str, str]
    log_file: Path
    answers: Callable[[int], Awaitable[None]]
    """Given the process id; raises ``NotYet``."""


@asynccontextmanager
async def running(program: Program, say: Progress) -> AsyncIterator[ChildProcess]:
    """Run a program while the block runs; it answers when the block begins.

    Raises:
        RunProblem: it ended or never answered; with the end of its log.
    """
    if program.log_file.exists():
        # The end of a log must be about this start; the last one's is kept beside it.
        program.log_file.replace(program.log_file.with_name(f"{program.log_file.name}.1"))
    child = spawn(
        program.name,
        [sys.executable, *program.arguments],
        program.log_file,
        # When we are killed there is nobody to be gentle for, and the next start wants ports and data at once.
        death_signal=signal.SIGKILL,
        environment={**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1", **program.environment},
    )
    try:
        await _until_it_answers(program, child, say)
        yield child
    finally:
        await child.stop(signal.SIGTERM, STOP_PATIENCE_SECONDS)


async def _until_it_answers(program: Program, child: ChildProcess, say: Progress) -> None:
    started = said = time.monotonic()
    while True:
        if child.exit_code is not None:
            raise ended(child, "while starting")
        try:
            return await program.answers(child.pid)
        except NotYet as reason:
            now = time.monotonic()
            if now - started > START_PATIENCE_SECONDS:
                raise RunProblem(
                    f"{child.name} didn't work within {START_PATIENCE_SECONDS:.0f} s ({reason}). Its log: "
                    f"{child.log_file}{log_tail(child.log_file)}"
                ) from reason
            if now - said > STILL_AT_IT_SECONDS:
                said = now
                say(f"{child.name}: still starting after {now - started:.0f} s ({reason})")
        await asyncio.sleep(_EVERY_SECONDS)


def ended(child: ChildProcess, when: str) -> RunProblem:
    """What to say of a program that ended by itself."""
    code = child.exit_code
    how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
    return RunProblem(f"{child.name} {how} {when}. The end of its log, {child.log_file}:{log_tail(child.log_file)}")
