"""An invoice's payments: how API versions since 2025-03-31 lead from an invoice to its charges, paid or only tried."""

from sandbox.payments.books import Books
from sandbox.payments.listing import LISTING, list_page
from sandbox.payments.operations import Inquiry, Operation
from sandbox.payments.records import Charge, Invoice, InvoicePayment, Json


def payments_of(books: Books, invoice: Invoice) -> list[InvoicePayment]:
    """One payment for each payment intent, and for each charge without one; oldest first."""
    named = [books.charges.get(invoice.charge)] if invoice.charge else []
    others = [charge for charge in books.charges.where("invoice", invoice.id) if charge.id != invoice.charge]
    attempts: dict[str, list[Charge]] = {}
    for charge in sorted([*named, *others], key=lambda charge: charge.created):
        attempts.setdefault(charge.payment_intent or charge.id, []).append(charge)
    return [_payment(invoice, identity, tried) for identity, tried in attempts.items()]


def _payment(invoice: Invoice, identity: str, attempts: list[Charge]) -> InvoicePayment:
    paid = next((charge for charge in attempts if charge.paid), None)
    kind = "charge" if attempts[0].payment_intent is None else "payment_intent"
    return InvoicePayment(
        id=f"inpay_{identity}",
        created=attempts[0].created,
        amount_paid=min(paid.amount, invoice.amount_paid) if paid else None,
        amount_requested=invoice.amount_due,
        currency=invoice.currency,
        invoice=invoice.id,
        is_default=attempts[0].id == invoice.charge,
        payment={"type": kind, kind: identity},
        status="paid" if paid else "open",
    )


def list_all(inquiry: Inquiry) -> Json:
    """The payments of one invoice, or of all."""
    wanted = inquiry.parameters.text("invoice")
    invoices = inquiry.books.invoices.all() if wanted is None else [inquiry.books.invoices.get(wanted, "invoice")]
    payments = [payment for invoice in invoices for payment in payments_of(inquiry.books, invoice)]
    return list_page(payments, inquiry.parameters, inquiry.path)


OPERATIONS = (Operation("GET", "/v1/invoice_payments", list_all, LISTING | {"invoice"}),)
