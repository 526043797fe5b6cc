"""The audit finds every tampering, and names where."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from casewright.domain import events as ev
from casewright.domain.events import EventRow
from casewright.records.anchors import anchor
from casewright.records.audit import AuditReport, FindingKind, GatewayMovement, verify
from casewright.records.chain import link, text_of
from casewright.records.envelope import close_call, give_up, open_call
from casewright.records.journal import flush
from casewright.records.postgres import Connection, Pool
from tests.records.story import NOON, Story, Tamper, mail, refund, usd

KEY = b"a key that the database does not know"
ONE, TWO = Story(1).ticket, Story(2).ticket


def movement(number: int = 1, amount: str = "10.00", key: str | None = None) -> GatewayMovement:
    """What the gateway lists for the refund of a ticket."""
    return GatewayMovement(
        reference=f"re_{number}", amount=usd(amount), step_key=key or f"{Story(number).ticket}/d1-refund"
    )


async def listed(*movements: GatewayMovement) -> AsyncIterator[GatewayMovement]:
    """The gateway's list."""
    for one in movements:
        yield one


async def audit(pool: Pool, *movements: GatewayMovement, anchors: Path | None = None) -> AuditReport:
    """An audit against a gateway that gave both refunds, or what is said."""
    return await verify(pool, listed(*(movements or (movement(1), movement(2)))), anchors, KEY)


@pytest.fixture(autouse=True)
async def refunded(pool: Pool) -> None:
    """Two tickets with a refund each."""
    for number in (1, 2):
        story = Story(number)
        call = story.call(refund("10.00", f"ch_{number}"))
        await open_call(pool, call, NOON)
        await close_call(pool, call, ev.StepDone(step=call.step.id, reference=f"re_{number}"), NOON)


async def test_nothing_is_found_where_nothing_was_touched(pool: Pool, tmp_path: Path) -> None:
    await anchor(pool, tmp_path, KEY, NOON)
    report = await audit(pool, anchors=tmp_path)
    assert report.findings == ()
    assert report.sound
    assert (report.tickets, report.rows, report.movements, report.digests) == (2, 10, 2, 1)


@pytest.mark.parametrize(
    ("statement", "position"),
    [
        ("UPDATE journal SET body = replace(body, 'Charged twice', 'Charged once') WHERE position = 1", 1),
        ("UPDATE journal SET actor = 'mia' WHERE position = 2", 2),
        ("UPDATE journal SET at = at + interval '1 s' WHERE position = 3", 3),
        ("UPDATE journal SET hash = sha256('x') WHERE position = 3", 3),
        ("DELETE FROM journal WHERE position = 2", 2),
        ("DELETE FROM journal WHERE position = 5", 4),
        ("DELETE FROM journal WHERE position = 1", 1),
        (
            "UPDATE journal SET position = CASE position WHEN 2 THEN 103 WHEN 3 THEN 102 ELSE position END"
            " WHERE position IN (2, 3)",
            2,
        ),
    ],
)
async def test_a_row_that_was_changed_removed_or_moved_shows_at_its_place(
    pool: Pool, tamper: Tamper, statement: str, position: int
) -> None:
    await tamper("journal", f"{statement} AND ticket = '{TWO}'")
    report = await audit(pool)
    places = [(f.ticket, f.position) for f in report.findings if f.kind is FindingKind.CHAIN]
    assert (TWO, position) in places
    assert all(ticket == TWO for ticket, _ in places)


async def test_two_rows_that_changed_places_show(pool: Pool, tamper: Tamper) -> None:
    for before, after in ((2, 1000), (3, 2), (1000, 3)):
        await tamper("journal", f"UPDATE journal SET position = {after} WHERE position = {before} AND ticket = '{TWO}'")
    report = await audit(pool)
    assert (report.findings[0].ticket, report.findings[0].position) == (TWO, 2)


async def test_a_row_that_was_put_in_shows(pool: Pool, app: Connection) -> None:
    await app.execute(
        """INSERT INTO journal SELECT ticket, 99, 6, at, actor, act, type, body, hash, sha256('x')
           FROM journal WHERE ticket = $1 AND position = 5""",
        ONE,
    )
    report = await audit(pool)
    assert (report.findings[0].ticket, report.findings[0].position) == (ONE, 6)


async def test_a_head_that_was_moved_back_shows(pool: Pool, app: Connection) -> None:
    await app.execute("UPDATE ticket SET position = 4 WHERE id = $1", ONE)
    assert [(f.kind, f.ticket) for f in (await audit(pool)).findings] == [(FindingKind.CHAIN, ONE)]


@pytest.mark.parametrize("change", ["assignee = 'mia'", "state = replace(state::text, 'resolved', 'open')::json"])
async def test_a_read_row_that_was_changed_shows(pool: Pool, app: Connection, change: str) -> None:
    await app.execute(f"UPDATE ticket SET {change} WHERE id = $1", ONE)
    assert [(f.kind, f.ticket) for f in (await audit(pool)).findings] == [(FindingKind.READ_TABLE, ONE)]


