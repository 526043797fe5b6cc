"""Starting programs one after the other; one that listens gets a port that is free when it listens."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack

from casewright.embedded.errors import EmbeddedServerError
from casewright.embedded.ports import require_free
from casewright.embedded.processes import ChildProcess, Progress
from starter.run.ports import choose
from starter.run.problem import RunProblem
from starter.run.programs import Program, running

_ATTEMPTS = 3


class Starter:
    """Starts programs that run for as long as ``held`` is open."""

    def __init__(self, held: AsyncExitStack, say: Progress) -> None:
        self._held, self._say = held, say

    async def program(self, program: Program) -> ChildProcess:
        """Start one, and return when it works.

        Raises:
            RunProblem: it can't be started.
        """
        self._say(f"starting {program.name}")
        return await self._held.enter_async_context(running(program, self._say))

    async def on_a_port(
        self, usual: int, wanted: int | None, make: Callable[[int], Program]
    ) -> tuple[ChildProcess, int]:
        """Start one on the wanted port, else the usual one, else a free one.

        Raises:
            RunProblem: it can't be started, or the wanted port is taken.
        """
        for left in reversed(range(_ATTEMPTS)):
            port = choose(make(usual).name, usual, wanted, self._say)
            try:
                return await self.program(make(port)), port
            except RunProblem:
                # Somebody may have taken it between our look and the program's.
                if wanted or not left or _is_free(port):
                    raise
        raise AssertionError("the last attempt returns or raises")


def _is_free(port: int) -> bool:
    try:
        require_free(port, "it")
    except EmbeddedServerError:
        return False
    return True
