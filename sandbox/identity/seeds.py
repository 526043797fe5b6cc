"""Accounts that are there before the story begins."""

from pydantic import BaseModel, ConfigDict, Field

from sandbox.identity.accounts import Account, Email, Outcome, PasswordHash, Standing
from sandbox.identity.store import IdentityStore
from sandbox.instants import Moment


class SeedLogin(BaseModel):
    """An attempt to sign in."""

    model_config = ConfigDict(extra="forbid")

    at: Moment
    outcome: Outcome
    address: str
    country: str | None = None


class SeedIdentity(BaseModel):
    """An account, its password and its attempts to sign in; ``emails`` are addresses, the first is primary."""

    model_config = ConfigDict(extra="forbid")

    id: str
    user_name: str
    display_name: str
    external_id: str | None = None
    emails: list[str] = Field(min_length=1)
    status: Standing = Standing.ACTIVE
    password: str | None = None
    created: Moment
    logins: list[SeedLogin] = []

    def account(self) -> Account:
        """The account to keep."""
        emails = [Email(value=value, type="work", primary=place == 0) for place, value in enumerate(self.emails)]
        return Account(
            id=self.id,
            user_name=self.user_name,
            display_name=self.display_name,
            external_id=self.external_id,
            emails=emails,
            status=self.status,
            password=None if self.password is None else PasswordHash.of(self.password),
            created=self.created,
            modified=self.created,
        )

    def add_to(self, store: IdentityStore) -> None:
        """Add the account and its attempts.

        Raises:
            ValueError: Its id or user name is taken.
        """
        store.add(self.account())
        for login in sorted(self.logins, key=lambda login: login.at):
            store.attempt(self.id, login.at, login.outcome, login.address, login.country)
