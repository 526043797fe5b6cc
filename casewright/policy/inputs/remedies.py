"""A person's refund or credit, checked against billing, as steps (HB 7, DF 6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias, TypeVar

from pydantic import BaseModel

from casewright.domain.acts import Remedy
from casewright.domain.billing import Account, AutomaticRefunds, ChargeHistory, InvoicedCharge
from casewright.domain.facts import FactUnavailable
from casewright.domain.money import Money
from casewright.domain.steps import CreditStep, MailStep, RefundStep, Step
from casewright.domain.subscriptions import Subscriptions
from casewright.policy.case import Case
from casewright.policy.claims import text_claim
from casewright.policy.inputs.duplicates import total, twins_of
from casewright.policy.inputs.proof import Proof
from casewright.policy.remedy import PreparedRemedy, RemedyImpossible

Model = TypeVar("Model", bound=BaseModel)
ProofOf: TypeAlias = Callable[[Account], Proof]
"""Which charge a refund is of, and what is proven about it; raises ``RemedyImpossible``."""


def prepare_remedy(case: Case, remedy: Remedy, proof_of: ProofOf) -> PreparedRemedy:
    """The money, then its confirmation; a refund is bounded by the same limits as the automation's.

    Raises:
        RemedyImpossible: the charge is not this customer's, or can't be refunded that much, or is not to be seen.
    """
    account = _read(case, "billing.account", Account)
    if account is None:
        raise RemedyImpossible("the requester has no account, or none that is certain: there is nobody to pay")
    give: Step
    age: timedelta | None = None
    # Authority is for the sum: many small gifts are one large one.
    if remedy.kind == "refund":
        proof = proof_of(account)
        give, age, already = _refund(remedy, proof), case.at - proof.charge.created, [proof.charge.refunded]
    else:
        give = CreditStep(id="credit", customer=account.customer, amount=remedy.amount)
        already = _credited(case, remedy.amount)
    need = case.charter.approvers(
        remedy.kind, total([remedy.amount, *already], remedy.amount.currency), account.plan, age
    )
    return PreparedRemedy((give, _confirmation(case, remedy, account)), need)


def _credited(case: Case, amount: Money) -> list[Money]:
    """Credits of the last 30 days in the same currency; those in others can't be added up."""
    lately = _read(case, "ledger.automatic_refunds", AutomaticRefunds)
    return [c.amount for c in (lately.credits if lately else ()) if c.amount.currency == amount.currency]


def invoice_proof(case: Case, remedy: Remedy, twin_window: timedelta) -> ProofOf:
    """The charge of the invoice that the remedy names, else of the one in the ticket's claims."""
    return lambda account: _by_invoice(case, remedy, account, twin_window)


def subscription_proof(case: Case, remedy: Remedy) -> ProofOf:
    """The latest payment of the account's subscription; an invoice that the remedy names must be its."""
    return lambda _: _by_subscription(case, remedy)


def _by_subscription(case: Case, remedy: Remedy) -> Proof:
    held = _read(case, "billing.subscription", Subscriptions)
    if held is None or held.payment is None:
        raise RemedyImpossible("billing knows no payment of one certain subscription of this customer's")
    paid = held.payment.invoiced
    if remedy.invoice is not None and remedy.invoice.strip().casefold() != paid.invoice.casefold():
        raise RemedyImpossible(f"the subscription's latest payment is of invoice {paid.invoice}, not {remedy.invoice}")
    return Proof(paid, (paid.charge,), case.at)


def _by_invoice(case: Case, remedy: Remedy, account: Account, twin_window: timedelta) -> Proof:
    number = remedy.invoice or text_claim(case.claims, "invoice")
    named = _read(case, "billing.charge", InvoicedCharge) if number else None
    if named is None or number is None or named.invoice.casefold() != number.strip().casefold():
        raise RemedyImpossible(f"billing knows no paid charge of invoice {number or '(none was named)'}")
    if named.charge.customer != account.customer:
        raise RemedyImpossible(f"invoice {named.invoice} is another customer's")
    history = _read(case, "billing.history", ChargeHistory)
    try:
        return Proof(named, twins_of(named.charge, history.charges if history else (), twin_window), case.at)
    except FactUnavailable as error:
        raise RemedyImpossible(str(error)) from error


def _refund(remedy: Remedy, proof: Proof) -> RefundStep:
    charge, amount = proof.charge, remedy.amount
    if not charge.paid:
        raise RemedyImpossible(f"charge {charge.id} was never paid")
    if any(twin.disputed for twin in proof.group):
        raise RemedyImpossible(f"the bank disputes charge {charge.id} or its duplicate and may return the money itself")
    if amount.currency != charge.amount.currency:
        raise RemedyImpossible(f"charge {charge.id} is in {charge.amount.currency}, the refund in {amount.currency}")
    if amount > proof.refundable:
        raise RemedyImpossible(f"of charge {charge.id} only {proof.refundable} can still be refunded, not {amount}")
    limits = proof.limits(amount)
    for limit in limits:
        if amount > limit.capacity:
            raise RemedyImpossible(
                f"{amount} is more than the {limit.capacity} that {', '.join(limit.scopes)} may get; credit the rest"
            )
    return RefundStep(id="refund", customer=charge.customer, charge=charge.id, amount=amount, limits=limits)


def _confirmation(case: Case, remedy: Remedy, account: Account) -> MailStep:
    plan: dict[str, str] = {}
    if remedy.kind == "refund":
        plan["plan"] = account.plan.value.capitalize() if account.plan else "current"
    greeting = {"name": case.requester.name} if case.requester.name else {}
    return MailStep(
        id="confirmation",
        template=f"{remedy.kind}-confirmation",
        to=case.requester.email,
        values={**greeting, "amount": str(remedy.amount), **plan},
    )


def _read(case: Case, name: str, model: type[Model]) -> Model | None:
    try:
        return case.read(name, model)
    except FactUnavailable as error:
        raise RemedyImpossible(f"it can't be checked: {error}") from error
