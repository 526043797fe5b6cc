"""What an audit says: how much it looked at, and everything that is not as it should be."""

from __future__ import annotations

from enum import StrEnum

from casewright.domain.model import Frozen
from casewright.domain.money import Money


class FindingKind(StrEnum):
    """What sort of difference it is."""

    CHAIN = "chain"
    """A row was changed, removed, inserted or moved; or the head disagrees."""
    READ_TABLE = "read-table"
    """The read table isn't what the journal adds up to."""
    LEDGER = "ledger"
    """An entry doesn't balance, or journal, ledger and reservations disagree."""
    GATEWAY = "gateway"
    """The ledger and the gateway disagree."""
    ANCHOR = "anchor"
    """A signed digest says otherwise, or the digests themselves were touched."""


class Finding(Frozen):
    """One difference."""

    kind: FindingKind
    detail: str
    ticket: str | None = None
    position: int | None = None
    """In the ticket's chain."""


class AuditReport(Frozen):
    """The whole audit."""

    tickets: int
    rows: int
    movements: int
    digests: int
    """Signed digests that were read; 0: a cut tail or a missing ticket would not show."""
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


class GatewayMovement(Frozen):
    """Money that the gateway gave a customer, a refund or a credit, as the gateway lists it."""

    reference: str
    amount: Money
    """Positive."""
    step_key: str | None
    """The step that its metadata names; None: none."""
