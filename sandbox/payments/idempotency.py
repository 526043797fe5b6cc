"""Idempotency keys, honoured as Stripe honours them: for a day, and only for the same request."""

from typing import Any

from pydantic import BaseModel

from sandbox.payments.problems import StripeProblem, invalid

REMEMBERED_SECONDS = 24 * 3_600
MAX_KEY = 255


class KeptAnswer(BaseModel):
    """The first answer given under a key. ``created`` is in epoch seconds."""

    key: str
    path: str
    fingerprint: str
    created: int
    status: int
    body: dict[str, Any]
    request_id: str


class AnswerBook:
    """The answers kept, and the keys whose request is still being worked on."""

    def __init__(self, kept: list[KeptAnswer] | None = None) -> None:
        self._kept = {answer.key: answer for answer in kept or []}
        self._in_progress: set[str] = set()

    def begin(self, key: str, path: str, fingerprint: str, now: int) -> KeptAnswer | None:
        """Take the key for a request, or give the answer that was kept under it.

        Raises:
            StripeProblem: 400 for another request than the first under this key, 409 while that one runs.
        """
        if len(key) > MAX_KEY:
            raise invalid(f"The idempotency key is longer than {MAX_KEY} characters.")
        if key in self._in_progress:
            raise StripeProblem(409, _IN_USE.format(key=key), kind="idempotency_error", code="idempotency_key_in_use")
        kept = self._kept.get(key)
        if kept is not None and now - kept.created < REMEMBERED_SECONDS:
            _check_same(kept, path, fingerprint)
            return kept
        self._kept.pop(key, None)
        self._in_progress.add(key)
        return None

    def keep(self, answer: KeptAnswer) -> None:
        """Remember the answer to the request that took the key."""
        self._kept[answer.key] = answer

    def release(self, key: str) -> None:
        """The request that took the key has ended."""
        self._in_progress.discard(key)

    def kept(self) -> list[KeptAnswer]:
        """Every answer kept, expired ones too."""
        return list(self._kept.values())


def _check_same(kept: KeptAnswer, path: str, fingerprint: str) -> None:
    if kept.path != path:
        raise StripeProblem(400, _OTHER_PATH.format(key=kept.key, path=kept.path), kind="idempotency_error")
    if kept.fingerprint != fingerprint:
        raise StripeProblem(400, _OTHER_PARAMETERS.format(key=kept.key), kind="idempotency_error")


_IN_USE = (
    "There is currently another in-progress request using this Idempotent Key (that probably means you submitted"
    " twice, and the other request is still going through): {key}. Please try again later if you want to execute a"
    " different request."
)
_OTHER_PATH = (
    "Keys for idempotent requests can only be used for the same endpoint they were first used for ('{path}'). Try"
    " using a key other than '{key}' if you meant to execute a different request."
)
_OTHER_PARAMETERS = (
    "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a"
    " key other than '{key}' if you meant to execute a different request."
)
