"""Finding customers, invoices and charges as clients do."""

import httpx
import pytest
import stripe

from tests.sandbox.seed import NOON, STRIPE_WARNING

pytestmark = pytest.mark.filterwarnings(STRIPE_WARNING)


async def test_an_invoice_is_found_by_its_number_and_leads_to_its_charge(own_gateway: stripe.StripeClient) -> None:
    found = await own_gateway.v1.invoices.search_async({"query": "number:'INV-1'", "expand": ["data.payments"]})
    [invoice] = found.data
    assert (invoice.customer, invoice.total, invoice.amount_paid) == ("cus_ada", 4900, 4900)
    assert invoice.payments is not None
    assert invoice.payments.data[0].payment.charge == "ch_1"
    assert invoice.metadata is not None
    assert invoice.metadata["charge"] == "ch_1"


async def test_an_unknown_number_finds_nothing(own_gateway: stripe.StripeClient) -> None:
    assert (await own_gateway.v1.invoices.search_async({"query": "number:'INV-9999'"})).data == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("metadata['transaction_id']:'txn-1'", ["ch_2", "ch_1"]),
        ('metadata["transaction_id"]:"txn-1" AND created<1772452800', ["ch_1"]),
        ("amount>4900 OR created<1772300000", ["ch_ben", "ch_1"]),
        ("-customer:'cus_ada'", ["ch_ben"]),
    ],
)
async def test_charges_are_searched(own_gateway: stripe.StripeClient, query: str, expected: list[str]) -> None:
    found = await own_gateway.v1.charges.search_async({"query": query})
    assert [charge.id for charge in found.data] == expected


@pytest.mark.parametrize("query", ["nonsense", "colour:'red'", "amount:1 AND amount:2 OR amount:3", "number:'x' ;"])
async def test_a_query_that_cannot_be_read_is_refused(own_gateway: stripe.StripeClient, query: str) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await own_gateway.v1.charges.search_async({"query": query})


async def test_a_customer_is_found_by_address(own_gateway: stripe.StripeClient) -> None:
    [customer] = (await own_gateway.v1.customers.list_async({"email": "ada@example.com"})).data
    assert customer.metadata is not None
    assert (customer.id, customer.metadata["plan"]) == ("cus_ada", "starter")


async def test_bounds_of_creation_include_their_ends(own_gateway: stripe.StripeClient) -> None:
    now = int(NOON.timestamp())
    within = await own_gateway.v1.charges.list_async(
        {"customer": "cus_ada", "created": {"gte": now - 3 * 86_400, "lte": now}}
    )
    assert [charge.id for charge in within.data] == ["ch_2", "ch_1"]
    strictly = await own_gateway.v1.charges.list_async({"customer": "cus_ada", "created": {"gt": now - 3 * 86_400}})
    assert [charge.id for charge in strictly.data] == ["ch_2"]


async def test_pages_follow_each_other_without_gap_or_repeat(
    own_gateway: stripe.StripeClient, own_admin: httpx.AsyncClient
) -> None:
    many = [
        {"id": f"ch_m{n:02}", "customer": "cus_ben", "amount": 100, "currency": "usd", "created": f"-{n // 2 + 2}d"}
        for n in range(25)
    ]
    (await own_admin.post("/_sandbox/seed", json={"charges": many})).raise_for_status()
    first = await own_gateway.v1.charges.list_async({"customer": "cus_ben", "limit": 10})
    assert first.has_more is True
    seen = [charge.id async for charge in first.auto_paging_iter()]
    assert len(seen) == len(set(seen)) == 26
    before = await own_gateway.v1.charges.list_async({"customer": "cus_ben", "limit": 3, "ending_before": seen[10]})
    assert [charge.id for charge in before.data] == seen[7:10]


async def test_search_pages_follow_each_other(own_gateway: stripe.StripeClient) -> None:
    first = await own_gateway.v1.charges.search_async({"query": "currency:'usd'", "limit": 2})
    assert [charge.id async for charge in first.auto_paging_iter()] == ["ch_2", "ch_ben", "ch_1"]


async def test_a_charge_can_be_expanded_to_its_invoice_and_refunds(own_gateway: stripe.StripeClient) -> None:
    await own_gateway.v1.refunds.create_async({"charge": "ch_1", "amount": 100})
    charge = await own_gateway.v1.charges.retrieve_async("ch_1", {"expand": ["customer", "refunds"]})
    assert isinstance(charge.customer, stripe.Customer)
    assert charge.refunds is not None
    assert [refund.amount for refund in charge.refunds.data] == [100]


@pytest.mark.parametrize("key", ["sk_live_abc", "sk_test_", "pk_test_abc"])
async def test_only_test_keys_open_the_door(own_admin: httpx.AsyncClient, key: str) -> None:
    for headers, auth in (({"Authorization": f"Bearer {key}"}, None), ({}, (key, ""))):
        answer = await own_admin.get("/v1/charges", headers=headers, auth=auth)
        assert answer.status_code == 401
        assert answer.json()["error"]["type"] == "invalid_request_error"


async def test_an_unknown_object_is_stripes_404(own_gateway: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await own_gateway.v1.charges.retrieve_async("ch_unknown")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
