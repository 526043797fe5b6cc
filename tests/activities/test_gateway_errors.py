"""Each way in which the gateway can fail is refused for good, or leaves the outcome open: never the wrong one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from activities.gateway.client import Gateway, connected
from casewright.domain.effects import Refused, Unreachable
from casewright.domain.money import Money
from tests.activities.conftest import API_KEY
from tests.activities.till import Till

KEY = "T-1/refund"
CREDIT_KEY = "T-1/credit"
AMOUNT = Money.from_minor(2000, "USD")
POST = {"method": "POST", "path": "/v1/refunds"}

NEVER = [
    pytest.param({"kind": "error", "status": 400}, "refused", id="400"),
    pytest.param({"kind": "error", "status": 402}, "refused", id="402 card"),
    pytest.param({"kind": "error", "status": 404}, "refused", id="404"),
]
"""It did not happen, and trying again changes nothing."""
PERHAPS = [
    pytest.param({"kind": "error", "status": 401}, "does not accept our key", id="401"),
    pytest.param({"kind": "error", "status": 403}, "does not accept our key", id="403"),
    pytest.param({"kind": "error", "status": 409}, "busy", id="409"),
    pytest.param({"kind": "error", "status": 429}, "busy", id="429"),
    pytest.param({"kind": "error", "status": 400, "body": "html"}, "no answer", id="400 of a proxy"),
    pytest.param({"kind": "error", "status": 404, "body": "html"}, "no answer", id="404 of a proxy"),
    pytest.param({"kind": "error", "status": 500}, "no answer", id="500"),
    pytest.param({"kind": "error", "status": 502, "body": "html"}, "no answer", id="502 html"),
    pytest.param({"kind": "error", "status": 504, "body": "empty"}, "no answer", id="504 empty"),
    pytest.param({"kind": "outage"}, "no answer", id="503"),
    pytest.param({"kind": "outage", "mode": "refuse"}, "no answer", id="connection refused"),
]
"""No certain answer, or one that somebody can mend."""
GARBLED = [
    pytest.param({"kind": "lost_answer"}, id="dropped"),
    pytest.param({"kind": "lost_answer", "body": "html"}, id="200 html"),
    pytest.param({"kind": "lost_answer", "body": "empty"}, id="200 empty"),
]
"""It happened, and the answer didn't come, or not so that it could be read."""

READS: list[Callable[[Gateway], Awaitable[object]]] = [
    lambda gateway: gateway.account("cus_ada", "ada@example.com"),
    lambda gateway: gateway.account(None, "ada@example.com"),
    lambda gateway: gateway.invoice("INV-1"),
    lambda gateway: gateway.history("cus_ada"),
    lambda gateway: gateway.refund_under("ch_1", KEY),
    lambda gateway: gateway.credit_under("cus_ada", KEY),
    lambda gateway: anext(gateway.refunds_given(None)),
    lambda gateway: anext(gateway.credits_given(["cus_ada"])),
]
READ_NAMES = ["account by id", "account by address", "invoice", "history", "refund", "credit", "refunds", "credits"]


@pytest.mark.parametrize(("fault", "words"), NEVER)
async def test_what_the_gateway_refuses_for_good_is_refused(
    till: Till, gateway: Gateway, fault: dict[str, object], words: str
) -> None:
    await till.charges({"id": "ch_1"})
    await till.fault(**fault)
    with pytest.raises(Refused, match=words):
        await gateway.refund("ch_1", AMOUNT, KEY)
    with pytest.raises(Refused, match=words):
        await gateway.credit("cus_ada", AMOUNT, KEY)


@pytest.mark.parametrize(("fault", "words"), PERHAPS)
async def test_what_leaves_the_outcome_open_is_tried_again(
    till: Till, gateway: Gateway, fault: dict[str, object], words: str
) -> None:
    await till.charges({"id": "ch_1"})
    await till.fault(**fault)
    with pytest.raises(Unreachable, match=words):
        await gateway.refund("ch_1", AMOUNT, KEY)
    with pytest.raises(Unreachable, match=words):
        await gateway.credit("cus_ada", AMOUNT, KEY)


@pytest.mark.parametrize("fault", GARBLED)
async def test_what_happened_without_a_readable_answer_is_found(
    till: Till, gateway: Gateway, fault: dict[str, object]
) -> None:
    await till.charges({"id": "ch_1"})
    await till.fault(**fault, method="POST")
    with pytest.raises(Unreachable, match="no answer"):
        await gateway.refund("ch_1", AMOUNT, KEY)
    with pytest.raises(Unreachable, match="no answer"):
        await gateway.credit("cus_ada", AMOUNT, CREDIT_KEY)
    [refund] = till.refunds()
    [credit] = till.sandbox.world.books.balance_transactions.all()
    found = [await gateway.refund_under("ch_1", KEY), await gateway.credit_under("cus_ada", CREDIT_KEY)]
    assert [done.reference for done in found if done] == [refund.id, credit.id]


