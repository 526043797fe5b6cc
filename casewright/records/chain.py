"""The hash chain of a ticket's rows: each row's hash covers its text and the hash before it."""

from __future__ import annotations

import hashlib

from casewright.domain.canonical import canonical
from casewright.domain.events import EventRow

GENESIS = b""
"""What the first row of a chain follows; the row names its ticket, so no two chains begin alike."""


def text_of(row: EventRow) -> str:
    """The row as it is stored and hashed: its canonical JSON."""
    return canonical(row).decode()


def link(before: bytes, text: str) -> bytes:
    """The hash (SHA-256) of a row that follows ``before``."""
    return hashlib.sha256(before + text.encode()).digest()


def says_the_same(stored: str, row: EventRow) -> bool:
    """Whether a stored row is this one, read by today's models: a field added since has its default in both."""
    if stored == text_of(row):
        return True
    try:
        return text_of(EventRow.model_validate_json(stored)) == text_of(row)
    except ValueError:
        return False
