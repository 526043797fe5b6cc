"""What an endpoint is: a method, a path, the parameters it knows, and a function of the books."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from sandbox.payments.books import Books
from sandbox.payments.parameters import Parameters
from sandbox.payments.problems import invalid
from sandbox.payments.records import Json


@dataclass(frozen=True)
class Inquiry:
    """What an endpoint is given. ``now`` is in epoch seconds."""

    books: Books
    parameters: Parameters
    arguments: dict[str, str]
    path: str
    now: int


@dataclass(frozen=True)
class Operation:
    """One endpoint; ``path`` may hold names in braces, which become the inquiry's arguments.

    One that moves money says what it ``expands``, so that nothing can be refused after the money has moved.
    """

    method: str
    path: str
    perform: Callable[[Inquiry], Json]
    accepts: frozenset[str] = frozenset()
    expands: frozenset[str] = frozenset()

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path))

    def arguments(self, method: str, path: str) -> dict[str, str] | None:
        """The path's arguments, or None when this isn't the endpoint asked for."""
        match = self._pattern.fullmatch(path)
        return match.groupdict() if match and method == self.method else None

    def check(self, parameters: Parameters) -> None:
        """Refuse what can be refused before anything is done."""
        parameters.refuse_unknown(self.accepts | {"expand"})
        for path in parameters.expansions():
            if self.method == "POST" and path not in self.expands:
                raise invalid(f"This property cannot be expanded ({path}).", param="expand")
