"""The identity store's calls."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from urllib.parse import quote

import httpx

from activities.identity.answers import ENOUGH, Logins, Reset, ResetLookedUp, ResetsLookedUp, User, Users
from activities.json_api import JsonApi, in_own_words
from casewright.domain.effects import Refused, Unreachable
from casewright.domain.identity import FailedLogins

LISTED = 200
NOBODY = "nobody"
"""Whose logins are asked for when nobody has the address, so that it takes as many calls as when somebody does."""
_NEVER = {
    httpx.codes.NOT_FOUND: "the identity store has no such user any more",
    httpx.codes.CONFLICT: "the identity store refuses a reset: the account is not active",
    httpx.codes.UNPROCESSABLE_ENTITY: "the identity store knows this key for another reset",
}


class IdentityStore:
    """Users, their logins, and links to set a new password. Every method raises ``Unreachable``."""

    def __init__(self, api: JsonApi) -> None:
        self._api = api

    async def users_with(self, address: str) -> tuple[User, ...]:
        """Everybody whose user name or one of whose addresses it is: two calls, whatever they find."""
        literal = json.dumps(address)
        found = await asyncio.gather(*(self._users(f"{name} eq {literal}") for name in ("userName", "emails.value")))
        return tuple({user.id: user for users in found for user in users}.values())

    async def user(self, id: str) -> User | None:
        """One user."""
        return await self._api.get(f"scim/v2/Users/{quote(id, safe='')}", User)

    async def failed_logins(self, user: str | None, since: datetime) -> FailedLogins | None:
        """Failed attempts to sign in since then, as far as one page reaches; one call, whoever it is about."""
        path = f"v1/users/{quote(user or NOBODY, safe='')}/logins"
        page = await self._api.get(path, Logins, since=since.isoformat(), limit=str(LISTED))
        if page is None or user is None:
            return None
        failed = tuple(login.at for login in page.logins if login.outcome == "failure")
        return FailedLogins(since=_complete_since(page, since), failed=failed)

    async def reset_under(self, key: str) -> ResetLookedUp | None:
        """The latest reset made under a key, however old."""
        found = await self._api.get("v1/password-resets", ResetsLookedUp, key=key)
        return found.password_resets[0] if found is not None and found.password_resets else None

    async def make_reset(self, user: str, seconds: int, key: str) -> Reset:
        """A reset link; the same key brings the same link back for a day.

        Raises:
            Refused: the account is gone or not active, or the key was used for another.
        """
        got = await self._api.call(
            "POST",
            f"v1/users/{quote(user, safe='')}/password-resets",
            body={"expires_in": seconds},
            headers={"Idempotency-Key": key},
        )
        if got.status_code in _NEVER and in_own_words(got):
            raise Refused(_NEVER[httpx.codes(got.status_code)])
        return self._api.read(got, Reset)

    async def _users(self, filter: str) -> tuple[User, ...]:
        found = await self._api.get("scim/v2/Users", Users, filter=filter, count=str(ENOUGH))
        return found.users if found is not None else ()


def _complete_since(page: Logins, since: datetime) -> datetime:
    """From when on they are all there: where the page was cut off, only after its oldest, which may have had company.

    Raises:
        Unreachable: there are others, and the page has none.
    """
    if page.next_cursor is None:
        return since
    if not page.logins:
        raise Unreachable("the identity store cut its log off before the first login")
    return page.logins[-1].at + datetime.resolution
