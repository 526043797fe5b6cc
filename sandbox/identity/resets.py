"""Password reset links: made once per idempotency key, expiring by the sandbox's clock, good for one use."""

import hashlib
import hmac
from datetime import datetime, timedelta
from secrets import token_hex

from sandbox.identity.accounts import PasswordReset
from sandbox.once import OtherRequest, latest_under, remembered


class ResetLinks:
    """Keeps resets. A token is derived from the reset's id with a secret that is kept elsewhere."""

    def __init__(self, secret: bytes, resets: list[PasswordReset] | None = None) -> None:
        self._secret = secret
        self._resets = {reset.id: reset for reset in resets or []}

    def make(self, user: str, key: str, expires_in: int, now: datetime) -> tuple[PasswordReset, bool]:
        """Make a reset, or give the one made under this key, and whether it was made now.

        Raises:
            OtherRequest: The key belongs to a reset of another user or another life.
        """
        earlier = remembered(self._resets.values(), key, now)
        if earlier is not None:
            if (earlier.user, earlier.expires_in) != (user, expires_in):
                raise OtherRequest
            return earlier, False
        identity = f"rst_{token_hex(12)}"
        reset = PasswordReset(
            id=identity,
            user=user,
            key=key,
            expires_in=expires_in,
            created=now,
            expires=now + timedelta(seconds=expires_in),
            token_sha256=_digest(self.token(identity)),
        )
        self._resets[identity] = reset
        return reset, True

    def under(self, key: str) -> PasswordReset | None:
        """The latest reset made under a key, also long after the key was forgotten."""
        return latest_under(self._resets.values(), key)

    def token(self, identity: str) -> str:
        """The token that opens a reset: its id and a signature over it."""
        signature = hmac.new(self._secret, identity.encode(), hashlib.sha256).hexdigest()
        return f"{identity}.{signature}"

    def opened_by(self, token: str) -> PasswordReset | None:
        """The reset that the token belongs to, whatever its state; compared in constant time."""
        reset = self._resets.get(token.partition(".")[0])
        kept = reset.token_sha256 if reset is not None else _digest("")
        fits = hmac.compare_digest(kept, _digest(token))
        return reset if reset is not None and fits else None

    def all(self) -> list[PasswordReset]:
        """Every reset, oldest first."""
        return list(self._resets.values())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
