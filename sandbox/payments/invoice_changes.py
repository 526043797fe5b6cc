"""Invoices made and changed: drafted, filled, finalized, voided; a draft can be deleted."""

from collections.abc import Set
from secrets import token_hex

from sandbox.payments.operations import Inquiry, Operation
from sandbox.payments.parameters import Parameters
from sandbox.payments.problems import StripeProblem, invalid
from sandbox.payments.records import Invoice, Json, new_id

VOIDABLE = frozenset({"open", "uncollectible"})
MAX_YEARS_SECONDS = 5 * 366 * 86_400


def create(inquiry: Inquiry) -> Json:
    """A draft without a number, an amount or lines: items are added to it, then it is finalized."""
    parameters = inquiry.parameters
    customer = inquiry.books.customers.get(parameters.required("customer"), param="customer")
    if parameters.text("collection_method") != "send_invoice":
        raise invalid("The sandbox drafts invoices with collection_method send_invoice only.", "collection_method")
    if parameters.text("pending_invoice_items_behavior") not in (None, "exclude"):
        raise invalid("The sandbox knows no pending invoice items.", "pending_invoice_items_behavior")
    draft = Invoice(
        created=inquiry.now,
        customer=customer.id,
        currency=(parameters.text("currency") or customer.currency).lower(),
        description=parameters.text("description"),
        due_date=_due(parameters, inquiry.now),
        metadata=parameters.metadata(),
        auto_advance=_flag(parameters, "auto_advance"),
        status="draft",
        total=0,
    )
    inquiry.books.invoices.add(draft)
    return draft.to_stripe()


def add_item(inquiry: Inquiry) -> Json:
    """An amount on a draft, in the draft's own currency."""
    parameters = inquiry.parameters
    draft = inquiry.books.invoices.get(parameters.required("invoice"), param="invoice")
    parameters.required("amount")
    amount, currency = parameters.integer("amount") or 0, parameters.required("currency").lower()
    _check(draft, {"draft"}, "add an item to")
    if parameters.required("customer") != draft.customer:
        raise invalid("The invoice is another customer's.", param="customer")
    if currency != draft.currency:
        raise invalid(f"The invoice is in {draft.currency}, not {currency}.", param="currency")
    draft.total += amount
    draft.add_up()
    return {
        "id": new_id("ii")(),
        "object": "invoiceitem",
        "amount": amount,
        "currency": currency,
        "customer": draft.customer,
        "date": inquiry.now,
        "description": parameters.text("description"),
        "invoice": draft.id,
        "livemode": False,
        "metadata": parameters.metadata(),
    }


def update(inquiry: Inquiry) -> Json:
    """Add to an invoice's metadata."""
    invoice = _named(inquiry)
    invoice.metadata |= inquiry.parameters.metadata()
    return invoice.to_stripe()


def finalize(inquiry: Inquiry) -> Json:
    """Make a draft a bill: it gets its number, and can be paid."""
    draft = _named(inquiry)
    _check(draft, {"draft"}, "finalize")
    if draft.due_date is not None and draft.due_date <= inquiry.now:
        raise invalid("The due date of an invoice must be in the future.", param="due_date")
    draft.auto_advance = _flag(inquiry.parameters, "auto_advance")
    draft.number, draft.status = f"INV-{token_hex(4).upper()}", "open"
    draft.add_up()
    return draft.to_stripe()


def void(inquiry: Inquiry) -> Json:
    """Nobody owes it any more, and nothing undoes that."""
    invoice = _named(inquiry)
    _check(invoice, VOIDABLE, "void")
    invoice.status = "void"
    return invoice.to_stripe()


def delete(inquiry: Inquiry) -> Json:
    """Forget a draft."""
    draft = _named(inquiry)
    _check(draft, {"draft"}, "delete")
    inquiry.books.invoices.remove(draft)
    return {"id": draft.id, "object": "invoice", "deleted": True}


def _named(inquiry: Inquiry) -> Invoice:
    return inquiry.books.invoices.get(inquiry.arguments["id"])


def _check(invoice: Invoice, statuses: Set[str], act: str) -> None:
    if invoice.status not in statuses:
        message = f"You can't {act} an invoice that is {invoice.status}."
        raise StripeProblem(400, message, code="invoice_not_editable", executed=True)


def _due(parameters: Parameters, now: int) -> int | None:
    due = parameters.integer("due_date")
    if due is not None and not now < due <= now + MAX_YEARS_SECONDS:
        raise invalid("The due date must be in the future, and within five years.", param="due_date")
    return due


def _flag(parameters: Parameters, name: str) -> bool:
    value = parameters.text(name)
    if value not in (None, "true", "false", "True", "False"):
        raise invalid(f"Invalid boolean: {value}", param=name)
    return value in ("true", "True")


_ONE = "/v1/invoices/{id}"
_DRAFT = frozenset(
    {
        "auto_advance",
        "collection_method",
        "currency",
        "customer",
        "description",
        "due_date",
        "metadata",
        "pending_invoice_items_behavior",
    }
)
_ITEM = frozenset({"amount", "currency", "customer", "description", "invoice", "metadata"})

OPERATIONS = (
    Operation("POST", "/v1/invoices", create, _DRAFT),
    Operation("POST", "/v1/invoiceitems", add_item, _ITEM),
    Operation("POST", _ONE, update, frozenset({"metadata"})),
    Operation("POST", f"{_ONE}/finalize", finalize, frozenset({"auto_advance"})),
    Operation("POST", f"{_ONE}/void", void),
    Operation("DELETE", _ONE, delete),
)
