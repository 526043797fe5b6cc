"""The words of ``commitments.yaml``: each text read by its type, with a reason where it doesn't read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from yaml import Node

from casewright.domain.clocks import ClockId, SpanText
from casewright.domain.money import Money
from casewright.domain.ticket import PolicyId
from casewright.policy.commitment_book import IssueCode
from casewright.policy.nodes import Section, items_of, text_of
from casewright.policy.problems import Mistake, nearest
from casewright.policy.typed import Kind, ValueType, parse_money, parse_value

Word = TypeVar("Word", bound=StrEnum)
Read = TypeVar("Read")
_SPAN: TypeAdapter[str] = TypeAdapter(SpanText)
_CLOCK_ID: TypeAdapter[str] = TypeAdapter(ClockId)
_POLICY: TypeAdapter[str] = TypeAdapter(PolicyId)
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_SHARE = re.compile(r"([1-9][0-9]?) %")


def read(section: Section, key: str, parse: Callable[[str], Read], missing: Read) -> Read:
    """The value of a key; ``missing`` when it isn't there: a required one was reported already.

    Raises:
        Mistake: it doesn't read as what it should be.
    """
    node = section.get(key)
    return missing if node is None else at(node, parse)


def each(section: Section, key: str, parse: Callable[[str], Read]) -> tuple[Read, ...] | None:
    """The values of a list that isn't empty; None when the key isn't there."""
    node = section.get(key)
    if node is None:
        return None
    found = tuple(at(item, parse) for item in items_of(node))
    if not found:
        raise Mistake(node, "an empty list would concern nobody")
    return found


def at(node: Node, parse: Callable[[str], Read]) -> Read:
    """What a node's text says."""
    try:
        return parse(text_of(node))
    except Mistake:
        raise
    except ValueError as error:
        raise Mistake(node, str(error)) from error


def word(words: type[Word], what: str) -> Callable[[str], Word]:
    """A reader of one of a closed set of words."""

    def parse(text: str) -> Word:
        if text not in list(words):
            raise ValueError(f"unknown {what} {text!r}{nearest(text, words)}")
        return words(text)

    return parse


def span(text: str) -> SpanText:
    """``15 min``, ``4 h``, ``2 d``, ``4 bh``, ``1 wd``."""
    return _shaped(_SPAN, text, "span: write it as 15 min, 4 h, 2 d, 4 bh or 1 wd")


def clock_id(text: str) -> ClockId:
    """An id of a commitment; a policy's own ones begin with ``rule-``."""
    if text.startswith("rule-"):
        raise ValueError(f"{text!r}: only what a policy's rule sets begins with 'rule-'")
    return _shaped(_CLOCK_ID, text, "id: write it in lower case, as df-first-response")


def policy(text: str) -> PolicyId:
    """``F.1``."""
    return _shaped(_POLICY, text, "policy: write it as F.1")


def topic(text: str) -> str:
    """A policy, a whole category, or an issue code."""
    if text in list(IssueCode) or re.fullmatch(r"[A-L](\.[1-9])?", text):
        return text
    raise ValueError(f"{text!r} is neither a policy (E.2), a category (E) nor an issue code ({', '.join(IssueCode)})")


def time_of_day(text: str) -> time:
    """``09:00``."""
    found = _TIME.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no time of day: write it as 09:00")
    return time(int(found[1]), int(found[2]))


def share(text: str) -> Decimal:
    """``80 %`` as 0.8."""
    found = _SHARE.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no share: write it as 80 %, from 1 % to 99 %")
    return Decimal(found[1]) / 100


def duration(text: str) -> timedelta:
    """``15 min``."""
    value = parse_value(text, ValueType(Kind.DURATION))
    assert isinstance(value, timedelta)
    return value


def yes(text: str) -> bool:
    """``yes`` or ``no``."""
    return parse_value(text, ValueType(Kind.BOOL)) is True


def positive_money(text: str) -> Money:
    """``50.00 USD``; nothing and less than nothing are no gift."""
    amount = parse_money(text)
    if amount.amount <= 0:
        raise ValueError(f"{text!r}: an amount that is given is above zero")
    return amount


def _shaped(adapter: TypeAdapter[str], text: str, what: str) -> str:
    try:
        return adapter.validate_python(text)
    except ValidationError as error:
        raise ValueError(f"{text!r} is no {what}") from error
