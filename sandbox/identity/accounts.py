"""What the identity store keeps of an account, its logins and its password resets."""

import hashlib
import hmac
from datetime import datetime
from enum import StrEnum
from secrets import token_bytes, token_hex
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from sandbox.instants import Moment

MIN_PASSWORD = 12
MAX_PASSWORD = 1_024


class Standing(StrEnum):
    """The ``status`` of an account."""

    ACTIVE = "active"
    LOCKED = "locked_for_security"
    DEACTIVATED_FOR_SECURITY = "deactivated_for_security"
    DEACTIVATED = "deactivated"


class Email(BaseModel):
    """One address of an account."""

    model_config = ConfigDict(extra="forbid")

    value: str = Field(min_length=3, pattern=r"^[^@\s]+@[^@\s]+$")
    type: str | None = None
    primary: bool = False


class PasswordHash(BaseModel):
    """A salted hash; the password itself is kept nowhere. Both fields are hexadecimal."""

    salt: str
    digest: str

    @classmethod
    def of(cls, password: str) -> Self:
        """The hash to keep for a password."""
        salt = token_bytes(16)
        return cls(salt=salt.hex(), digest=_stretched(password, salt).hex())

    def fits(self, password: str) -> bool:
        """Whether this is the password, compared in constant time."""
        return hmac.compare_digest(_stretched(password, bytes.fromhex(self.salt)), bytes.fromhex(self.digest))


class Account(BaseModel):
    """A person's identity. ``version`` counts changes and is the ETag."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    id: str = Field(default_factory=lambda: f"usr_{token_hex(8)}")
    user_name: str = Field(min_length=1)
    external_id: str | None = None
    display_name: str | None = None
    emails: list[Email] = []
    status: Standing = Standing.ACTIVE
    password: PasswordHash | None = None
    created: Moment
    modified: Moment
    version: int = 1

    @property
    def active(self) -> bool:
        """SCIM's ``active``: a locked account hasn't been deactivated."""
        return self.status in {Standing.ACTIVE, Standing.LOCKED}

    def activate(self, active: bool) -> None:
        """Set SCIM's ``active``; deactivating a locked account keeps it deactivated for security."""
        if active and not self.active:
            self.status = Standing.ACTIVE
        elif not active and self.active:
            locked = self.status is Standing.LOCKED
            self.status = Standing.DEACTIVATED_FOR_SECURITY if locked else Standing.DEACTIVATED

    def has_address(self, address: str) -> bool:
        """Whether this is one of its addresses, in any case of letters."""
        return any(email.value.casefold() == address.casefold() for email in self.emails)


class Outcome(StrEnum):
    """How an attempt to sign in ended."""

    SUCCESS = "success"
    FAILURE = "failure"


class Login(BaseModel):
    """One attempt to sign in; ``address`` is the client's IP address, ``country`` a two-letter code."""

    model_config = ConfigDict(extra="forbid")

    id: int
    user: str
    at: Moment
    outcome: Outcome
    address: str
    country: str | None = None


class PasswordReset(BaseModel):
    """A reset link as kept: of its token only the hash."""

    id: str
    user: str
    key: str
    expires_in: int
    created: datetime
    expires: datetime
    token_sha256: str
    used_at: datetime | None = None

    def state(self, now: datetime) -> str:
        """``open``, ``used`` or ``expired``; at its expiry it has expired."""
        if self.used_at is not None:
            return "used"
        return "open" if now < self.expires else "expired"


def _stretched(password: str, salt: bytes) -> bytes:
    # Far too cheap for real accounts; here there are only invented ones, and tests that mustn't wait.
    return hashlib.scrypt(password.encode(), salt=salt, n=2**10, r=8, p=1)
