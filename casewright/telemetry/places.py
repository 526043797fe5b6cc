"""Addresses of outside systems as they may be shown: the words of their interfaces, never what is asked about whom."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_WORDS = frozenset(
    [
        "v1",
        "v2",
        "scim",
        "api",
        "2010-04-01",
        "carrier",
        "balance_transactions",
        "charges",
        "credit_notes",
        "customers",
        "disputes",
        "finalize",
        "invoiceitems",
        "void",
        "invoice_payments",
        "invoices",
        "payment_intents",
        "refunds",
        "search",
        "subscriptions",
        "chat.postMessage",
        "conversations.history",
        "conversations.list",
        "conversations.join",
        "users.lookupByEmail",
        "Accounts",
        "Messages",
        "Messages.json",
        "Users",
        "Groups",
        "Schemas",
        "ResourceTypes",
        "ServiceProviderConfig",
        "users",
        "logins",
        "password-resets",
        "sessions",
        "orders",
        "shipments",
        "serials",
        "replacements",
        "labels",
        "file",
        "track",
    ]
)
"""Parts of paths that are the same for everybody. What isn't here is taken for an id, or somebody's name."""
_METHOD = re.compile(r"[A-Z]{3,7}")


def path_of(address: str) -> str:
    """The path of an address with its known words; ``{}`` stands for each part that isn't one."""
    parts = urlsplit(address).path.split("/")
    return "/".join(part if not part or part in _WORDS else "{}" for part in parts)


def method_of(text: object) -> str:
    """An HTTP method, or ``HTTP`` for what is none."""
    return text if isinstance(text, str) and _METHOD.fullmatch(text) else "HTTP"
