"""The charter: which roles may do which act, and who may give how much (RULES §5, §6; data, not code)."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import model_validator

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


class Charter(Frozen):
    """Who may do what."""

    acts: dict[str, tuple[RoleName, ...]]
    """Act type → roles that may do it; an act that is not named needs no role beyond being staff."""
    teams: tuple[TeamName, ...] = ()
    """Teams that a ticket can be handed to; none named: any."""
    matrix: tuple[AuthorityRow, ...]
    """From the lowest authority up: who isn't named by a row goes to the next."""

    @model_validator(mode="after")
    def _has_a_top(self) -> Charter:
        for kind in ("refund", "credit"):
            if not any(r.kind == kind and r.up_to is None and r.plans is None for r in self.matrix):
                raise ValueError(f"the authority matrix has no row for a {kind} of any amount: a case without an owner")
        return self

    def approvers(self, kind: str, amount: Money, plan: Plan | None, age: timedelta | None) -> ApprovalNeed:
        """The lowest authority that may give this, and everyone above it."""
        rows = [row for row in self.matrix if row.covers(kind, amount, plan, age)]
        roles = tuple(dict.fromkeys(role for row in rows for role in row.roles))
        plan_name = plan.value if plan else "unknown"
        return ApprovalNeed(roles=roles, why=f"{kind} of {amount} on plan {plan_name}: {rows[0].source}")
