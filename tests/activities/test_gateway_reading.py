"""What the gateway's client makes of charges, against the sandbox over its real protocol."""

from __future__ import annotations

import httpx

from activities.gateway.client import connected
from sandbox import running_sandbox


async def test_an_authorisation_that_was_never_captured_is_not_a_payment() -> None:
    held = {
        "id": "ch_held",
        "customer": "cus_ada",
        "amount": 2000,
        "currency": "usd",
        "created": "-1d",
        "captured": False,
    }
    taken = {**held, "id": "ch_taken", "captured": True}
    customer = {"id": "cus_ada", "name": "Sample Customer", "email": "ada@example.com", "created": "-90d"}
    async with (
        running_sandbox() as sandbox,
        httpx.AsyncClient(base_url=sandbox.http_url) as http,
        connected("sk_test_reading", sandbox.http_url) as gateway,
    ):
        seed = {"customers": [customer], "charges": [held, taken]}
        (await http.post("/_sandbox/seed", json=seed)).raise_for_status()
        history = await gateway.history("cus_ada")
    assert {charge.id: charge.paid for charge in history.charges} == {"ch_held": False, "ch_taken": True}
