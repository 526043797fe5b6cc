"""C.1 damaged or faulty product: from the shop's facts to the table's inputs (HB C.1, RULES C.1)."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from casewright.domain.facts import FactUnavailable
from casewright.domain.model import Frozen
from casewright.domain.shipping import Purchase, SoldPiece
from casewright.domain.ticket import Priority
from casewright.policy.case import Case
from casewright.policy.claims import text_claim
from casewright.policy.derivation import Derived, InputsModule, asked_each
from casewright.policy.inputs.warranty import FACT, Said, last_day, said_of_date, under_warranty

SerialState = Literal["missing", "unknown", "foreign", "found"]
Warranty = Literal["none", "under", "over"]
Defect = Literal["minor", "major", "unclear"]


class Parameters(Frozen):
    """What this code reads of the version's parameters: nothing, the terms are each purchase's own."""


class Inputs(Frozen):
    """The table's columns; see the policy's file for what each means."""

    priority: Priority | None
    serial: SerialState | None
    warranty: Warranty | None
    defect: Defect | None
    said: Said | None
    replaced: bool | None


class Values(Frozen):
    """What the steps use; what is of a purchase is None unless it is the requester's."""

    to: str
    customer: str | None = None
    """The requester's name."""
    order: str | None = None
    product: str | None = None
    terms: str | None = None
    """Until when it was under warranty, in words."""
    replaceable: str | None = None
    """The serial number of a piece that nothing was sent for yet."""


class FaultyProduct:
    """C.1's questions about a case; one that needs a fact that can't be had raises ``FactUnavailable``."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @property
    def priority(self) -> Priority:
        """The ticket's."""
        return self.case.priority

    @cached_property
    def piece(self) -> SoldPiece | None:
        """What was sold with the serial number."""
        return self.case.read(FACT, SoldPiece)

    @property
    def serial(self) -> SerialState:
        """What became of the serial number."""
        if text_claim(self.case.claims, "serial") is None:
            return "missing"
        if self.piece is None:
            return "unknown"
        return "found" if self.piece.purchase is not None else "foreign"

    @property
    def purchase(self) -> Purchase | None:
        """The requester's own: nothing is decided, or said, from anybody else's."""
        return self.piece.purchase if self.serial == "found" and self.piece is not None else None

    @property
    def warranty(self) -> Warranty:
        """Whether it was under warranty when the ticket was submitted, however long deciding took."""
        if self.purchase is None:
            return "none"
        return "under" if under_warranty(self.purchase, self.case.submitted_at) else "over"

    @property
    def defect(self) -> Defect:
        """How bad it is, by the customer's field alone: what they write in words is never guessed from."""
        match (text_claim(self.case.claims, "defect") or "").casefold():
            case "minor":
                return "minor"
            case "major":
                return "major"
            case _:
                return "unclear"

    @property
    def said(self) -> Said:
        """What the customer says of the purchase date."""
        claim = text_claim(self.case.claims, "purchase_date")
        return "nothing" if self.purchase is None else said_of_date(claim, self.purchase)

    @property
    def replaced(self) -> bool:
        """Whether another piece was sent for it before."""
        return self.purchase is not None and self.purchase.replaced


def derive(case: Case, parameters: Parameters) -> Derived[Inputs, Values]:
    """The table's inputs, each unavailable exactly when it needs a fact that is; and what the steps use."""
    asked = FaultyProduct(case)
    inputs, unavailable = asked_each(Inputs, asked)
    return Derived(inputs, _values(asked), unavailable)


def _values(asked: FaultyProduct) -> Values:
    requester = asked.case.requester
    values = Values(to=requester.email, customer=requester.name)
    try:
        purchase, piece = asked.purchase, asked.piece
        if purchase is None or piece is None:
            return values
        until = last_day(purchase)
    except FactUnavailable:
        return values
    return values.model_copy(
        update={
            "order": purchase.order,
            "product": purchase.product,
            "terms": f"was under warranty until {until:%d %B %Y}" if until else "was sold without a warranty",
            "replaceable": None if purchase.replaced else piece.serial,
        }
    )


MODULE = InputsModule(parameters=Parameters, inputs=Inputs, values=Values, facts={FACT: SoldPiece}, derive=derive)
