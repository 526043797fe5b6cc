"""What the gateway's client makes of charges and invoices, against the sandbox over its real protocol (RULES A.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from activities.gateway import client
from activities.gateway.client import Gateway
from activities.gateway.objects import invoiced
from casewright.domain.billing import Charge, InvoicedCharge
from casewright.domain.effects import Unreachable
from casewright.policy.inputs.duplicates import too_much, twins_of
from tests.activities.till import CUSTOMER, Till

FAILED: dict[str, object] = {"status": "failed", "paid": False, "captured": False}


async def looked_at(gateway: Gateway) -> tuple[InvoicedCharge, dict[str, Charge]]:
    """INV-1 with its charge, and all of the customer's charges."""
    invoice = await gateway.invoice("INV-1")
    assert invoice is not None
    history = await gateway.history("cus_ada")
    found = invoiced(invoice, history)
    assert found is not None
    return found, {charge.id: charge for charge in history.charges}


@pytest.mark.parametrize(
    ("known", "zone"), [({"time_zone": " Asia/Tokyo "}, "Asia/Tokyo"), ({"time_zone": " "}, None), ({}, None)]
)
async def test_an_account_tells_the_customers_time_zone(
    till: Till, gateway: Gateway, known: dict[str, str], zone: str | None
) -> None:
    await till.seed(customers=[{**CUSTOMER, "id": "cus_far", "email": "far@example.com", "metadata": known}])
    account = await gateway.account("cus_far", "far@example.com")
    assert account is not None
    assert account.zone == zone


async def test_an_authorisation_that_was_never_captured_is_not_a_payment(till: Till, gateway: Gateway) -> None:
    await till.charges({"id": "ch_held", "captured": False}, {"id": "ch_taken"})
    history = await gateway.history("cus_ada")
    assert {charge.id: charge.paid for charge in history.charges} == {"ch_held": False, "ch_taken": True}


@pytest.mark.parametrize("made", [1, 10, 11, 12, 130])
async def test_all_that_others_gave_back_on_a_charge_counts(till: Till, gateway: Gateway, made: int) -> None:
    await till.charges({"id": "ch_1", "amount": 20000})
    await till.refunded("ch_1", keys=[None] * made)
    await till.refunded("ch_1", cents=7, keys=["T-1/refund"])
    [charge] = (await gateway.history("cus_ada")).charges
    assert (charge.refunded.minor, charge.refunded_elsewhere.minor) == (100 * made + 7, 100 * made)


@pytest.mark.parametrize(("status", "counted"), [("pending", 5000), ("requires_action", 5000), ("failed", 0)])
async def test_what_others_are_giving_back_counts_unless_it_failed(
    till: Till, gateway: Gateway, status: str, counted: int
) -> None:
    await till.charges({"id": "ch_1"})
    await till.next_refund(status=status)
    await till.by_hand("ch_1", 5000)
    [charge] = (await gateway.history("cus_ada")).charges
    assert (charge.refunded.minor, charge.refunded_elsewhere.minor) == (counted, counted)


async def test_an_attempt_that_failed_is_not_the_invoices_charge(till: Till, gateway: Gateway) -> None:
    intent = {"payment_intent": "pi_1", "invoice": "in_1"}
    await till.charges({"id": "ch_tried", "created": "-3d", **intent, **FAILED}, {"id": "ch_paid", **intent})
    await till.invoice()
    found, charges = await looked_at(gateway)
    assert found.charge.id == "ch_paid"
    assert twins_of(found.charge, charges.values(), timedelta(hours=72)) == (found.charge,)


async def test_an_invoice_that_nobody_managed_to_pay_shows_the_first_attempt(till: Till, gateway: Gateway) -> None:
    attempts: list[dict[str, object]] = [
        {"id": f"ch_{n}", "created": f"-{9 - n}d", "invoice": "in_1", **FAILED} for n in (1, 2)
    ]
    await till.charges(*attempts)
    await till.invoice()
    found, _ = await looked_at(gateway)
    assert (found.charge.id, found.charge.paid) == ("ch_1", False)


