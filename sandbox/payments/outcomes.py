"""What becomes of refunds: how the next ones begin, and how one goes on, as where banks take their time."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sandbox.payments.records import FailureReason, RefundStatus

UNDONE = frozenset({RefundStatus.FAILED, RefundStatus.CANCELED})
"""The customer got nothing: the amount is the charge's again."""
GOES_ON_TO: dict[RefundStatus, frozenset[RefundStatus]] = {
    RefundStatus.PENDING: frozenset(RefundStatus) - {RefundStatus.PENDING},
    RefundStatus.REQUIRES_ACTION: frozenset(RefundStatus) - {RefundStatus.REQUIRES_ACTION},
    # A bank may send back what was on its way.
    RefundStatus.SUCCEEDED: frozenset({RefundStatus.FAILED}),
    RefundStatus.FAILED: frozenset(),
    RefundStatus.CANCELED: frozenset(),
}


class RefundChange(BaseModel):
    """What a refund becomes; only a failure has a reason."""

    model_config = ConfigDict(extra="forbid")

    status: RefundStatus
    failure_reason: FailureReason | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.failure_reason is not None and self.status is not RefundStatus.FAILED:
            raise ValueError("only a failed refund has a failure_reason")
        return self


class RefundOutcome(RefundChange):
    """How the next refunds begin instead of succeeding at once."""

    charge: str | None = Field(default=None, description="Only this charge's refunds; null: any")
    times: int = Field(default=1, ge=1, description="How many refunds it is for")


class RefundOutcomes:
    """The outcomes arranged; of those that fit a refund, the first arranged is used up."""

    def __init__(self, arranged: list[RefundOutcome] | None = None) -> None:
        self._arranged = list(arranged or [])

    def add(self, outcome: RefundOutcome) -> None:
        """Arrange an outcome."""
        self._arranged.append(outcome)

    def for_charge(self, charge: str) -> RefundOutcome | None:
        """What the next refund of a charge meets; None: it succeeds."""
        return next((outcome for outcome in self._arranged if outcome.charge in (None, charge)), None)

    def spend(self, outcome: RefundOutcome) -> None:
        """One refund has met it."""
        outcome.times -= 1
        if outcome.times == 0:
            self._arranged.remove(outcome)

    def all(self) -> list[RefundOutcome]:
        """Those that no refund has met yet."""
        return list(self._arranged)
