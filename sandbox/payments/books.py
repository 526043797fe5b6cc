"""The gateway's books: what it keeps and the rules by which money moves."""

from pydantic import BaseModel

from sandbox.payments.outcomes import GOES_ON_TO, UNDONE, RefundChange, RefundOutcome, RefundOutcomes
from sandbox.payments.problems import StripeProblem, invalid
from sandbox.payments.records import BalanceTransaction, Charge, Customer, Invoice, Refund
from sandbox.payments.shelf import Shelf
from sandbox.payments.subscription_records import Subscription


class BooksRecord(BaseModel):
    """The books as written to the state file."""

    customers: list[Customer] = []
    charges: list[Charge] = []
    invoices: list[Invoice] = []
    subscriptions: list[Subscription] = []
    refunds: list[Refund] = []
    balance_transactions: list[BalanceTransaction] = []
    refund_outcomes: list[RefundOutcome] = []


class Books:
    """Everything the gateway remembers about money."""

    def __init__(self, record: BooksRecord | None = None) -> None:
        self.customers: Shelf[Customer] = Shelf("customer", "email")
        self.charges: Shelf[Charge] = Shelf("charge", "customer", "invoice")
        self.invoices: Shelf[Invoice] = Shelf("invoice", "customer", "charge")
        self.subscriptions: Shelf[Subscription] = Shelf("subscription", "customer")
        self.refunds: Shelf[Refund] = Shelf("refund", "charge")
        self.balance_transactions: Shelf[BalanceTransaction] = Shelf("customer balance transaction", "customer")
        self.outcomes = RefundOutcomes(record.refund_outcomes if record is not None else None)
        if record is not None:
            self._load(record)

    def _load(self, record: BooksRecord) -> None:
        for customer in record.customers:
            self.customers.add(customer)
        for charge in record.charges:
            self.charges.add(charge)
        for invoice in record.invoices:
            self.invoices.add(invoice)
        for subscription in record.subscriptions:
            self.subscriptions.add(subscription)
        for refund in record.refunds:
            self.refunds.add(refund)
        for transaction in record.balance_transactions:
            self.balance_transactions.add(transaction)

    def record(self) -> BooksRecord:
        """The books as data."""
        return BooksRecord(
            customers=self.customers.all(),
            charges=self.charges.all(),
            invoices=self.invoices.all(),
            subscriptions=self.subscriptions.all(),
            refunds=self.refunds.all(),
            balance_transactions=self.balance_transactions.all(),
            refund_outcomes=self.outcomes.all(),
        )

    def refund(self, refund: Refund) -> Refund:
        """Give money back on a charge, up to what is unrefunded, as Stripe allows it."""
        charge = self.charges.get(refund.charge, param="charge")
        _check_refundable(charge, refund.amount)
        self.refunds.add(refund)
        if refund.status not in UNDONE:
            _give_back(charge, refund.amount)
        return refund

    def change_refund(self, identity: str, change: RefundChange) -> Refund:
        """Let a refund go on; one that fails or is cancelled gives its amount back to the charge."""
        refund = self.refunds.get(identity)
        if change.status not in GOES_ON_TO[refund.status]:
            raise invalid(f"A refund that is {refund.status} can't become {change.status}.", param="status")
        refund.status, refund.failure_reason = change.status, change.failure_reason
        if change.status in UNDONE:
            _give_back(self.charges.get(refund.charge), -refund.amount)
        return refund

    def change_balance(
        self, customer_id: str, *, amount: int, currency: str, now: int, description: str | None, note: dict[str, str]
    ) -> BalanceTransaction:
        """Add to a customer's balance; a negative amount is credit, in the customer's own currency only."""
        customer = self.customers.get(customer_id, param="customer")
        if currency != customer.currency:
            raise invalid(f"The customer's balance is in {customer.currency}, not {currency}.", param="currency")
        customer.balance += amount
        transaction = BalanceTransaction(
            amount=amount,
            created=now,
            currency=currency,
            customer=customer_id,
            description=description,
            ending_balance=customer.balance,
            metadata=note,
        )
        self.balance_transactions.add(transaction)
        return transaction


def _give_back(charge: Charge, amount: int) -> None:
    charge.amount_refunded += amount
    charge.refunded = charge.unrefunded == 0


def _check_refundable(charge: Charge, amount: int) -> None:
    if charge.refunded:
        message = f"Charge {charge.id} has already been refunded."
        raise StripeProblem(400, message, code="charge_already_refunded", param="charge", executed=True)
    if charge.disputed:
        message = f"Charge {charge.id} has been charged back; cannot issue a refund."
        raise StripeProblem(400, message, code="charge_disputed", param="charge", executed=True)
    if not charge.paid:
        message = f"Charge {charge.id} did not succeed; cannot issue a refund."
        raise StripeProblem(400, message, param="charge", executed=True)
    if amount > charge.unrefunded:
        asked, left = f"{amount / 100:.2f}", f"{charge.unrefunded / 100:.2f}"
        message = f"Refund amount (${asked}) is greater than unrefunded amount on charge (${left})"
        raise StripeProblem(400, message, param="amount", executed=True)
