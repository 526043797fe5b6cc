"""Child processes that never outlive us: start, watch, stop."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from casewright.embedded.errors import EmbeddedServerError, log_tail

Progress = Callable[[str], None]
T = TypeVar("T")

_LAUNCHER = Path(__file__).with_name("launch.py")
_POLL_SECONDS = 0.02
_LOG_LIMIT_BYTES = 10_000_000


@dataclass(frozen=True)
class Account:
    """The unprivileged user that a child runs as."""

    uid: int
    gid: int


class ChildProcess:
    """A running child, and the log file that holds what it said."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log_file: Path) -> None:
        """Wrap a started process; `name` is for messages."""
        self.name = name
        self.log_file = log_file
        self._process = process

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    async def wait(self, patience: float = float("inf")) -> bool:
        """Wait up to `patience` seconds for the child to end; False when it still runs."""
        deadline = time.monotonic() + patience
        while self._process.poll() is None:
            if time.monotonic() >= deadline:
                return False
            await asyncio.sleep(_POLL_SECONDS)
        return True

    async def stop(self, gently: signal.Signals = signal.SIGINT, patience: float = 10.0) -> None:
        """Ask with a signal, wait `patience` seconds, then kill."""
        if self._process.poll() is None:
            self._process.send_signal(gently)
            if not await self.wait(patience):
                self._process.kill()
                await self.wait()

    async def until_ready(
        self, attempt: Callable[[], Awaitable[T]], not_yet: tuple[type[BaseException], ...], patience: float
    ) -> T:
        """Call `attempt` until it stops raising `not_yet`, and return what it returned.

        Raises:
            EmbeddedServerError: the child ended, or `patience` seconds passed; with the tail of its log.
        """
        deadline = time.monotonic() + patience
        while True:
            if self._process.poll() is not None:
                raise EmbeddedServerError(
                    f"{self.name} ended with exit code {self.exit_code} while starting.{log_tail(self.log_file)}"
                )
            try:
                return await attempt()
            except not_yet as reason:
                if time.monotonic() >= deadline:
                    raise EmbeddedServerError(
                        f"{self.name} didn't answer within {patience:.0f} s ({reason}).{log_tail(self.log_file)}"
                    ) from reason
            await asyncio.sleep(_POLL_SECONDS)


def spawn(
    name: str,
    command: Sequence[str | Path],
    log_file: Path,
    *,
    death_signal: signal.Signals,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
) -> ChildProcess:
    """Start `command` (an absolute path first) in a session of its own, writing to `log_file`.

    It gets `death_signal` when the calling *thread* ends, so call this from one that lives as long as the program. The
    session keeps a Ctrl-C in the terminal ours: we stop the servers after those who use them.
    """
    if log_file.exists() and log_file.stat().st_size > _LOG_LIMIT_BYTES:
        log_file.replace(log_file.with_name(f"{log_file.name}.1"))
    identity = account or Account(-1, -1)
    launcher = [sys.executable, "-I", "-S", _LAUNCHER, os.getpid(), int(death_signal), identity.uid, identity.gid]
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            [str(word) for word in (*launcher, *command)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",  # ours may be closed to the unprivileged user
            env=dict(environment) if environment is not None else None,
            start_new_session=True,
        )
    return ChildProcess(name, process, log_file)


async def run_to_end(child: ChildProcess, progress: Progress, every: float = 15.0) -> None:
    """Wait for a child that does a job, saying every `every` seconds that it is still at it.

    Raises:
        EmbeddedServerError: it failed; with the tail of its log.
    """
    started = time.monotonic()
    try:
        while not await child.wait(every):
            progress(f"{child.name}: still at it after {time.monotonic() - started:.0f} s")
    finally:
        await child.stop(signal.SIGTERM)
    if child.exit_code != 0:
        raise EmbeddedServerError(f"{child.name} failed with exit code {child.exit_code}.{log_tail(child.log_file)}")
