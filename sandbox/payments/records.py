"""What the gateway keeps: each record's fields are the object's fields in Stripe's API."""

from collections.abc import Callable
from enum import StrEnum
from secrets import token_hex
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sandbox.instants import Instant

Json = dict[str, Any]


def new_id(prefix: str) -> Callable[[], str]:
    """A maker of fresh ids such as ``re_3f…``."""
    return lambda: f"{prefix}_{token_hex(12)}"


class Record(BaseModel):
    """Fields that every object has. Amounts are whole numbers of the currency's minor unit."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    id: str
    livemode: Literal[False] = False
    created: Instant
    metadata: dict[str, str] = {}

    def to_stripe(self) -> Json:
        """The object as the API shows it, unexpanded."""
        return self.model_dump(mode="json")


class Customer(Record):
    """Who pays. ``balance`` is negative when the customer has credit."""

    object: Literal["customer"] = "customer"
    name: str
    email: str
    currency: str = "usd"
    balance: int = 0
    delinquent: bool = False
    description: str | None = None


class Charge(Record):
    """Money taken, or the attempt."""

    object: Literal["charge"] = "charge"
    amount: int = Field(gt=0)
    amount_refunded: int = 0
    captured: bool = True
    currency: str
    customer: str
    description: str | None = None
    disputed: bool = False
    failure_code: str | None = None
    failure_message: str | None = None
    invoice: str | None = None
    paid: bool = True
    payment_intent: str | None = None
    payment_method: str = "pm_card_visa"
    payment_method_details: Json = {"type": "card", "card": {"brand": "visa", "last4": "4242", "country": "US"}}
    refunded: bool = False
    status: Literal["succeeded", "failed", "pending"] = "succeeded"

    @property
    def unrefunded(self) -> int:
        """What can still be given back."""
        return self.amount - self.amount_refunded


class InvoiceLine(BaseModel):
    """What an invoice bills, and for which period."""

    model_config = ConfigDict(extra="forbid")

    amount: int
    start: Instant
    end: Instant
    proration: bool = False

    def to_stripe(self, invoice: str, number: int, subscription: str | None) -> Json:
        """The line as the API shows it."""
        details = {"proration": self.proration, "subscription": subscription}
        return {
            "id": f"il_{invoice}_{number}",
            "object": "line_item",
            "amount": self.amount,
            "invoice": invoice,
            "parent": {"type": "subscription_item_details", "subscription_item_details": details},
            "period": {"start": self.start, "end": self.end},
        }


class Invoice(Record):
    """A bill. ``metadata.charge`` repeats ``charge``, the charge that paid it. A draft has no number yet."""

    id: str = Field(default_factory=new_id("in"))
    object: Literal["invoice"] = "invoice"
    number: str | None = None
    customer: str
    currency: str
    total: int
    amount_due: int = 0
    amount_paid: int = 0
    amount_remaining: int = 0
    charge: str | None = None
    description: str | None = None
    lines: list[InvoiceLine] = []
    paid: bool = True
    status: Literal["draft", "open", "paid", "void", "uncollectible"] = "paid"
    subscription: str | None = None
    """Whose cycle it bills; the API shows it in ``parent``."""
    auto_advance: bool = False
    due_date: Instant | None = None
    paid_at: Instant | None = None
    """When it was paid, where that matters; the API shows it in ``status_transitions``."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.number is None and self.status != "draft":
            raise ValueError("an invoice that isn't a draft has a number")
        self.add_up()
        if self.charge:
            self.metadata.setdefault("charge", self.charge)
        return self

    def add_up(self) -> None:
        """Bring what follows from total and status up to date."""
        self.paid = self.status == "paid"
        self.amount_due = self.total
        self.amount_paid = self.total if self.paid else 0
        self.amount_remaining = self.amount_due - self.amount_paid

    def to_stripe(self) -> Json:
        """The object as the API shows it: lines are a list of their own, and the subscription is its parent."""
        shown = super().to_stripe()
        subscription = shown.pop("subscription")
        transitions = {"paid_at": shown.pop("paid_at")}
        lines = [line.to_stripe(self.id, number, subscription) for number, line in enumerate(self.lines, 1)]
        details = {"subscription": subscription, "metadata": {}}
        parent = {"type": "subscription_details", "subscription_details": details} if subscription else None
        url = f"/v1/invoices/{self.id}/lines"
        listed = {"object": "list", "url": url, "has_more": False, "data": lines}
        return {**shown, "parent": parent, "status_transitions": transitions, "lines": listed}


class InvoicePayment(Record):
    """A payment of an invoice, or the attempt; ``payment`` names a charge or a payment intent."""

    object: Literal["invoice_payment"] = "invoice_payment"
    amount_paid: int | None
    amount_requested: int
    currency: str
    invoice: str
    is_default: bool
    payment: dict[str, str]
    status: Literal["open", "paid", "canceled"]


class RefundStatus(StrEnum):
    """How far a refund has come."""

    SUCCEEDED = "succeeded"
    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    FAILED = "failed"
    CANCELED = "canceled"


class FailureReason(StrEnum):
    """Why a refund failed, as Stripe lists it."""

    LOST_OR_STOLEN_CARD = "lost_or_stolen_card"
    EXPIRED_OR_CANCELED_CARD = "expired_or_canceled_card"
    DISPUTED = "charge_for_pending_refund_disputed"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    DECLINED = "declined"
    MERCHANT_REQUEST = "merchant_request"
    UNKNOWN = "unknown"


class Refund(Record):
    """Money given back on one charge."""

    id: str = Field(default_factory=new_id("re"))
    object: Literal["refund"] = "refund"
    amount: int = Field(gt=0)
    balance_transaction: None = None
    charge: str
    currency: str
    failure_reason: FailureReason | None = None
    payment_intent: str | None = None
    reason: Literal["duplicate", "fraudulent", "requested_by_customer"] | None = None
    receipt_number: None = None
    status: RefundStatus = RefundStatus.SUCCEEDED


class BalanceTransaction(Record):
    """A change of a customer's balance; a negative amount is credit that the next invoices use."""

    id: str = Field(default_factory=new_id("cbtxn"))
    object: Literal["customer_balance_transaction"] = "customer_balance_transaction"
    amount: int
    currency: str
    customer: str
    description: str | None = None
    ending_balance: int
    credit_note: None = None
    invoice: None = None
    type: Literal["adjustment"] = "adjustment"
