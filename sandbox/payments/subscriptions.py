"""Subscriptions: retrieved, listed, cancelled at once, or set to end at an instant."""

from sandbox.payments.listing import LISTING, list_page
from sandbox.payments.operations import Inquiry, Operation
from sandbox.payments.problems import invalid, missing
from sandbox.payments.records import Json
from sandbox.payments.subscription_records import ENDED, Subscription, SubscriptionStatus


def retrieve(inquiry: Inquiry) -> Json:
    """One subscription by id, cancelled ones too."""
    return _current(inquiry).to_stripe()


def list_all(inquiry: Inquiry) -> Json:
    """One customer's or all; without a status those that are not cancelled, with ``all`` every one."""
    subscriptions = inquiry.books.subscriptions.narrowed("customer", inquiry.parameters.text("customer"))
    for subscription in subscriptions:
        subscription.settle(inquiry.now)
    asked = inquiry.parameters.text("status")
    if asked not in (None, "all", *SubscriptionStatus):
        raise invalid(f"Invalid status: must be one of all, {', '.join(SubscriptionStatus)}", param="status")
    wanted = [s for s in subscriptions if asked in ("all", s.status) or (asked is None and s.status != "canceled")]
    return list_page(wanted, inquiry.parameters, inquiry.path)


def cancel(inquiry: Inquiry) -> Json:
    """Cancel at once. One that has ended is not found, as at Stripe."""
    subscription = _live(inquiry)
    subscription.cancellation_details |= {"reason": "cancellation_requested", **_details(inquiry)}
    subscription.end(inquiry.now)
    return subscription.to_stripe()


def update(inquiry: Inquiry) -> Json:
    """Set the instant at which it ends, and metadata."""
    subscription, parameters = _live(inquiry), inquiry.parameters
    proration = parameters.text("proration_behavior")
    if proration not in (None, "none"):
        raise invalid("The sandbox knows no other proration_behavior than none.", param="proration_behavior")
    at = parameters.integer("cancel_at")
    if at is not None:
        if at <= inquiry.now:
            raise invalid("`cancel_at` must be in the future.", param="cancel_at")
        subscription.cancel_at, subscription.canceled_at = at, inquiry.now
        subscription.cancellation_details["reason"] = "cancellation_requested"
    subscription.cancellation_details |= _details(inquiry)
    subscription.metadata |= parameters.metadata()
    return subscription.to_stripe()


def _details(inquiry: Inquiry) -> Json:
    given = inquiry.parameters.form.get("cancellation_details", {})
    if not isinstance(given, dict) or given.keys() - {"comment", "feedback"}:
        raise invalid("Invalid cancellation_details", param="cancellation_details")
    return dict(given)


def _current(inquiry: Inquiry) -> Subscription:
    subscription = inquiry.books.subscriptions.get(inquiry.arguments["id"])
    subscription.settle(inquiry.now)
    return subscription


def _live(inquiry: Inquiry) -> Subscription:
    subscription = _current(inquiry)
    if subscription.status in ENDED:
        raise missing("subscription", subscription.id)
    return subscription


_ONE = "/v1/subscriptions/{id}"
_CANCEL = frozenset({"cancellation_details", "invoice_now", "prorate"})
_UPDATE = frozenset({"cancel_at", "cancellation_details", "metadata", "proration_behavior"})

OPERATIONS = (
    Operation("GET", "/v1/subscriptions", list_all, LISTING | {"customer", "status"}),
    Operation("GET", _ONE, retrieve),
    Operation("POST", _ONE, update, _UPDATE),
    Operation("DELETE", _ONE, cancel, _CANCEL),
)
