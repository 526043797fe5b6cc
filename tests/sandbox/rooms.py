"""What the tests of the sandbox's other services start from, and how they come in."""

import re
from typing import Any

import httpx

IDENTITY = {"Authorization": "Bearer test_identity"}
CARRIER = {"Authorization": "Bearer test_carrier"}
CHAT = {"Authorization": "Bearer xoxb-test"}
SMS_ACCOUNT = "ACtest"
SMS_LOGIN = (SMS_ACCOUNT, "test-token")

ALMA = "usr_alma"
ACCOUNT = "urn:casewright:params:scim:schemas:extension:account:2.0:User"

IDENTITY_SEED: dict[str, Any] = {
    "identities": [
        {
            "id": ALMA,
            "user_name": "alma@accounts.example",
            "display_name": "Sample Alma",
            "emails": ["alma@accounts.example", "alma.second@accounts.example"],
            "password": "the first password",
            "created": "-90d",
            "logins": [
                {"at": "-1h", "outcome": "failure", "address": "192.0.2.1", "country": "DE"},
                {"at": "-3d", "outcome": "success", "address": "192.0.2.2", "country": "FR"},
                {"at": "-2h", "outcome": "failure", "address": "192.0.2.1", "country": "DE"},
            ],
        },
        {
            "id": "usr_dino",
            "user_name": "dino",
            "display_name": "Sample Dino",
            "emails": ["dino@accounts.example"],
            "status": "locked_for_security",
            "created": "-90d",
        },
    ],
}

_LINE = {"sku": "SKU-1", "description": "Lamp", "quantity": 1, "unit_price": {"amount": "20.00", "currency": "USD"}}
_PARCEL = {"order": "ORD-1", "customer_email": "ines@orders.example"}

SHIPPING_SEED: dict[str, Any] = {
    "orders": [
        {"number": "ORD-1", "customer_email": "ines@orders.example", "placed_at": "-3d", "lines": [_LINE]},
        {"number": "ORD-2", "customer_email": "Ines@orders.example", "placed_at": "-1d", "lines": [_LINE]},
    ],
    "shipments": [
        {
            **_PARCEL,
            "tracking_number": "TRK1",
            "destination": {"country": "KI", "time_zone": "Pacific/Kiritimati"},
            "estimated_delivery": "+2d",
            "events": [
                {"at": "-1d", "status": "in_transit", "location": "Suva, FJ", "description": "Left the hub"},
                {"at": "-2d", "status": "processing", "location": "Berlin, DE", "description": "Label made"},
                {"at": "+1h", "status": "out_for_delivery", "location": "Kiritimati, KI", "description": "On the van"},
            ],
        },
        {
            **_PARCEL,
            "tracking_number": "TRK2",
            "destination": {"country": "DE", "time_zone": "Europe/Berlin"},
            "estimated_delivery_date": "2026-03-09",
        },
    ],
}

CHAT_SEED: dict[str, Any] = {
    "channels": [
        {"id": "C0SECOPS", "name": "secops"},
        {"id": "C0OLD", "name": "old", "is_archived": True},
    ],
}


async def reset_form(client: httpx.AsyncClient, link: str, password: str = "a new long password") -> httpx.Response:
    """Send the form behind a reset link as a browser does."""
    return await client.post(link, data={"password": password})


def heading(page: str) -> str:
    """What a page says in its status line."""
    found = re.search(r'role="status">([^<]*)<', page)
    return found.group(1) if found else ""
