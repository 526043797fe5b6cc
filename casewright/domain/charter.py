"""The charter: which roles may do which act, and who may give how much (RULES §5, §6; data, not code)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from casewright.domain.clocks import DEFAULT_CALENDAR, CalendarId
from casewright.domain.decision import ApprovalNeed
from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.people import RoleName, TeamName
from casewright.domain.ticket import Plan


class AuthorityRow(Frozen):
    """One row of the authority matrix (DF 6.1): who may give this much, and when the row applies."""

    kind: Literal["refund", "credit"]
    roles: tuple[RoleName, ...]
    up_to: Money | None = None
    """None: any amount, in any currency."""
    plans: tuple[Plan, ...] | None = None
    """None: every plan, an unknown one included."""
    younger_than_days: int | None = None
    """Age of the charge; None: any age, an unknown one included."""
    source: str

    def covers(self, kind: str, amount: Money, plan: Plan | None, age: timedelta | None) -> bool:
        """Whether this row lets its roles give that much."""
        if kind != self.kind:
            return False
        if self.up_to is not None and (amount.currency != self.up_to.currency or amount > self.up_to):
            return False
        if self.plans is not None and plan not in self.plans:
            return False
        return self.younger_than_days is None or (age is not None and age < timedelta(days=self.younger_than_days))


class Team(Frozen):
    """How a team works, and whom it turns to."""

    calendar: CalendarId = DEFAULT_CALENDAR
    """Whose business hours its commitments count."""
    channel: Annotated[str, Field(pattern=r"^#[a-z0-9_-]{1,79}$")] = "#support"
    """Where it hears of things in chat."""
    lead: RoleName = "team-lead"
    """Who is told when something of its is at risk."""


class Charter(Frozen):
    """Who may do what."""

    acts: dict[str, tuple[RoleName, ...]]
    """Act type → roles that may do it; an act that is not named needs no role beyond being staff."""
    teams: tuple[TeamName, ...] = ()
    """Teams that a ticket can be handed to; none named: any."""
    ways: dict[TeamName, Team] = {}
    """How each team works; one that isn't named works as most do."""
    next_level: dict[RoleName, RoleName] = {}
    """Role → the authority above it, asked when it doesn't answer (RULES §5); the top has none."""
    matrix: tuple[AuthorityRow, ...]
    """From the lowest authority up: who isn't named by a row goes to the next."""

    @model_validator(mode="after")
    def _has_a_top(self) -> Charter:
        for kind in ("refund", "credit"):
            if not any(r.kind == kind and r.up_to is None and r.plans is None for r in self.matrix):
                raise ValueError(f"the authority matrix has no row for a {kind} of any amount: a case without an owner")
        return self

    @model_validator(mode="after")
    def _ends_at_a_top(self) -> Charter:
        for role in self.next_level:
            self._above(role)
        return self

    def team(self, name: TeamName | None) -> Team:
        """How a team works; as most do where nothing is said of it."""
        return self.ways.get(name, Team()) if name is not None else Team()

    def ladder(self, roles: tuple[RoleName, ...]) -> tuple[tuple[RoleName, ...], ...]:
        """Who is asked level by level: the lowest of these roles first, then whoever is above them, to the top.

        Roles of the same height are asked together. Whoever it names beyond ``roles`` may approve too, so the need
        must name them as well.
        """
        above = {role: self._above(role) for role in roles}
        lowest = [role for role in roles if not any(role in others for others in above.values())]
        levels: list[tuple[RoleName, ...]] = []
        current = tuple(dict.fromkeys(lowest))
        while current:
            levels.append(current)
            asked = {role for level in levels for role in level}
            following = (self.next_level.get(role) for role in current)
            current = tuple(dict.fromkeys(role for role in following if role is not None and role not in asked))
        return tuple(levels)

    def _above(self, role: RoleName) -> tuple[RoleName, ...]:
        """Everyone above a role, nearest first.

        Raises:
            ValueError: the chain comes back to itself.
        """
        found: list[RoleName] = []
        while (above := self.next_level.get(found[-1] if found else role)) is not None:
            if above == role or above in found:
                raise ValueError(f"the authority above {role!r} comes back to {above!r}: nobody would be at the top")
            found.append(above)
        return tuple(found)

    def approvers(self, kind: str, amount: Money, plan: Plan | None, age: timedelta | None) -> ApprovalNeed:
        """The lowest authority that may give this, and everyone above it."""
        rows = [row for row in self.matrix if row.covers(kind, amount, plan, age)]
        roles = tuple(dict.fromkeys(role for row in rows for role in row.roles))
        plan_name = plan.value if plan else "unknown"
        why = f"{kind} of {amount} on plan {plan_name}: {rows[0].source}"
        ladder = tuple(dict.fromkeys(tuple(r for r in row.roles if r not in _before(rows, row)) for row in rows))
        return ApprovalNeed(roles=roles, why=why, ladder=tuple(level for level in ladder if level))


def _before(rows: Sequence[AuthorityRow], row: AuthorityRow) -> frozenset[RoleName]:
    """The roles of lower authority: whoever was asked there isn't asked again."""
    return frozenset(role for lower in rows[: rows.index(row)] for role in lower.roles)