async def test_a_read_row_that_was_removed_shows_by_the_rows_it_leaves(pool: Pool, owner: Any) -> None:
    await owner.execute("DELETE FROM ticket WHERE id = $1", ONE)
    assert {f.ticket for f in (await audit(pool)).findings} == {ONE}


async def rewrite(owner: Any, ticket: str, *texts: tuple[int, str]) -> None:
    """Write a chain anew, head and all, as someone who holds the database and knows the code could."""
    before = b""
    await owner.execute("ALTER TABLE journal DISABLE TRIGGER USER")
    for position, text in texts:
        hashed = link(before, text)
        await owner.execute(
            "UPDATE journal SET body = $3, prev_hash = $4, hash = $5 WHERE ticket = $1 AND position = $2",
            ticket,
            position,
            text,
            before,
            hashed,
        )
        before = hashed
    await owner.execute("DELETE FROM journal WHERE ticket = $1 AND position > $2", ticket, len(texts))
    await owner.execute("UPDATE ticket SET head = $2, position = $3 WHERE id = $1", ticket, before, len(texts))


async def test_a_chain_written_anew_with_its_head_shows_against_the_signed_digest(
    pool: Pool, owner: Any, tmp_path: Path
) -> None:
    story = Story(3)
    await flush(pool, [story.submitted(), story.row(ev.Noted(message="the truth"))])
    await anchor(pool, tmp_path, KEY, NOON)
    first, second = story.rows
    lie = EventRow.model_validate({**second.model_dump(), "event": ev.Noted(message="a lie")})
    await rewrite(owner, story.ticket, (1, text_of(first)), (2, text_of(lie)))
    assert (await audit(pool)).sound
    report = await audit(pool, anchors=tmp_path)
    assert [(f.kind, f.ticket, f.position) for f in report.findings] == [(FindingKind.ANCHOR, story.ticket, 2)]


async def test_a_chain_cut_with_its_head_moved_back_shows_against_the_signed_digest(
    pool: Pool, owner: Any, tmp_path: Path
) -> None:
    story = Story(3)
    await flush(pool, [story.submitted(), story.row(ev.Claimed())])
    await anchor(pool, tmp_path, KEY, NOON)
    await rewrite(owner, story.ticket, (1, text_of(story.rows[0])))
    report = await audit(pool, anchors=tmp_path)
    details = {f.kind: f.detail for f in report.findings}
    assert details[FindingKind.ANCHOR] == "digest 000001 saw 2 rows, and the chain ends at 1"


async def test_a_ticket_that_was_removed_with_all_its_traces_shows_against_the_signed_digest(
    pool: Pool, owner: Any, tmp_path: Path
) -> None:
    story = Story(3)
    await flush(pool, [story.submitted()])
    await anchor(pool, tmp_path, KEY, NOON)
    await owner.execute("ALTER TABLE journal DISABLE TRIGGER USER")
    await owner.execute("DELETE FROM journal WHERE ticket = $1", story.ticket)
    await owner.execute("DELETE FROM ticket WHERE id = $1", story.ticket)
    assert (await audit(pool)).sound
    (finding,) = (await audit(pool, anchors=tmp_path)).findings
    assert finding.detail == "digest 000001 lists this ticket, and it is gone"


async def test_a_digest_lists_what_is_new_and_older_ones_still_bind(pool: Pool, owner: Any, tmp_path: Path) -> None:
    first = await anchor(pool, tmp_path, KEY, NOON)
    story = Story(3)
    await flush(pool, [story.submitted()])
    second = await anchor(pool, tmp_path, KEY, NOON)
    assert [len(path.read_text().splitlines()) for path in (first, second)] == [4, 3]
    await owner.execute("UPDATE ticket SET head = sha256('x') WHERE id = $1", ONE)
    await anchor(pool, tmp_path, KEY, NOON)
    report = await audit(pool, anchors=tmp_path)
    assert {(f.kind, f.ticket) for f in report.findings} == {(FindingKind.CHAIN, ONE), (FindingKind.ANCHOR, ONE)}


@pytest.mark.parametrize("harm", ["edit", "cut", "remove", "other key", "rename"])
async def test_a_digest_that_was_touched_shows(pool: Pool, tmp_path: Path, harm: str) -> None:
    first = await anchor(pool, tmp_path, KEY, NOON)
    await flush(pool, [Story(3).submitted()])
    second = await anchor(pool, tmp_path, KEY, NOON)
    lines = first.read_bytes().splitlines(keepends=True)
    if harm == "edit":
        first.write_bytes(first.read_bytes().replace(ONE.encode(), TWO.encode()))
    elif harm == "cut":
        first.write_bytes(b"".join(lines[:-2] + lines[-1:]))
    elif harm == "remove":
        first.unlink()
    elif harm == "rename":
        second.rename(tmp_path / "000007.jsonl")
    report = await verify(pool, listed(movement(1), movement(2)), tmp_path, b"other" if harm == "other key" else KEY)
    assert {f.kind for f in report.findings} == {FindingKind.ANCHOR}


