"""Facts of the identity store: the requester's account, and who failed to sign in to it (RULES B.1)."""

from __future__ import annotations

from datetime import timedelta

from activities.identity.answers import User
from activities.identity.store import IdentityStore
from casewright.domain.effects import Refused, Unreachable
from casewright.domain.facts import Fact
from casewright.domain.identity import IdentityAccount, Standing
from casewright.domain.requests import AssessRequest
from casewright.domain.tempo import Tempo

ACCOUNT = "identity.account"
LOGINS = "identity.logins"
LOOK_BACK = timedelta(days=7)
"""How far back logins are asked for; a policy's window may be shorter."""


class IdentityFacts:
    """The account behind the requester's address, and its failed logins.

    Known or not, it takes the same calls; and when one of them fails, both facts are unavailable: otherwise an outage
    of the log alone would delay the answer for some addresses and not for others.
    """

    names = frozenset({ACCOUNT, LOGINS})
    source = "identity store"

    def __init__(self, store: IdentityStore, tempo: Tempo) -> None:
        self._store, self._now = store, tempo.now

    async def gather(self, case: AssessRequest) -> list[Fact]:
        """Both facts, in two rounds of calls."""
        address = case.requester.email
        try:
            users = await self._store.users_with(address)
            account = _account(users, address)
            logins = await self._store.failed_logins(account.user if account else None, self._now() - LOOK_BACK)
        except (Unreachable, Refused) as error:
            return [Fact.unavailable(name, self.source, self._now(), str(error)) for name in (ACCOUNT, LOGINS)]
        at = self._now()
        return [Fact.of(ACCOUNT, self.source, at, account), Fact.of(LOGINS, self.source, at, logins)]


def _account(users: tuple[User, ...], address: str) -> IdentityAccount | None:
    if not users:
        return None
    user = users[0]
    registered = user.registered is not None and user.registered.casefold() == address.casefold()
    standing = user.standing if len(users) == 1 else Standing.UNCLEAR
    return IdentityAccount(user=user.id, standing=standing, registered=registered)
