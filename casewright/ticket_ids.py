"""Ticket ids: a keyed hash of submitter and idempotency key, so a resend is the same ticket and keys never meet."""

from __future__ import annotations

import hashlib
import hmac

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is read as a digit."""
LENGTH = 16
"""80 bits: two of a million million tickets meet with a chance below one in a hundred thousand million."""


def ticket_id(intake_key: bytes, submitter: str, key: str) -> str:
    """The id of what this submitter sent under this key (Message-IDs are personal data: never shown).

    Raises:
        ValueError: the intake key is empty, so anybody could guess ids.
    """
    if not intake_key:
        raise ValueError("the intake key is empty: set CASEWRIGHT_INTAKE_KEY")
    name = submitter.encode()
    # The length first: "a" with "bc" is not "ab" with "c".
    message = len(name).to_bytes(4, "big") + name + key.encode()
    number = int.from_bytes(hmac.digest(intake_key, message, hashlib.sha256), "big") >> (256 - 5 * LENGTH)
    return "T-" + "".join(ALPHABET[number >> (5 * place) & 31] for place in reversed(range(LENGTH)))