async def test_digests_are_not_signed_without_a_key(pool: Pool, tmp_path: Path) -> None:
    await flush(pool, [Story(3).submitted()])
    with pytest.raises(ValueError, match="CASEWRIGHT_ANCHOR_KEY"):
        await anchor(pool, tmp_path, b"", NOON)


ENTRY = """WITH entry AS (
    INSERT INTO ledger_entry (step_key, ticket, customer, policy, policy_version, actor, gateway_reference, kind, at)
    VALUES ($1, $2, 'cus_1', 'A.1', 1, 'system', 're_9', 'refund', now()) RETURNING id)
INSERT INTO ledger_line SELECT id, account, amount, 'USD' FROM entry, (VALUES ('refunds', 5), ('gateway', -5))
    AS line (account, amount)"""


@pytest.mark.parametrize("ticket", [ONE, Story(9).ticket])
async def test_an_entry_that_no_step_of_the_journal_explains_shows(pool: Pool, app: Connection, ticket: str) -> None:
    await app.execute(ENTRY, f"{ticket}/extra", ticket)
    report = await audit(pool)
    assert {f.ticket for f in report.findings} == {ticket}
    assert any(f.kind is FindingKind.GATEWAY and "re_9" in f.detail for f in report.findings)
    assert len(report.findings) == 2


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("ledger_line", "UPDATE ledger_line SET amount = amount * 2"),
        ("ledger_line", "UPDATE ledger_line SET currency = 'EUR' WHERE amount > 0"),
        ("ledger_line", "DELETE FROM ledger_line"),
        ("ledger_line", "UPDATE ledger_line SET account = 'goodwill' WHERE account = 'refunds'"),
        ("ledger_entry", "UPDATE ledger_entry SET gateway_reference = gateway_reference || 'x'"),
        ("ledger_entry", "UPDATE ledger_entry SET customer = 'cus_2'"),
        ("reservation", "UPDATE reservation SET state = 'released'"),
        ("reservation", "UPDATE reservation SET amount = 1"),
    ],
)
async def test_money_that_was_changed_in_our_tables_shows(
    pool: Pool, tamper: Tamper, table: str, statement: str
) -> None:
    await tamper(table, statement)
    report = await audit(pool)
    assert {f.ticket for f in report.findings if f.kind is FindingKind.LEDGER} == {ONE, TWO}


async def test_a_refund_that_was_journalled_and_never_booked_shows(pool: Pool, owner: Any) -> None:
    for table in ("ledger_line", "ledger_entry"):
        await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        await owner.execute(f"DELETE FROM {table}")
    report = await audit(pool)
    assert sum("no entry books it" in f.detail for f in report.findings if f.kind is FindingKind.LEDGER) == 4
    assert sum(f.kind is FindingKind.GATEWAY for f in report.findings) == 2


async def test_a_late_success_after_giving_up_contradicts_nothing(pool: Pool) -> None:
    call = Story(3).call(refund("10.00", "ch_3"))
    await open_call(pool, call, NOON)
    await give_up(pool, call, "no answer", NOON)
    await close_call(pool, call, ev.StepDone(step=call.step.id, reference="re_3"), NOON)
    assert (await audit(pool, movement(1), movement(2), movement(3))).findings == ()


async def test_a_refund_on_its_way_shows_only_if_the_gateway_gave_it(pool: Pool) -> None:
    call = Story(3).call(refund("10.00", "ch_3"))
    await open_call(pool, call, NOON)
    assert (await audit(pool)).sound
    (finding,) = (await audit(pool, movement(1), movement(2), movement(3))).findings
    assert "its reservation is reserved" in finding.detail


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (movement(2, "9.00"), "the gateway gave 9.00 USD, the ledger says 10.00 USD"),
        (movement(2, key="T-X/other"), "the gateway names step T-X/other"),
        (movement(2).model_copy(update={"step_key": None}), "the gateway names step None"),
        (movement(1), "re_2, and the gateway has no such thing"),
        (movement(2).model_copy(update={"reference": "re_7"}), "no entry books it"),
    ],
)
async def test_each_difference_from_the_gateway_shows(pool: Pool, second: GatewayMovement, words: str) -> None:
    report = await audit(pool, movement(1), second)
    assert any(words in f.detail and f.kind is FindingKind.GATEWAY for f in report.findings)


async def test_mail_steps_have_no_entry_and_need_none(pool: Pool) -> None:
    call = Story(3).call(mail())
    await open_call(pool, call, NOON)
    await close_call(pool, call, ev.StepDone(step=call.step.id, reference="<1@mail>"), NOON)
    assert (await audit(pool)).sound
