"""How a command fails: one line on standard error that says what was wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer


class CommandFailed(Exception):
    """The command can't go on; the message is for people."""

    exit_code = 1


class WronglyUsed(CommandFailed):
    """What was asked for makes no sense, whatever runs."""

    exit_code = 2


@contextmanager
def in_words() -> Iterator[None]:
    """Failures of the block as a line and an exit code.

    Raises:
        typer.Exit: after the line was written.
    """
    try:
        yield
    except CommandFailed as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(problem.exit_code) from problem
