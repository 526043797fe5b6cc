"""What is wrong with a file of the handbook: every mistake at once, each with its file, line and reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches

from yaml import Node


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. Lines count from 1."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class PolicyError(ValueError):
    """A file of the handbook is refused, with every problem found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Mistake(ValueError):
    """One mistake at one node; ends the reading of the smallest part that contains it."""

    def __init__(self, node: Node, reason: str) -> None:
        super().__init__(reason)
        self.node = node
        self.reason = reason


class Problems:
    """Collects mistakes while a file is read to its end."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Problem] = []

    def add(self, where: Node | int, reason: str) -> None:
        """Note a problem at a node, or at a line."""
        line = where if isinstance(where, int) else where.start_mark.line + 1
        self.found.append(Problem(self.file, line, reason))

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Turn a mistake inside the block into a problem, and go on after the block."""
        try:
            yield
        except Mistake as mistake:
            self.add(mistake.node, mistake.reason)

    def refuse(self) -> None:
        """Raise everything found.

        Raises:
            PolicyError: something was found.
        """
        if self.found:
            raise PolicyError(self.found)


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint at what may have been meant, or at what there is."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; known: {', '.join(names)}" if names else "; none is declared"
