"""Invoices at the sandbox's gateway, made and changed through Stripe's own client."""

import pytest
import stripe

from tests.sandbox.seed import NOON, STRIPE_WARNING

pytestmark = pytest.mark.filterwarnings(STRIPE_WARNING)

NOW = int(NOON.timestamp())
DUE = NOW + 30 * 86_400


async def drafted(gateway: stripe.StripeClient, due: int = DUE, key: str = "k") -> stripe.Invoice:
    return await gateway.v1.invoices.create_async(
        {
            "customer": "cus_ada",
            "collection_method": "send_invoice",
            "auto_advance": False,
            "currency": "usd",
            "due_date": due,
            "metadata": {"step": "T-1/plan"},
            "pending_invoice_items_behavior": "exclude",
        },
        {"idempotency_key": key},
    )


async def with_an_item(gateway: stripe.StripeClient, draft: str, amount: int = 2500, currency: str = "usd") -> None:
    await gateway.v1.invoice_items.create_async(
        {"customer": "cus_ada", "invoice": draft, "amount": amount, "currency": currency}
    )


async def test_a_draft_is_filled_and_finalized_to_a_bill_with_a_number_and_a_due_date(
    own_gateway: stripe.StripeClient,
) -> None:
    draft = await drafted(own_gateway)
    assert (draft.status, draft.number, draft.total, draft.due_date) == ("draft", None, 0, DUE)
    await with_an_item(own_gateway, draft.id)
    bill = await own_gateway.v1.invoices.finalize_invoice_async(draft.id, {"auto_advance": True})
    assert (bill.status, bill.total, bill.amount_remaining) == ("open", 2500, 2500)
    assert bill.number is not None
    listed = await own_gateway.v1.invoices.list_async({"customer": "cus_ada", "status": "open"})
    assert [one.id for one in listed.data] == [draft.id]


async def test_the_same_key_makes_one_draft(own_gateway: stripe.StripeClient) -> None:
    assert (await drafted(own_gateway)).id == (await drafted(own_gateway)).id


async def test_a_bill_is_voided_once_and_a_paid_one_never(own_gateway: stripe.StripeClient) -> None:
    bill = await drafted(own_gateway)
    await own_gateway.v1.invoices.finalize_invoice_async(bill.id)
    assert (await own_gateway.v1.invoices.void_invoice_async(bill.id)).status == "void"
    for invoice in (bill.id, "in_1"):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await own_gateway.v1.invoices.void_invoice_async(invoice)
        assert refused.value.code == "invoice_not_editable"


async def test_a_draft_can_be_deleted_and_a_bill_cannot(own_gateway: stripe.StripeClient) -> None:
    draft = await drafted(own_gateway)
    await own_gateway.v1.invoices.delete_async(draft.id)
    with pytest.raises(stripe.InvalidRequestError) as gone:
        await own_gateway.v1.invoices.retrieve_async(draft.id)
    assert gone.value.http_status == 404
    with pytest.raises(stripe.InvalidRequestError):
        await own_gateway.v1.invoices.delete_async("in_1")


async def test_metadata_are_added_to(own_gateway: stripe.StripeClient) -> None:
    changed = await own_gateway.v1.invoices.update_async("in_1", {"metadata": {"plan": "T-1/plan"}})
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"charge": "ch_1", "plan": "T-1/plan"}


@pytest.mark.parametrize("due", [NOW, NOW - 1, NOW + 6 * 366 * 86_400])
async def test_a_due_date_lies_ahead_and_within_five_years(own_gateway: stripe.StripeClient, due: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await drafted(own_gateway, due)
    assert refused.value.param == "due_date"


async def test_an_item_is_in_its_drafts_currency_and_only_on_a_draft(own_gateway: stripe.StripeClient) -> None:
    draft = await drafted(own_gateway)
    with pytest.raises(stripe.InvalidRequestError):
        await with_an_item(own_gateway, draft.id, currency="eur")
    with pytest.raises(stripe.InvalidRequestError):
        await with_an_item(own_gateway, "in_1")
