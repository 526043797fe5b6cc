"""What people order instead of the table's verdict: bounded like the automation, on their own authority."""

import pytest

from casewright.domain.acts import Remedy
from casewright.domain.steps import RefundStep
from casewright.domain.ticket import Plan
from casewright.policy.case import Case
from casewright.policy.remedy import PreparedRemedy, RemedyImpossible

from .billing_cases import FIRST, HANDBOOK, HOUR, TWIN, case, charge, decided, money


def give(
    told: Case, amount: str, kind: str = "refund", currency: str = "USD", invoice: str | None = None
) -> PreparedRemedy:
    order = {"kind": kind, "amount": money(amount, currency), "invoice": invoice}
    return HANDBOOK.prepare_remedy(told, Remedy.model_validate(order))


def test_a_persons_refund_has_the_limits_of_the_automatic_one_and_none_per_customer() -> None:
    told = case(FIRST, TWIN)
    ordered, automatic = give(told, "49.00").steps[0], decided(told).steps[0].step
    assert isinstance(ordered, RefundStep)
    assert isinstance(automatic, RefundStep)
    assert ordered.limits == automatic.limits
    assert ordered.velocity == ()


def test_an_overcharges_refund_has_the_limits_of_the_automatic_one() -> None:
    told = case(FIRST, total=money("29.00"))
    ordered, automatic = give(told, "20.00").steps[0], decided(told).steps[0].step
    assert isinstance(ordered, RefundStep)
    assert isinstance(automatic, RefundStep)
    assert ordered.limits == automatic.limits


@pytest.mark.parametrize(("kind", "template"), [("refund", "refund-confirmation"), ("credit", "credit-confirmation")])
def test_a_remedy_is_followed_by_its_confirmation(kind: str, template: str) -> None:
    money_step, mail = give(case(FIRST), "10.00", kind).steps
    assert money_step.kind == kind
    assert mail.kind == "mail"
    assert mail.template == template
    assert HANDBOOK.render(template, {"ticket": "T-1", **mail.values})


def test_goodwill_without_any_proof_is_bounded_by_the_charge() -> None:
    step = give(case(FIRST), "49.00").steps[0]
    assert isinstance(step, RefundStep)
    assert [limit.scopes for limit in step.limits] == [("charge:ch_1",)]


def test_a_duplicate_whose_twin_was_given_back_keeps_its_limit() -> None:
    told = case(FIRST, charge("ch_2", after=HOUR, refunded="49.00"))
    step = give(told, "49.00").steps[0]
    assert isinstance(step, RefundStep)
    assert step.limits[1].scopes == ("twin:ch_1", "twin:ch_2")


def test_goodwill_above_an_overcharge_does_not_escape_the_duplicates_limit() -> None:
    told = case(FIRST, charge("ch_2", after=HOUR, refunded="49.00"), total=money("29.00"))
    step = give(told, "49.00").steps[0]
    assert isinstance(step, RefundStep)
    assert ("twin:ch_1", "twin:ch_2") in [limit.scopes for limit in step.limits]


@pytest.mark.parametrize(
    ("told", "amount", "why"),
    [
        (case(), "10.00", "no paid charge of invoice INV-1"),
        (case(claims={}), "10.00", "none was named"),
        (case(FIRST, customer="cus_2"), "10.00", "another customer's"),
        (case(FIRST, account=False), "10.00", "no account"),
        (case(FIRST), "49.01", "only 49.00 USD can still be refunded"),
        (case(charge(refunded="40.00")), "9.01", "only 9.00 USD"),
        (case(charge(paid=False)), "10.00", "never paid"),
        (case(charge(disputed=True)), "10.00", "the bank disputes"),
        (case(FIRST, charge("ch_2", after=HOUR, disputed=True)), "10.00", "the bank disputes"),
        (case(FIRST, charge("ch_2", after=HOUR, refunded="49.00", elsewhere="49.00")), "10.00", "more than the 0.00"),
        (case(FIRST, lost={"billing.history": "down"}), "10.00", "can't be checked: billing.history: down"),
        (case(FIRST, lost={"billing.account": "down"}), "10.00", "can't be checked: billing.account: down"),
    ],
)
def test_a_refund_that_can_not_be_given_says_why(told: Case, amount: str, why: str) -> None:
    with pytest.raises(RemedyImpossible) as refused:
        give(told, amount)
    assert why in str(refused.value)


def test_a_refund_in_another_currency_than_the_charge_is_impossible() -> None:
    with pytest.raises(RemedyImpossible, match="is in USD, the refund in EUR"):
        give(case(FIRST), "10.00", currency="EUR")


def test_a_refund_of_another_invoice_than_was_looked_up_is_impossible() -> None:
    with pytest.raises(RemedyImpossible, match="no paid charge of invoice INV-2"):
        give(case(FIRST), "10.00", invoice="INV-2")


def test_a_credit_needs_an_account_and_no_charge() -> None:
    assert give(case(claims={}), "10.00", "credit").steps[0].kind == "credit"
    with pytest.raises(RemedyImpossible, match="nobody to pay"):
        give(case(account=False), "10.00", "credit")


@pytest.mark.parametrize(
    ("kind", "amount", "currency", "lowest"),
    [
        ("refund", "149.00", "USD", "agent"),
        ("refund", "149.01", "USD", "support-manager"),
        ("credit", "1.00", "USD", "support-manager"),
        ("credit", "1000.00", "USD", "support-manager"),
        ("credit", "1000.01", "USD", "finance-director"),
        ("credit", "1.00", "EUR", "finance-director"),
    ],
)
def test_the_charter_says_who_may_authorise_it(kind: str, amount: str, currency: str, lowest: str) -> None:
    told = case(charge(amount=money("500.00")), plan=Plan.PROFESSIONAL)
    assert give(told, amount, kind, currency).need.roles[0] == lowest
