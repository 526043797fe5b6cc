"""Signed digests of the chains' heads, kept outside the database: what they say can't be taken back in silence.

Each digest lists the heads that no earlier one lists, and names the hash of the one before it. Signed with HMAC-SHA256:
whoever holds the key can sign, so keep it from whoever can write to the database, and copy the folder elsewhere, as
the removal of its newest files shows only against such a copy.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

from casewright.domain.canonical import canonical
from casewright.records.audit_report import Finding, FindingKind
from casewright.records.postgres import Connection, Pool

PAGE = 1_000
_ANCHORED = """
CREATE TEMPORARY TABLE anchored (digest text, ticket text, position integer, hash bytea) ON COMMIT DROP
"""
_NEWS = """
SELECT id, position, head FROM ticket
WHERE position > 0 AND NOT EXISTS (
    SELECT FROM anchored WHERE ticket = ticket.id AND anchored.position = ticket.position AND hash = ticket.head)
ORDER BY id
"""
_CONTRADICTED = """
SELECT digest, anchored.ticket, anchored.position, known.id IS NULL AS missing, known.position AS length
FROM anchored
LEFT JOIN journal ON journal.ticket = anchored.ticket AND journal.position = anchored.position
LEFT JOIN ticket AS known ON known.id = anchored.ticket
WHERE journal.hash IS DISTINCT FROM anchored.hash
ORDER BY digest, anchored.ticket
"""


async def anchor(pool: Pool, folder: Path, key: bytes, now: datetime) -> Path:
    """Write the next digest: the heads that changed since the last one.

    Raises:
        ValueError: there is no key.
    """
    folder.mkdir(parents=True, exist_ok=True)
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
        await _load(connection, folder, key)
        digests = _digests(folder)
        number = int(digests[-1].stem) + 1 if digests else 1
        previous = _file_hash(digests[-1]) if digests else None
        unfinished = folder / f"{number:06d}.unfinished"
        signature = _mac(key)
        with unfinished.open("wb") as file:
            header = canonical({"number": number, "at": now, "previous": previous}) + b"\n"
            signature.update(header)
            file.write(header)
            async for row in connection.cursor(_NEWS, prefetch=PAGE):
                line = canonical([row["id"], row["position"], row["head"].hex()]) + b"\n"
                signature.update(line)
                file.write(line)
            file.write(canonical({"signature": signature.hexdigest()}) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    finished = folder / f"{number:06d}.jsonl"
    os.link(unfinished, finished)  # fails when another process has written this number meanwhile
    unfinished.unlink()
    return finished


async def check_anchors(connection: Connection, folder: Path, key: bytes) -> tuple[int, list[Finding]]:
    """How many digests there are, and what contradicts them; inside a transaction."""
    findings = await _load(connection, folder, key)
    async for row in connection.cursor(_CONTRADICTED, prefetch=PAGE):
        if row["missing"]:
            detail = f"digest {row['digest']} lists this ticket, and it is gone"
        elif row["length"] < row["position"]:
            detail = f"digest {row['digest']} saw {row['position']} rows, and the chain ends at {row['length']}"
        else:
            detail = f"digest {row['digest']} saw another row here"
        findings.append(Finding(kind=FindingKind.ANCHOR, ticket=row["ticket"], position=row["position"], detail=detail))
    return len(_digests(folder)), findings


async def _load(connection: Connection, folder: Path, key: bytes) -> list[Finding]:
    """Put what the digests list into a table of the session's own; a digest that was touched is not believed."""
    await connection.execute(_ANCHORED)
    findings, previous = [], None
    for expected, digest in enumerate(_digests(folder), start=1):
        problem = _problem(digest, key, expected, previous)
        previous = _file_hash(digest)
        if problem is not None:
            findings.append(Finding(kind=FindingKind.ANCHOR, detail=f"{digest.name}: {problem}"))
            continue
        async for page in _pages(digest):
            await connection.copy_records_to_table("anchored", records=page)
    return findings


def _problem(digest: Path, key: bytes, expected: int, previous: str | None) -> str | None:
    signature, header, last = _mac(key), None, b""
    for line in _lines(digest):
        if header is None:
            header = line
        else:
            signature.update(last)
        last = line
    if last != canonical({"signature": signature.hexdigest()}) + b"\n" or header is None:
        return "its signature doesn't match: it was changed or cut, or signed with another key"
    said = json.loads(header)
    if said["number"] != int(digest.stem):
        return "it is another digest, renamed"
    if said["previous"] != previous:
        return f"the digest before it is missing or was replaced (it should be the {expected}th)"
    return None


async def _pages(digest: Path) -> AsyncIterator[list[tuple[str, str, int, bytes]]]:
    page: list[tuple[str, str, int, bytes]] = []
    for line in _lines(digest):
        said = json.loads(line)
        if isinstance(said, list):
            ticket, position, head = said
            page.append((digest.stem, ticket, position, bytes.fromhex(head)))
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


def _digests(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9][0-9][0-9][0-9][0-9][0-9].jsonl"))


def _lines(digest: Path) -> Iterator[bytes]:
    with digest.open("rb") as file:
        yield from file


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _mac(key: bytes) -> hmac.HMAC:
    if not key:
        raise ValueError("digests can't be signed without a key: set CASEWRIGHT_ANCHOR_KEY")
    return hmac.new(key, digestmod=hashlib.sha256)
