"""Each ticket's chain recomputed from its rows, and its read row folded from them anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casewright.domain.events import EventRow
from casewright.domain.state import TicketState
from casewright.records.audit_report import Finding, FindingKind
from casewright.records.chain import GENESIS, link
from casewright.records.folding import COLUMNS, Unfoldable, anew, columns
from casewright.records.postgres import Record


def check_chain(ticket: Record, rows: Sequence[Record]) -> Iterator[Finding]:
    """Differences in one chain, whose rows come by position; each change shows once, at its place."""
    id, before = ticket["id"], GENESIS
    for expected, row in enumerate(rows, start=1):
        if row["position"] != expected:
            yield _chain(id, expected, f"a row is missing or was moved: the next one has position {row['position']}")
            break
        if row["prev_hash"] != before:
            yield _chain(id, expected, "it does not follow the row before it")
        if row["hash"] != link(row["prev_hash"], row["body"]):
            yield _chain(id, expected, "its content isn't what was hashed")
        elif (wrong := _columns_that_differ(row)) is not None:
            yield _chain(id, expected, f"its columns say otherwise than its content: {wrong}")
        before = row["hash"]
    last = rows[-1]["position"] if rows else 0
    if (ticket["position"], ticket["head"]) != (last, rows[-1]["hash"] if rows else GENESIS):
        yield _chain(id, last, f"the chain ends here, and its head says position {ticket['position']} or another hash")


def check_fold(ticket: Record, rows: Sequence[Record]) -> Iterator[Finding]:
    """Whether the read row is what the journal's rows add up to."""
    try:
        state = anew(row["body"] for row in rows)
    except Unfoldable as reason:
        yield Finding(kind=FindingKind.READ_TABLE, ticket=ticket["id"], detail=f"it can't be folded: {reason}")
        return
    if ticket["unfolded"] is not None:
        yield Finding(kind=FindingKind.READ_TABLE, ticket=ticket["id"], detail=f"left unfolded: {ticket['unfolded']}")
        return
    # Not the words of waits_for: a release may put them otherwise.
    named = {
        name: value
        for name, value in zip(COLUMNS, columns(state), strict=True)
        if name not in ("state", "waits_for") and ticket[name] != value
    }
    if named or not _is_state(ticket["state"], state):
        differs = ", ".join(named) or "state"
        yield Finding(kind=FindingKind.READ_TABLE, ticket=ticket["id"], detail=f"the journal says otherwise: {differs}")


def _is_state(stored: str | None, state: TicketState) -> bool:
    try:
        return stored is not None and TicketState.model_validate_json(stored) == state
    except ValueError:
        return False


def _columns_that_differ(row: Record) -> str | None:
    try:
        said = EventRow.model_validate_json(row["body"])
    except ValueError as error:
        return f"it can't be read: {error}"
    content = {
        "ticket": said.ticket,
        "seq": said.seq,
        "at": said.at,
        "actor": said.actor.id,
        "act": said.act,
        "type": said.event.type,
    }
    return ", ".join(name for name, value in content.items() if row[name] != value) or None


def _chain(ticket: str, position: int, detail: str) -> Finding:
    return Finding(kind=FindingKind.CHAIN, ticket=ticket, position=position, detail=detail)
