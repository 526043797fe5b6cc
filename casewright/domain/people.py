"""Who acts: people, services, customers and the system, with the roles they hold (RULES §5)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from casewright.domain.model import Frozen

RoleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")]
TeamName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")]
PersonId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,99}$")]


class ActorKind(StrEnum):
    """What kind of someone acts."""

    SYSTEM = "system"
    PERSON = "person"
    SERVICE = "service"
    CUSTOMER = "customer"


class StandIn(Frozen):
    """Somebody absent whose roles the actor holds meanwhile, as their named deputy (RULES §5)."""

    person: PersonId
    roles: tuple[RoleName, ...]


class Actor(Frozen):
    """Who acts, as the API established it; roles are those held at that moment."""

    id: PersonId
    kind: ActorKind
    roles: tuple[RoleName, ...] = ()
    stands_in_for: tuple[StandIn, ...] = ()

    def holds(self, roles: tuple[str, ...]) -> bool:
        """Whether the actor holds at least one of these roles, of their own or as a deputy."""
        return any(role in roles for role in self.all_roles)

    @property
    def all_roles(self) -> tuple[RoleName, ...]:
        """Their own roles and those they hold as a deputy."""
        lent = (role for absent in self.stands_in_for for role in absent.roles)
        return tuple(dict.fromkeys((*self.roles, *lent)))

    def without(self, person: str) -> Actor:
        """The same actor without what is lent by this person: nobody's deputy approves what they asked for."""
        return self.model_copy(update={"stands_in_for": tuple(s for s in self.stands_in_for if s.person != person)})


SYSTEM = Actor(id="system", kind=ActorKind.SYSTEM)
POLICY_EXCEPTION_QUEUE: TeamName = "policy-exception"
