"""What the identity store answers, and what it means: users (RFC 7643), logins, password resets."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from casewright.domain.identity import Standing

ACCOUNT = "urn:casewright:params:scim:schemas:extension:account:2.0:User"
"""The extension that says why an account can't be used; a store without it is never acted on by itself."""
ENOUGH = 2
"""How many users of an address are asked for: that there are several says enough."""
_STANDINGS = {
    "active": Standing.GOOD,
    "locked_for_security": Standing.SECURITY,
    "deactivated_for_security": Standing.SECURITY,
    "deactivated": Standing.OTHER,
}


class Address(BaseModel):
    """One mail address of a user."""

    value: str
    primary: bool = False


class AccountExtension(BaseModel):
    """How the account stands, in the store's words."""

    status: str = ""


class User(BaseModel):
    """A SCIM user."""

    id: str
    user_name: str = Field(alias="userName")
    active: bool | None = None
    emails: tuple[Address, ...] = ()
    extension: AccountExtension | None = Field(default=None, alias=ACCOUNT)

    @property
    def standing(self) -> Standing:
        """Good only when everything that the store says agrees."""
        told = _STANDINGS.get(self.extension.status, Standing.UNCLEAR) if self.extension else Standing.UNCLEAR
        return Standing.OTHER if told is Standing.GOOD and self.active is False else told

    @property
    def registered(self) -> str | None:
        """The address that resets go to: the primary one, else the first, else a user name that is one."""
        primary = next((address.value for address in self.emails if address.primary), None)
        first = self.emails[0].value if self.emails else None
        return primary or first or (self.user_name if "@" in self.user_name else None)


class Users(BaseModel):
    """A SCIM list of users; an empty one may lack its resources, and another may not (RFC 7644 §3.4.2)."""

    total: int = Field(alias="totalResults")
    users: tuple[User, ...] = Field(default=(), alias="Resources")

    @model_validator(mode="after")
    def _all_told(self) -> Self:
        """One of two people with the same address must not look like the only one."""
        if len(self.users) < min(self.total, ENOUGH):
            raise ValueError("some users are not in the list")
        return self


class Login(BaseModel):
    """One attempt to sign in."""

    at: AwareDatetime
    outcome: str


class Logins(BaseModel):
    """Attempts, newest first; a cursor says that there are older ones."""

    logins: tuple[Login, ...]
    next_cursor: str | None


class Reset(BaseModel):
    """A password reset that was just made, or made before under the same key."""

    id: str
    expires: AwareDatetime
    url: str

    def __repr__(self) -> str:
        """Without its link: whoever has it can set the password."""
        return f"Reset({self.id})"

    __str__ = __repr__


class ResetLookedUp(BaseModel):
    """A password reset as it is found by its key."""

    id: str
    state: str
    expires: datetime


class ResetsLookedUp(BaseModel):
    """The latest reset made under a key, or none."""

    password_resets: tuple[ResetLookedUp, ...]
