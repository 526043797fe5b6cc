"""Customers and their balances (service credit)."""

from sandbox.payments.listing import LISTING, list_page
from sandbox.payments.operations import Inquiry, Operation
from sandbox.payments.problems import invalid, missing
from sandbox.payments.records import Json
from sandbox.payments.search import SEARCHING, search_page

SEARCHABLE = frozenset({"created", "email", "metadata", "name"})


def retrieve(inquiry: Inquiry) -> Json:
    """One customer by id."""
    return inquiry.books.customers.get(inquiry.arguments["id"]).to_stripe()


def list_all(inquiry: Inquiry) -> Json:
    """Customers, optionally those with exactly this address."""
    customers = inquiry.books.customers.narrowed("email", inquiry.parameters.text("email"))
    return list_page(customers, inquiry.parameters, inquiry.path)


def search(inquiry: Inquiry) -> Json:
    """Customers by a query."""
    return search_page(inquiry.books.customers.all(), inquiry.parameters, inquiry.path, SEARCHABLE)


def create_balance_transaction(inquiry: Inquiry) -> Json:
    """Change a customer's balance; a negative amount is credit."""
    parameters = inquiry.parameters
    parameters.required("amount")
    amount = parameters.integer("amount") or 0
    if amount == 0:
        raise invalid("This value must not be zero.", param="amount", code="parameter_invalid_integer")
    transaction = inquiry.books.change_balance(
        inquiry.arguments["customer"],
        amount=amount,
        currency=parameters.required("currency").lower(),
        now=inquiry.now,
        description=parameters.text("description"),
        note=parameters.metadata(),
    )
    return transaction.to_stripe()


def retrieve_balance_transaction(inquiry: Inquiry) -> Json:
    """One change of this customer's balance."""
    transaction = inquiry.books.balance_transactions.get(inquiry.arguments["id"])
    if transaction.customer != inquiry.arguments["customer"]:
        raise missing("customer balance transaction", transaction.id)
    return transaction.to_stripe()


def list_balance_transactions(inquiry: Inquiry) -> Json:
    """All changes of this customer's balance, with their metadata."""
    customer = inquiry.books.customers.get(inquiry.arguments["customer"], param="customer")
    transactions = inquiry.books.balance_transactions.where("customer", customer.id)
    return list_page(transactions, inquiry.parameters, inquiry.path)


_BALANCE = "/v1/customers/{customer}/balance_transactions"
_CREDIT = frozenset({"amount", "currency", "description", "metadata"})

OPERATIONS = (
    Operation("GET", "/v1/customers", list_all, LISTING | {"email"}),
    Operation("GET", "/v1/customers/search", search, SEARCHING),
    Operation("GET", "/v1/customers/{id}", retrieve),
    Operation("POST", _BALANCE, create_balance_transaction, _CREDIT, frozenset({"customer"})),
    Operation("GET", _BALANCE, list_balance_transactions, LISTING),
    Operation("GET", _BALANCE + "/{id}", retrieve_balance_transaction),
)