async def test_an_answer_that_takes_too_long_leaves_the_outcome_open(till: Till, gateway: Gateway) -> None:
    await till.charges({"id": "ch_1"})
    await till.fault(kind="latency", latency_ms=500, **POST)
    async with connected(API_KEY, till.url, answer_seconds=0.05) as impatient:
        with pytest.raises(Unreachable, match="no answer"):
            await impatient.refund("ch_1", AMOUNT, KEY)
    while not till.refunds():
        await asyncio.sleep(0.01)
    found = await gateway.refund_under("ch_1", KEY)
    assert found is not None
    assert found.reference == till.refunds()[0].id


@pytest.mark.parametrize("read", READS, ids=READ_NAMES)
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error", "status": 429},
        {"kind": "error", "status": 500},
        {"kind": "error", "status": 404, "body": "html"},
        {"kind": "lost_answer"},
        {"kind": "lost_answer", "body": "html"},
    ],
    ids=["429", "500", "404 of a proxy", "dropped", "200 html"],
)
async def test_what_cannot_be_read_is_unknown_and_not_absent(
    till: Till, gateway: Gateway, fault: dict[str, object], read: Callable[[Gateway], Awaitable[object]]
) -> None:
    await till.charges({"id": "ch_1"})
    await till.invoice(charge="ch_1")
    await till.fault(**fault)
    with pytest.raises(Unreachable):
        await read(gateway)


async def test_what_the_gateway_does_not_have_is_absent(till: Till, gateway: Gateway) -> None:
    assert await gateway.account("cus_nobody", "nobody@example.com") is None
    assert await gateway.account(None, "nobody@example.com") is None
    assert await gateway.invoice("INV-1") is None
    assert (await gateway.history("cus_ada")).charges == ()
    assert await gateway.credit_under("cus_ada", KEY) is None


@pytest.mark.parametrize("key", ["sk_live_wrong", "sk_test_"])
async def test_a_wrong_key_does_nothing_and_is_tried_again(till: Till, key: str) -> None:
    await till.charges({"id": "ch_1"})
    async with connected(key, till.url) as gateway:
        with pytest.raises(Unreachable, match="does not accept our key"):
            await gateway.refund("ch_1", AMOUNT, KEY)
    assert till.refunds() == []


@pytest.mark.parametrize(
    ("charge", "state", "words"),
    [
        ("ch_unknown", {}, "No such charge"),
        ("ch_1", {"amount": 1999}, "greater than unrefunded amount"),
        ("ch_1", {"disputed": True}, "charged back"),
        ("ch_1", {"status": "failed", "paid": False, "captured": False}, "did not succeed"),
    ],
)
async def test_what_the_books_do_not_allow_is_refused(
    till: Till, gateway: Gateway, charge: str, state: dict[str, object], words: str
) -> None:
    await till.charges({"id": "ch_1", **state})
    with pytest.raises(Refused, match=words):
        await gateway.refund(charge, AMOUNT, KEY)


async def test_a_key_that_a_running_request_holds_leaves_the_outcome_open(till: Till, gateway: Gateway) -> None:
    await till.charges({"id": "ch_1"})
    answers = till.sandbox.world.answers
    answers.begin(KEY, "/v1/refunds", "the first request", till.sandbox.world.clock.epoch())
    with pytest.raises(Unreachable, match="busy"):
        await gateway.refund("ch_1", AMOUNT, KEY)
    answers.release(KEY)
    assert (await gateway.refund("ch_1", AMOUNT, KEY)).reference == till.refunds()[0].id


async def test_a_key_that_did_something_else_is_refused(till: Till, gateway: Gateway) -> None:
    await till.charges({"id": "ch_1"})
    await gateway.refund("ch_1", AMOUNT, KEY)
    with pytest.raises(Refused, match="knows this key for another request"):
        await gateway.refund("ch_1", Money.from_minor(1, "USD"), KEY)
    assert [refund.amount for refund in till.refunds()] == [2000]


async def test_the_same_request_under_the_same_key_happens_once(till: Till, gateway: Gateway) -> None:
    await till.charges({"id": "ch_1"})
    assert await gateway.refund("ch_1", AMOUNT, KEY) == await gateway.refund("ch_1", AMOUNT, KEY)
    assert len(till.refunds()) == 1
