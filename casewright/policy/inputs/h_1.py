"""H.1 shipping status: from the shop's and the carrier's facts to the table's inputs (HB H.1, RULES H.1)."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Literal

from casewright.domain.facts import FactUnavailable
from casewright.domain.model import Frozen
from casewright.domain.shipping import Parcel, Parcels, ShopOrder
from casewright.policy.case import Case
from casewright.policy.claims import text_claim
from casewright.policy.derivation import Derived, InputsModule, asked_each
from casewright.policy.inputs.parcels import most_worrying, overdue, quiet, told

OrderState = Literal["missing", "unknown", "foreign", "found"]
Status = Literal[
    "none", "processing", "in_transit", "out_for_delivery", "delivered", "returned", "exception", "unknown"
]


class Parameters(Frozen):
    """What this code reads of the version's parameters."""

    silent_after: timedelta


class Inputs(Frozen):
    """The table's columns; see the policy's file for what each means."""

    order: OrderState | None
    status: Status | None
    overdue: bool | None
    quiet: timedelta | None
    unshipped: timedelta | None


class Values(Frozen):
    """What the steps use."""

    priority: str
    number: str | None = None
    """The order's, where it is the requester's."""
    parcels: str | None = None
    """Every parcel of it: status, delivery date and tracking link; None: there is none."""


class ShippingInquiry:
    """H.1's questions about a case; one that needs a fact that can't be had raises ``FactUnavailable``."""

    def __init__(self, case: Case, parameters: Parameters) -> None:
        self.case, self.parameters = case, parameters

    @cached_property
    def order(self) -> OrderState:
        """What became of the order number."""
        if text_claim(self.case.claims, "order") is None:
            return "missing"
        named = self.case.read("shop.order", ShopOrder)
        if named is None:
            return "unknown"
        return "found" if named.ours else "foreign"

    @cached_property
    def found(self) -> ShopOrder | None:
        """The requester's own order: nothing is decided, or said, from anybody else's."""
        return self.case.read("shop.order", ShopOrder) if self.order == "found" else None

    @cached_property
    def parcels(self) -> tuple[Parcel, ...]:
        """The order's parcels."""
        if self.found is None:
            return ()
        known = self.case.read("carrier.shipment", Parcels)
        return known.parcels if known is not None else ()

    @cached_property
    def deciding(self) -> Parcel | None:
        """The most worrying parcel."""
        return most_worrying(self.parcels, self.case.at, self.parameters.silent_after)

    @property
    def status(self) -> str:
        """What the carrier says of it."""
        return "none" if self.deciding is None else self.deciding.status.value

    @property
    def overdue(self) -> bool:
        """Whether its delivery date has passed at the destination."""
        return self.deciding is not None and overdue(self.deciding, self.case.at)

    @property
    def quiet(self) -> timedelta | None:
        """How long nobody has scanned it."""
        return None if self.deciding is None else quiet(self.deciding, self.case.at)

    @property
    def unshipped(self) -> timedelta | None:
        """How long ago an order was placed of which the carrier has nothing."""
        if self.found is None or self.found.placed_at is None or self.parcels:
            return None
        return self.case.at - self.found.placed_at


def derive(case: Case, parameters: Parameters) -> Derived[Inputs, Values]:
    """The table's inputs, each unavailable exactly when it needs a fact that is; and what the steps use."""
    asked = ShippingInquiry(case, parameters)
    inputs, unavailable = asked_each(Inputs, asked)
    return Derived(inputs, _values(asked), unavailable)


def _values(asked: ShippingInquiry) -> Values:
    try:
        number = asked.found.number if asked.found is not None else None
        return Values(
            priority=asked.case.priority.value, number=number, parcels="\n\n".join(map(told, asked.parcels)) or None
        )
    except FactUnavailable:
        return Values(priority=asked.case.priority.value)


MODULE = InputsModule(
    parameters=Parameters,
    inputs=Inputs,
    values=Values,
    facts={"shop.order": ShopOrder, "carrier.shipment": Parcels},
    derive=derive,
)
