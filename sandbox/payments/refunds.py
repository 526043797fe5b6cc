"""Refunds. Stripe has no search for them: list a charge's refunds and read their metadata."""

from typing import Literal, cast

from sandbox.payments.listing import LISTING, list_page
from sandbox.payments.operations import Inquiry, Operation
from sandbox.payments.outcomes import RefundChange
from sandbox.payments.parameters import Parameters
from sandbox.payments.problems import invalid
from sandbox.payments.records import Json, Refund, RefundStatus

Reason = Literal["duplicate", "fraudulent", "requested_by_customer"]
REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(inquiry: Inquiry) -> Json:
    """Refund a charge, all that is left of it unless an amount is given."""
    parameters = inquiry.parameters
    charge_id = parameters.text("charge")
    if charge_id is None:
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    charge = inquiry.books.charges.get(charge_id, param="charge")
    amount = parameters.integer("amount")
    if amount is not None and amount < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    outcome = inquiry.books.outcomes.for_charge(charge_id)
    change = outcome or RefundChange(status=RefundStatus.SUCCEEDED)
    refund = Refund(
        # A fully refunded charge has nothing left: the books refuse it whatever the amount.
        amount=amount or charge.unrefunded or charge.amount,
        charge=charge_id,
        created=inquiry.now,
        currency=charge.currency,
        metadata=parameters.metadata(),
        payment_intent=charge.payment_intent,
        reason=_reason(parameters),
        status=change.status,
        failure_reason=change.failure_reason,
    )
    made = inquiry.books.refund(refund)
    if outcome is not None:
        inquiry.books.outcomes.spend(outcome)
    return made.to_stripe()


def _reason(parameters: Parameters) -> Reason | None:
    reason = parameters.text("reason")
    if reason is not None and reason not in REASONS:
        raise invalid(f"Invalid reason: must be one of {', '.join(REASONS)}", param="reason")
    return cast("Reason | None", reason)


def retrieve(inquiry: Inquiry) -> Json:
    """One refund by id."""
    return inquiry.books.refunds.get(inquiry.arguments["id"]).to_stripe()


def list_all(inquiry: Inquiry) -> Json:
    """Refunds, optionally those of one charge."""
    refunds = inquiry.books.refunds.narrowed("charge", inquiry.parameters.text("charge"))
    return list_page(refunds, inquiry.parameters, inquiry.path)


EXPANDS = frozenset({"charge"})

OPERATIONS = (
    Operation("POST", "/v1/refunds", create, frozenset({"amount", "charge", "metadata", "reason"}), EXPANDS),
    Operation("GET", "/v1/refunds", list_all, LISTING | {"charge"}),
    Operation("GET", "/v1/refunds/{id}", retrieve),
)
