"""The identity store's memory: accounts, logins and reset links."""

from datetime import datetime

from pydantic import BaseModel

from sandbox.identity.accounts import Account, Login, Outcome, PasswordReset
from sandbox.identity.resets import ResetLinks


class IdentityRecord(BaseModel):
    """The store as written to the state file."""

    accounts: list[Account] = []
    logins: list[Login] = []
    resets: list[PasswordReset] = []


class IdentityStore:
    """Accounts in the order they came, their attempts to sign in, and their reset links."""

    def __init__(self, secret: bytes, record: IdentityRecord | None = None) -> None:
        record = record or IdentityRecord()
        self._accounts = {account.id: account for account in record.accounts}
        self._logins = list(record.logins)
        self._last_login = max((login.id for login in self._logins), default=0)
        self.resets = ResetLinks(secret, record.resets)

    def record(self) -> IdentityRecord:
        """The store as data."""
        return IdentityRecord(accounts=self.accounts(), logins=list(self._logins), resets=self.resets.all())

    def add(self, account: Account) -> None:
        """Keep a new account.

        Raises:
            ValueError: Its id or user name is taken.
        """
        if account.id in self._accounts:
            raise ValueError(f"identity {account.id} exists already")
        if self.by_user_name(account.user_name) is not None:
            raise ValueError(f"user name {account.user_name} is taken")
        self._accounts[account.id] = account

    def replace(self, account: Account) -> None:
        """Keep a changed account in place of the one with its id.

        Raises:
            ValueError: Another account has its user name.
        """
        holder = self.by_user_name(account.user_name)
        if holder is not None and holder.id != account.id:
            raise ValueError(f"user name {account.user_name} is taken")
        self._accounts[account.id] = account

    def remove(self, identity: str) -> None:
        """Forget an account; its logins stay, as a log does."""
        del self._accounts[identity]

    def get(self, identity: str) -> Account | None:
        """One account by its id."""
        return self._accounts.get(identity)

    def by_user_name(self, user_name: str) -> Account | None:
        """One account by its user name, in any case of letters."""
        wanted = user_name.casefold()
        return next((account for account in self._accounts.values() if account.user_name.casefold() == wanted), None)

    def accounts(self) -> list[Account]:
        """Every account, oldest addition first."""
        return list(self._accounts.values())

    def attempt(self, user: str, at: datetime, outcome: Outcome, address: str, country: str | None) -> Login:
        """Note an attempt to sign in."""
        self._last_login += 1
        login = Login(id=self._last_login, user=user, at=at, outcome=outcome, address=address, country=country)
        self._logins.append(login)
        return login

    def logins(self, user: str, since: datetime | None = None) -> list[Login]:
        """An account's attempts from an instant on (itself included), newest first."""
        found = [login for login in self._logins if login.user == user and (since is None or login.at >= since)]
        return sorted(found, key=lambda login: (login.at, login.id), reverse=True)
