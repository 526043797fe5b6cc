"""Signed links: what a token says, and why one is refused (RULES §5, §7).

A token is for one purpose, signed under a key of that purpose alone, and tells until when it counts. It is text for an
address: letters, digits, ``-``, ``_`` and ``.``.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, TypeVar

from itsdangerous import BadData, URLSafeSerializer
from pydantic import AwareDatetime, Field, ValidationError

from casewright.domain.model import Frozen
from casewright.domain.people import PersonId
from casewright.domain.ticket import TicketId

MAX_TOKEN = 1_000
APPROVAL_LINK = timedelta(days=7)
"""How long the link in a request for approval counts; each reminder and each level brings a new one."""
SIGN_IN = timedelta(hours=8)
"""How long somebody stays signed in; by the clock on the wall."""
Nonce = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
log = logging.getLogger("casewright.links")


class Purpose(StrEnum):
    """What a token is for; each has a key of its own."""

    APPROVAL = "approval"
    SURVEY = "survey"
    SIGN_IN = "sign-in"
    FORM = "form"


class Flaw(StrEnum):
    """Why a token is refused."""

    TAMPERED = "tampered"
    OTHER_PURPOSE = "other-purpose"
    EXPIRED = "expired"
    OTHER_PERSON = "other-person"


class BadLink(Exception):
    """A token that doesn't count."""

    def __init__(self, purpose: Purpose, flaw: Flaw) -> None:
        super().__init__(f"a token for {purpose} is refused: {flaw}")
        self.purpose, self.flaw = purpose, flaw


class Said(Frozen):
    """What every token says."""

    purpose: ClassVar[Purpose]
    nonce: Nonce
    """Of this token alone: what is done by it counts once."""
    expires: AwareDatetime


class ApprovalLink(Said):
    """One person may look at one request for approval, and answer it."""

    purpose: ClassVar[Purpose] = Purpose.APPROVAL
    ticket: TicketId
    person: PersonId
    plan_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SurveyLink(Said):
    """Whoever has it may rate one ticket, once: it was mailed to the customer."""

    purpose: ClassVar[Purpose] = Purpose.SURVEY
    ticket: TicketId


class SignIn(Said):
    """Who signed in with a browser, and by which token: it counts as long as that is theirs."""

    purpose: ClassVar[Purpose] = Purpose.SIGN_IN
    person: PersonId
    token: Nonce
    """A keyed digest of what is kept of the token."""


class FormSeal(Said):
    """That a form comes from a page that this very sign-in was shown; ``nonce`` is the sign-in's."""

    purpose: ClassVar[Purpose] = Purpose.FORM
    page: Nonce
    """The nonce of the link that the page was for."""


SaidT = TypeVar("SaidT", bound=Said)


class Links:
    """Signs and reads tokens under one key.

    Raises:
        ValueError: the key is empty.
    """

    def __init__(self, key: str) -> None:
        if not key:
            raise ValueError("an empty key signs nothing: set CASEWRIGHT_LINK_KEY")
        self._key = key

    @classmethod
    def under(cls, key: str) -> Links | None:
        """Those of a key that may not be set; None: nothing can be signed."""
        return cls(key) if key else None

    def sign(self, said: Said) -> str:
        """The token that says this."""
        token = self._of(said.purpose).dumps(said.model_dump(mode="json"))
        return token.decode() if isinstance(token, bytes) else token

    def read(self, shape: type[SaidT], token: str, now: datetime) -> SaidT:
        """What a token says, if it counts now. Signatures are compared in constant time.

        Raises:
            BadLink: it was changed or isn't ours, is for another purpose, or has expired; that is logged.
        """
        try:
            said = shape.model_validate(self._of(shape.purpose).loads(token[: MAX_TOKEN + 1]))
        except (BadData, ValidationError):
            raise refusal(shape.purpose, self._why(shape.purpose, token)) from None
        if now >= said.expires:
            raise refusal(shape.purpose, Flaw.EXPIRED)
        return said

    def nonce(self, *parts: str) -> str:
        """A nonce that follows from what it is for, so that a message which is sent again has the same link."""
        text = "\n".join(parts).encode()
        return hmac.new(self._key.encode(), b"nonce\n" + text, hashlib.sha256).hexdigest()[:32]

    def _why(self, purpose: Purpose, token: str) -> Flaw:
        for other in Purpose:
            if other is not purpose and self._of(other).loads_unsafe(token[: MAX_TOKEN + 1])[0]:
                return Flaw.OTHER_PURPOSE
        return Flaw.TAMPERED

    def _of(self, purpose: Purpose) -> URLSafeSerializer:
        return URLSafeSerializer(
            self._key, salt=f"casewright.{purpose}", signer_kwargs={"digest_method": hashlib.sha256}
        )


def refusal(purpose: Purpose, flaw: Flaw, ticket: str | None = None) -> BadLink:
    """The no to a token, logged with what tells nothing of anybody."""
    told = {"purpose": purpose.value, "flaw": flaw.value, "ticket": ticket}
    log.warning("a link for %s was refused: %s", purpose.value, flaw.value, extra={"fields": told})
    return BadLink(purpose, flaw)
