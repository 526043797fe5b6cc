"""The gateway's errors as ours: refused for good, or no certain answer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import stripe

from casewright.domain.effects import Refused, Unreachable

_BUSY = frozenset({409, 429})
"""A key in use by a request that still runs, or too many requests: a matter of waiting."""
_CLOSED = frozenset({401, 403})
"""Our key opens nothing, or not this: nothing was done, and it goes on when somebody has mended the key."""


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Let the gateway's errors out as ours.

    Raises:
        Refused: it did not happen and never will: an unknown object, a bound of the books, a declined card, or a key
            under which the gateway has done something else.
        Unreachable: anything else, an answer that can't be read included: it may have happened.
    """
    try:
        yield
    except stripe.StripeError as error:
        raise _ours(error) from error


def _ours(error: stripe.StripeError) -> Refused | Unreachable:
    if error.http_status in _BUSY:
        return Unreachable(f"the gateway is busy: {_words(error)}")
    if error.http_status in _CLOSED:
        return Unreachable(f"the gateway does not accept our key: {_words(error)}")
    if isinstance(error, stripe.IdempotencyError):
        return Refused("the gateway knows this key for another request")
    if isinstance(error, stripe.CardError | stripe.InvalidRequestError):
        return Refused(f"the gateway refused: {_words(error)}")
    return Unreachable(f"the gateway gave no answer: {type(error).__name__} {error.http_status or ''}".rstrip())


def _words(error: stripe.StripeError) -> str:
    return str(error.user_message or error.code or error.http_status)
