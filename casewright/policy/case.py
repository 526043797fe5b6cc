"""A case: what is known of a ticket when a policy is asked about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from pydantic import BaseModel

from casewright.domain.charter import Charter
from casewright.domain.facts import Fact, FactUnavailable
from casewright.domain.ticket import ClaimValue, Priority, Requester

Model = TypeVar("Model", bound=BaseModel)


class Asked(Protocol):
    """What a case is made from: a request to assess a ticket has it all."""

    @property
    def ticket(self) -> str: ...
    @property
    def submitted_at(self) -> datetime: ...
    @property
    def policy(self) -> str: ...
    @property
    def version(self) -> int | None: ...
    @property
    def priority(self) -> Priority: ...
    @property
    def requester(self) -> Requester: ...
    @property
    def claims(self) -> Mapping[str, ClaimValue]: ...


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket, its claims, and the facts gathered for it."""

    ticket: str
    policy: str
    version: int | None
    """None: the version in force when the ticket was submitted."""
    submitted_at: datetime
    priority: Priority
    requester: Requester
    claims: Mapping[str, ClaimValue]
    facts: Mapping[str, Fact]
    charter: Charter
    at: datetime
    """The instant that it is decided as of."""

    @classmethod
    def of(cls, asked: Asked, facts: Iterable[Fact], charter: Charter, at: datetime | None = None) -> Case:
        """A case as of ``at``; by default as of its latest fact.

        Raises:
            ValueError: a fact comes twice.
        """
        by_name: dict[str, Fact] = {}
        for fact in facts:
            if fact.name in by_name:
                raise ValueError(f"the fact {fact.name} comes twice")
            by_name[fact.name] = fact
        latest = max((fact.observed_at for fact in by_name.values()), default=asked.submitted_at)
        return cls(
            ticket=asked.ticket,
            policy=asked.policy,
            version=asked.version,
            submitted_at=asked.submitted_at,
            priority=asked.priority,
            requester=asked.requester,
            claims=asked.claims,
            facts=by_name,
            charter=charter,
            at=at or latest,
        )

    def read(self, name: str, model: type[Model]) -> Model | None:
        """A fact's value, or None when it is known to be absent.

        Raises:
            FactUnavailable: its system could not say, nobody asked it, or what it said does not read.
        """
        fact = self.facts.get(name)
        if fact is None:
            raise FactUnavailable(f"{name}: it was not gathered")
        try:
            return fact.read(model)
        except ValueError as error:
            raise FactUnavailable(f"{name}: what {fact.source} said does not read as {model.__name__}") from error
