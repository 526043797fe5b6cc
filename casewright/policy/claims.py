"""Claims as declared: a claim that does not read is told apart from one that was not made."""

from __future__ import annotations

import re
from collections.abc import Mapping

from casewright.domain.facts import FactUnavailable
from casewright.domain.money import Money
from casewright.domain.ticket import ClaimValue


def text_claim(claims: Mapping[str, ClaimValue], name: str) -> str | None:
    """A text claim without the space around it; None when it is missing or empty."""
    value = claims.get(name)
    return (value.strip() or None) if isinstance(value, str) else None


def money_claim(claims: Mapping[str, ClaimValue], name: str) -> Money | None:
    """A money claim; None when it was not made.

    Raises:
        FactUnavailable: it was made, but is no positive amount of money.
    """
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, Money):
        raise FactUnavailable(f"claim {name}: it is text, not an amount of money")
    if value.amount <= 0:
        raise FactUnavailable(f"claim {name}: {value} is not a positive amount")
    return value


def matches(pattern: str | None, value: str) -> bool:
    """Whether a text claim has the shape that its policy declares."""
    return pattern is None or re.fullmatch(pattern, value.strip()) is not None
