"""Facts of the identity store: whether an account may be given a new password, and who failed to sign in (RULES B.1).

Neither holds a mail address or a link: where a reset goes is looked up when it is sent.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from casewright.domain.model import Frozen


class Standing(StrEnum):
    """How an account stands."""

    GOOD = "good"
    SECURITY = "security"
    """Locked or deactivated for security."""
    OTHER = "other"
    """Deactivated for another reason, such as having left."""
    UNCLEAR = "unclear"
    """Several accounts have the address, or the store doesn't say how it stands: nothing is done by itself."""


class IdentityAccount(Frozen):
    """The account that the requester's address leads to (fact ``identity.account``)."""

    user: str
    """The identity store's id."""
    standing: Standing
    registered: bool
    """Whether the requester wrote from the registered address, the one that resets go to."""


class FailedLogins(Frozen):
    """Failed attempts to sign in (fact ``identity.logins``)."""

    since: datetime
    """From here on they are complete."""
    failed: tuple[datetime, ...]
    """When each was, newest first."""

    def count(self, after: datetime) -> int | None:
        """How many there were from an instant on; None when nobody knows that far back."""
        return sum(at >= after for at in self.failed) if self.since <= after else None
