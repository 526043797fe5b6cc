"""Invoices, found by id, by customer, or by their human number through search."""

from sandbox.payments.listing import LISTING, list_page
from sandbox.payments.operations import Inquiry, Operation
from sandbox.payments.records import Json
from sandbox.payments.search import SEARCHING, search_page

SEARCHABLE = frozenset({"created", "currency", "customer", "metadata", "number", "status", "total"})


def retrieve(inquiry: Inquiry) -> Json:
    """One invoice by id."""
    return inquiry.books.invoices.get(inquiry.arguments["id"]).to_stripe()


def list_all(inquiry: Inquiry) -> Json:
    """Invoices, optionally one customer's, of one subscription and in one status."""
    status, subscription = inquiry.parameters.text("status"), inquiry.parameters.text("subscription")
    invoices = inquiry.books.invoices.narrowed("customer", inquiry.parameters.text("customer"))
    wanted = [i for i in invoices if status in (None, i.status) and subscription in (None, i.subscription)]
    return list_page(wanted, inquiry.parameters, inquiry.path)


def search(inquiry: Inquiry) -> Json:
    """Invoices by a query such as ``number:'INV-1001'``."""
    return search_page(inquiry.books.invoices.all(), inquiry.parameters, inquiry.path, SEARCHABLE)


OPERATIONS = (
    Operation("GET", "/v1/invoices", list_all, LISTING | {"customer", "status", "subscription"}),
    Operation("GET", "/v1/invoices/search", search, SEARCHING),
    Operation("GET", "/v1/invoices/{id}", retrieve),
)
