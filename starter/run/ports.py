"""Ports that people find again at the next start, where they are free."""

from __future__ import annotations

from casewright.embedded.errors import EmbeddedServerError
from casewright.embedded.ports import free_port, require_free
from casewright.embedded.processes import Progress
from starter.run.problem import RunProblem


def choose(what: str, usual: int, wanted: int | None, say: Progress) -> int:
    """The wanted port, else the usual one, else a free one, which is said.

    Raises:
        RunProblem: the wanted one is taken.
    """
    try:
        require_free(wanted or usual, what)
    except EmbeddedServerError as taken:
        if wanted:
            raise RunProblem(str(taken)) from taken
        port = free_port()
        say(f"port {usual} is taken, so {what} is on {port} this time")
        return port
    return wanted or usual
