"""Claims and amounts as they are written on a command line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import JsonValue

from starter.commands.failing import WronglyUsed

MONEY_FORM = "20.00:USD"
CLAIM_HELP = f"invoice=INV-1001, or amount={MONEY_FORM}; repeatable."
_MONEY = re.compile(r"(?P<amount>[0-9]+(?:\.[0-9]+)?)[: ](?P<currency>[A-Z]{3})")


def claims_of(pairs: Sequence[str]) -> dict[str, JsonValue]:
    """``NAME=VALUE`` pairs; an amount with its currency is money, anything else is text.

    Raises:
        WronglyUsed: one isn't a pair, or a name comes twice.
    """
    claims: dict[str, JsonValue] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator:
            raise WronglyUsed(f"--claim {pair}: write it as NAME=VALUE, such as invoice=INV-1001")
        if name in claims:
            raise WronglyUsed(f"--claim {name} comes twice")
        claims[name] = money_of(value) if _MONEY.fullmatch(value) else value
    return claims


def money_of(text: str) -> JsonValue:
    """``20.00:USD``, or ``20.00 USD`` in quotes.

    Raises:
        WronglyUsed: it is something else.
    """
    found = _MONEY.fullmatch(text)
    if found is None:
        raise WronglyUsed(f"{text!r} isn't an amount: write it as {MONEY_FORM}")
    return dict(found.groupdict())