async def test_an_invoice_that_was_paid_twice_is_a_duplicate(till: Till, gateway: Gateway) -> None:
    await till.charges(
        {"id": "ch_tried", "created": "-2d-1h", "invoice": "in_1", **FAILED},
        {"id": "ch_first", "created": "-2d", "invoice": "in_1"},
        {"id": "ch_second", "created": "-1d", "invoice": "in_1"},
    )
    await till.invoice()
    found, charges = await looked_at(gateway)
    assert found.charge.id == "ch_first"
    twins = twins_of(found.charge, charges.values(), timedelta(hours=72))
    assert [twin.id for twin in twins] == ["ch_first", "ch_second"]
    assert too_much(twins).minor == 5000


async def test_the_invoices_charge_stays_the_same_whatever_was_given_back(till: Till, gateway: Gateway) -> None:
    await till.charges(
        {"id": "ch_first", "created": "-2d", "invoice": "in_1"},
        {"id": "ch_second", "created": "-1d", "invoice": "in_1"},
    )
    await till.invoice()
    await till.refunded("ch_first", cents=5000, keys=["T-1/refund"])
    found, _ = await looked_at(gateway)
    assert found.charge.id == "ch_first"


@pytest.mark.parametrize("parts", [(2500, 2500), (3000, 3000), (5000, 1000), (2500, 2500, 5000)])
@pytest.mark.parametrize("transaction", [{}, {"transaction_id": "txn-1"}], ids=["", "one transaction"])
async def test_the_parts_of_an_invoices_payment_are_no_duplicates(
    till: Till, gateway: Gateway, parts: tuple[int, ...], transaction: dict[str, str]
) -> None:
    usual = {"invoice": "in_1", "metadata": transaction}
    await till.charges(*({"id": f"ch_{n}", "amount": part, **usual} for n, part in enumerate(parts)))
    await till.invoice()
    found, charges = await looked_at(gateway)
    assert (found.charge.id, found.charge.invoice) == ("ch_0", "in_1/ch_0")
    assert too_much(twins_of(found.charge, charges.values(), timedelta(hours=72))).minor == 0


async def test_a_part_that_was_taken_twice_is_a_duplicate(till: Till, gateway: Gateway) -> None:
    part: dict[str, object] = {"amount": 2500, "metadata": {"transaction_id": "txn-1"}}
    await till.charges({"id": "ch_0", "invoice": "in_1", **part}, {"id": "ch_again", **part})
    await till.charges({"id": "ch_1", "invoice": "in_1", "amount": 2500, "created": "-1d"})
    await till.invoice()
    found, charges = await looked_at(gateway)
    assert too_much(twins_of(found.charge, charges.values(), timedelta(hours=72))).minor == 2500


async def test_every_payment_of_an_invoice_leads_to_it(till: Till, gateway: Gateway) -> None:
    many: list[dict[str, object]] = [
        {"id": f"ch_{n:02}", "created": f"-{20 - n}h", "invoice": "in_1"} for n in range(13)
    ]
    await till.charges(*many)
    await till.invoice()
    found, charges = await looked_at(gateway)
    assert found.charge.id == "ch_00"
    assert {charge.invoice for charge in charges.values()} == {"in_1"}


async def test_a_history_is_read_to_its_last_page(till: Till, gateway: Gateway) -> None:
    many: list[dict[str, object]] = [{"id": f"ch_{n:03}", "created": f"-{300 - n}h"} for n in range(205)]
    await till.charges(*many)
    history = await gateway.history("cus_ada")
    assert [charge.id for charge in history.charges] == [f"ch_{n:03}" for n in range(205)]


async def test_a_history_beyond_all_bounds_is_not_cut_but_unknown(
    till: Till, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MAX_LISTED", 3)
    await till.charges(*({"id": f"ch_{n}"} for n in range(4)))
    with pytest.raises(Unreachable, match="more than 3"):
        await gateway.history("cus_ada")
