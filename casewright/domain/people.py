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


class Actor(Frozen):
    """Who acts, as the API established it; roles are those held at that moment."""

    id: PersonId
    kind: ActorKind
    roles: tuple[RoleName, ...] = ()

    def holds(self, roles: tuple[str, ...]) -> bool:
        """Whether the actor holds at least one of these roles."""
        return any(role in roles for role in self.roles)


SYSTEM = Actor(id="system", kind=ActorKind.SYSTEM)
POLICY_EXCEPTION_QUEUE: TeamName = "policy-exception"
