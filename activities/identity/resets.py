"""Step ``password-reset``: a link to set a new password, by mail to the registered address (HB B.1).

Neither the link nor the address comes into the step, the journal, a log or an error.
"""

from __future__ import annotations

from activities.identity.store import IdentityStore
from activities.smtp import Smtp
from casewright.domain.effects import Done, Refused, Unreachable
from casewright.domain.steps import PasswordResetStep
from casewright.domain.tempo import Tempo
from casewright.handbook import Handbook

TEMPLATE = "password-reset"
USED = "used"


class PasswordResetEffect:
    """Makes the link under the step's key and mails it: a repeat has the same link and the same Message-ID."""

    def __init__(self, store: IdentityStore, handbook: Handbook, smtp: Smtp, tempo: Tempo) -> None:
        self._store, self._handbook, self._smtp, self._now = store, handbook, smtp, tempo.now

    async def lookup(self, key: str, step: PasswordResetStep) -> Done | None:
        """Done when the link was used: then it has arrived. A reset alone doesn't say that it was mailed."""
        found = await self._store.reset_under(key)
        return Done(reference=self._smtp.message_id(key)) if found is not None and found.state == USED else None

    async def perform(self, key: str, step: PasswordResetStep) -> Done:
        """Make the link and mail it."""
        to = await self._registered(step.user)
        reset = await self._store.make_reset(step.user, step.minutes * 60, key)
        if reset.expires <= self._now():
            raise Refused("the reset link had expired before it could be mailed; a new ticket gets a new one")
        values = {"ticket": key.partition("/")[0], "link": reset.url, "minutes": str(step.minutes)}
        message = self._smtp.compose(key, to, *self._handbook.render(TEMPLATE, values))
        try:
            await self._smtp.send(message)
        except Refused as error:
            # Without its cause, here and below: it names the address.
            raise Refused(f"the registered address: {error}") from None
        except Unreachable as error:
            raise Unreachable(str(error)) from None
        return Done(reference=str(message["Message-ID"]))

    async def _registered(self, user: str) -> str:
        found = await self._store.user(user)
        if found is None or found.registered is None:
            raise Refused("the identity store has no registered address of this user")
        return found.registered
