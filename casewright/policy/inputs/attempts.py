"""How often a customer says that signing in failed: a number, or words that mean many times (HB B.1).

Read cautiously: what could mean many counts as many, and what can't be read is for a person.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal, NamedTuple

Told = Literal["nothing", "number", "many", "unclear"]

_NUMBERS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_WORDS = {
    **{word: number for number, word in enumerate(_NUMBERS)},
    "none": 0,
    "never": 0,
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "dozen": 12,
    "hundred": 100,
    "thousand": 1000,
}
_MANY = re.compile(
    r"\b(many|multiple|several|numerous|countless|repeated(ly)?|constant(ly)?|always|often|lots?|loads|tons|plenty|"
    r"dozens|hundreds|thousands|few|couple|again|every ?time|each time|all day|ke(eps?|pt) (on )?\w+ing|continu\w+|"
    r"over and over)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[0-9]+|[a-z]+", re.IGNORECASE)
_BEYOND = 1_000_000
"""Nobody counted further."""


class Attempts(NamedTuple):
    """What was told, and the number where one was."""

    told: Told
    number: Decimal | None = None


def read_attempts(text: str | None) -> Attempts:
    """A claim of failed attempts; of several numbers the highest."""
    if text is None:
        return Attempts("nothing")
    if _MANY.search(text):
        return Attempts("many")
    found = [_number(word.lower()) for word in _WORD.findall(text)]
    numbers = [number for number in found if number is not None]
    if not numbers:
        return Attempts("unclear")
    return Attempts("number", Decimal(max(numbers)))


def _number(word: str) -> int | None:
    return min(int(word), _BEYOND) if word.isdigit() else _WORDS.get(word)
