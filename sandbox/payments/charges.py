"""Charges."""

from sandbox.payments.listing import LISTING, list_page
from sandbox.payments.operations import Inquiry, Operation
from sandbox.payments.records import Json
from sandbox.payments.search import SEARCHING, search_page

SEARCHABLE = frozenset({"amount", "created", "currency", "customer", "disputed", "metadata", "refunded", "status"})


def retrieve(inquiry: Inquiry) -> Json:
    """One charge by id."""
    return inquiry.books.charges.get(inquiry.arguments["id"]).to_stripe()


def list_all(inquiry: Inquiry) -> Json:
    """Charges, optionally one customer's."""
    charges = inquiry.books.charges.narrowed("customer", inquiry.parameters.text("customer"))
    return list_page(charges, inquiry.parameters, inquiry.path)


def search(inquiry: Inquiry) -> Json:
    """Charges by a query such as ``metadata['transaction_id']:'txn-1'``."""
    return search_page(inquiry.books.charges.all(), inquiry.parameters, inquiry.path, SEARCHABLE)


OPERATIONS = (
    Operation("GET", "/v1/charges", list_all, LISTING | {"customer"}),
    Operation("GET", "/v1/charges/search", search, SEARCHING),
    Operation("GET", "/v1/charges/{id}", retrieve),
)
