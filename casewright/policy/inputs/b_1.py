"""B.1 login failure and password reset: from the identity store's facts to the table's inputs (HB B.1, RULES B.1)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Literal

from casewright.domain.facts import FactUnavailable
from casewright.domain.identity import FailedLogins, IdentityAccount, Standing
from casewright.domain.model import Frozen
from casewright.domain.ticket import Priority
from casewright.policy.case import Case
from casewright.policy.claims import text_claim
from casewright.policy.derivation import Derived, InputsModule, asked_each
from casewright.policy.inputs.attempts import Attempts, Told, read_attempts


class Parameters(Frozen):
    """What this code reads of the version's parameters."""

    attempts_limit: Decimal
    attempts_window: timedelta
    link_life: timedelta


class Inputs(Frozen):
    """The table's columns; see the policy's file for what each means."""

    priority: Priority | None
    address: Literal["known", "unknown"] | None
    standing: Literal["none", "good", "security", "other", "unclear"] | None
    failed: Decimal | None
    told: Told | None
    reported: Decimal | None


class Values(Frozen):
    """What the steps use."""

    user: str | None = None
    """Whose password may be reset: an account in good standing; else None."""
    minutes: int


class LoginFailure:
    """B.1's questions about a case; one that needs a fact that can't be had raises ``FactUnavailable``."""

    def __init__(self, case: Case, parameters: Parameters) -> None:
        self.case, self.parameters = case, parameters

    @property
    def priority(self) -> Priority:
        """The ticket's."""
        return self.case.priority

    @cached_property
    def account(self) -> IdentityAccount | None:
        """The account that the requester's address leads to."""
        return self.case.read("identity.account", IdentityAccount)

    @property
    def address(self) -> str:
        """Whether the identity store knows the requester's address."""
        return "unknown" if self.account is None else "known"

    @property
    def standing(self) -> str:
        """How the account stands."""
        return "none" if self.account is None else self.account.standing.value

    @property
    def resettable(self) -> str | None:
        """Whose password may be reset."""
        try:
            account = self.account
        except FactUnavailable:
            return None
        return account.user if account is not None and account.standing is Standing.GOOD else None

    @property
    def failed(self) -> Decimal:
        """Failed attempts in the window; more attempts than the store lists at once are as many as the limit."""
        logins = self.case.read("identity.logins", FailedLogins)
        if logins is None:
            return Decimal(0)
        after = self.case.at - self.parameters.attempts_window
        counted = logins.count(after)
        if counted is not None:
            return Decimal(counted)
        return max(Decimal(len(logins.failed)), self.parameters.attempts_limit)

    @cached_property
    def claimed(self) -> Attempts:
        """What the customer says of failed attempts."""
        return read_attempts(text_claim(self.case.claims, "attempts"))

    @property
    def told(self) -> Told:
        """In which way they say it."""
        return self.claimed.told

    @property
    def reported(self) -> Decimal | None:
        """The number that they say."""
        return self.claimed.number


def derive(case: Case, parameters: Parameters) -> Derived[Inputs, Values]:
    """The table's inputs, each unavailable exactly when it needs a fact that is; and what the steps use."""
    asked = LoginFailure(case, parameters)
    inputs, unavailable = asked_each(Inputs, asked)
    values = Values(user=asked.resettable, minutes=parameters.link_life // timedelta(minutes=1))
    return Derived(inputs, values, unavailable)


MODULE = InputsModule(
    parameters=Parameters,
    inputs=Inputs,
    values=Values,
    facts={"identity.account": IdentityAccount, "identity.logins": FailedLogins},
    derive=derive,
)
