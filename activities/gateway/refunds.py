"""What a refund's status means to a step (RULES §6): paid, not paid, or not certain yet.

- ``succeeded``: done.
- ``failed``, ``canceled``: the charge has its amount back. Refused for good, with the gateway's reason, and never
  made again under the same key: people give it another way.
- ``pending``, ``requires_action`` and whatever the gateway adds: on its way, and it may still fail. Not certain: the
  step is tried again until its budget ends, then it is uncertain and its reservation stays, so that nobody pays it
  twice. The ledger books nothing and the customer is told nothing; a person who retries the step finds out what
  became of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import stripe

from activities.gateway.objects import UNDONE
from casewright.domain.effects import Done, Refused, Unreachable

SUCCEEDED = "succeeded"


def outcome(refund: stripe.Refund) -> Done:
    """A refund as a step's result.

    Raises:
        Refused: it failed or was cancelled.
        Unreachable: it is neither made nor undone yet.
    """
    if refund.status == SUCCEEDED:
        return Done(reference=refund.id)
    if refund.status in UNDONE:
        reason = f": {refund.failure_reason}" if getattr(refund, "failure_reason", None) else ""
        raise Refused(f"the gateway says that the refund {refund.id} is {refund.status}{reason}")
    raise Unreachable(f"the gateway says that the refund {refund.id} is {refund.status}: it may still fail")


def found(refunds: Sequence[stripe.Refund]) -> Done | None:
    """The refunds that carry one step's key as its result: a paid one decides, else one that may still be paid.

    Raises:
        Refused: all failed or were cancelled.
        Unreachable: one is neither made nor undone yet.
    """
    by_certainty = sorted(refunds, key=lambda r: (r.status != SUCCEEDED, r.status in UNDONE))
    return outcome(by_certainty[0]) if by_certainty else None
