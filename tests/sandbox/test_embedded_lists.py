"""Lists inside objects show the newest ten and say that there is more, as Stripe's do."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import pytest
import stripe

from tests.sandbox.seed import STRIPE_WARNING

pytestmark = pytest.mark.filterwarnings(STRIPE_WARNING)

TAKEN = {"customer": "cus_ada", "invoice": "in_1", "amount": 100, "currency": "usd"}


async def seed_charges(admin: httpx.AsyncClient, *charges: Mapping[str, object]) -> None:
    (await admin.post("/_sandbox/seed", json={"charges": [{**TAKEN, **c} for c in charges]})).raise_for_status()


@pytest.mark.parametrize(("made", "embedded", "more"), [(10, 10, False), (12, 10, True)])
async def test_a_charge_embeds_its_newest_ten_refunds(
    own_gateway: stripe.StripeClient, made: int, embedded: int, more: bool
) -> None:
    for cents in range(1, made + 1):
        await own_gateway.v1.refunds.create_async({"charge": "ch_1", "amount": cents})
    charge = await own_gateway.v1.charges.retrieve_async("ch_1", {"expand": ["refunds"]})
    assert charge.refunds is not None
    assert [refund.amount for refund in charge.refunds.data] == [*range(made, made - embedded, -1)]
    assert charge.refunds.has_more is more
    listed = await own_gateway.v1.refunds.list_async({"charge": "ch_1", "limit": 5})
    assert len([refund async for refund in listed.auto_paging_iter()]) == made


async def test_an_invoice_names_every_charge_that_was_meant_for_it(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient
) -> None:
    failed: dict[str, object] = {"status": "failed", "paid": False, "captured": False}
    await seed_charges(
        own_admin,
        {"id": "ch_tried", "created": "-2d", "payment_intent": "pi_1", **failed},
        {"id": "ch_again", "created": "-1d", "payment_intent": "pi_1"},
        {"id": "ch_alone", "created": "-5d", **failed},
    )
    invoice = await own_gateway.v1.invoices.retrieve_async("in_1", {"expand": ["payments"]})
    assert invoice.payments is not None
    shown = [(payment.payment.to_dict(), payment.status) for payment in invoice.payments.data]
    assert shown == [
        ({"type": "payment_intent", "payment_intent": "pi_1"}, "paid"),
        ({"type": "charge", "charge": "ch_1"}, "paid"),
        ({"type": "charge", "charge": "ch_alone"}, "open"),
    ]


async def test_an_invoice_embeds_ten_payments_and_lists_all(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient
) -> None:
    await seed_charges(own_admin, *({"id": f"ch_p{n:02}", "created": f"-{n}h"} for n in range(1, 13)))
    invoice = await own_gateway.v1.invoices.retrieve_async("in_1", {"expand": ["payments"]})
    assert invoice.payments is not None
    assert (len(invoice.payments.data), invoice.payments.has_more) == (10, True)
    page = await own_gateway.v1.invoice_payments.list_async({"invoice": "in_1", "limit": 4})
    assert len([payment async for payment in page.auto_paging_iter()]) == 13
