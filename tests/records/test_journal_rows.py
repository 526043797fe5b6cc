"""The journal: what comes again, what differs, what comes late."""

import asyncio
import itertools
from typing import Any

import asyncpg
import pytest

from casewright.domain import events as ev
from casewright.domain.state import StepStatus
from casewright.records import reads
from casewright.records.journal import JournalConflict, append, exists, flush
from casewright.records.postgres import Connection, Pool
from tests.records.story import Story, mail


async def test_a_row_that_comes_again_identical_is_taken_in_silence(pool: Pool, story: Story) -> None:
    await flush(pool, story.rows)
    await flush(pool, [*story.rows, story.row(ev.Noted(message="new"))])
    await flush(pool, story.rows)
    assert [row.seq for row in await reads.rows(pool, story.ticket)] == [1, 2]


async def test_a_row_that_comes_again_and_differs_is_a_conflict_that_overwrites_nothing(
    pool: Pool, app: Connection, story: Story
) -> None:
    other = Story(number=story.number).submitted(subject="Something else")
    new = story.row(ev.Noted(message="comes in the same transaction"))
    with pytest.raises(JournalConflict, match="row 1 of ticket T-0000000000000001"):
        await flush(pool, [other, new])
    assert await reads.rows(pool, story.ticket) == [story.rows[0], new], "what contradicts nothing is stored"
    recorded = await app.fetchrow("SELECT * FROM journal_conflict")
    assert recorded is not None
    assert (recorded["ticket"], recorded["seq"]) == (story.ticket, 1)
    assert "Charged twice" in recorded["stored"]
    assert "Something else" in recorded["offered"]


async def test_a_field_that_a_later_release_adds_makes_no_conflict(pool: Pool, owner: Any, story: Story) -> None:
    await owner.execute("ALTER TABLE journal DISABLE TRIGGER USER")
    await owner.execute("""UPDATE journal SET body = replace(body, '"act":null,', '')""")
    await flush(pool, story.rows)


async def test_a_result_under_a_reserved_number_that_comes_late_is_folded_in_its_place(pool: Pool) -> None:
    story = Story()
    call = story.call(mail())
    note = story.row(ev.Noted(message="meanwhile"))
    await flush(pool, [*call.rows, note])
    before = await reads.ticket(pool, story.ticket)
    done = story.row(ev.StepDone(step="d1-mail", reference="<1@mail>"), seq=call.result_seq)
    await flush(pool, [done, *call.on_success])
    after = await reads.ticket(pool, story.ticket)
    assert before is not None
    assert after is not None
    assert (before.phase, before.standing) == ("open", "working")
    assert (after.phase, after.standing, after.waits_for[:7]) == ("resolved", "resolved", "nothing")
    assert after.state.steps["d1-mail"].status is StepStatus.DONE
    assert after.seq == note.seq
    assert [row.seq for row in await reads.rows(pool, story.ticket)] == list(range(1, note.seq + 1))


async def test_what_comes_late_does_not_overrule_what_came_after_it(pool: Pool) -> None:
    story = Story()
    call = story.call(mail())
    await flush(pool, [*call.rows, story.row(ev.Reopened())])
    done = story.row(ev.StepDone(step="d1-mail", reference="<1@mail>"), seq=call.result_seq)
    await flush(pool, [done, *call.on_success])
    view = await reads.ticket(pool, story.ticket)
    assert view is not None
    assert view.phase == "open"


async def test_rows_that_cannot_be_folded_are_kept_and_folded_when_the_missing_ones_come(pool: Pool) -> None:
    story = Story()
    first, second, third = (
        story.submitted(),
        story.row(ev.StepPlanned(step=mail())),
        story.row(ev.StepStarted(step="d1-mail", result_seq=4)),
    )
    await flush(pool, [third])
    assert await reads.ticket(pool, story.ticket) is None
    assert await reads.rows(pool, story.ticket) == [third]
    await flush(pool, [first])
    unfolded = await reads.rows(pool, story.ticket)
    assert unfolded == [first, third]
    await flush(pool, [second])
    view = await reads.ticket(pool, story.ticket)
    assert view is not None
    assert view.unfolded is None
    assert view.state.steps["d1-mail"].status is StepStatus.STARTED


async def test_a_row_that_breaks_the_fold_keeps_the_last_good_picture_and_says_so(pool: Pool, story: Story) -> None:
    await flush(pool, [story.row(ev.ApprovalGiven(plan_hash="0" * 64))])
    view = await reads.ticket(pool, story.ticket)
    assert view is not None
    assert view.state.seq == 1
    assert view.unfolded is not None
    assert "no request for approval" in view.unfolded


async def test_words_of_outside_systems_may_hold_a_nul(pool: Pool, story: Story) -> None:
    call = story.call(mail())
    refused = story.row(ev.StepRefused(step="d1-mail", guard="outside", reason="a\x00b \\u0000"), seq=call.result_seq)
    overridden = story.row(ev.Overridden(justification="a person's", rule=None))
    owned = story.row(ev.Owned(ownership="exception", team=None, reason="a\x00b"))
    await flush(pool, [*call.rows, refused, overridden, owned])
    view = await reads.ticket(pool, story.ticket)
    assert view is not None
    assert view.state.steps["d1-mail"].reason == "a\x00b \\u0000"
    assert view.waits_for == "a\ufffdb"


async def test_many_writers_of_one_ticket_make_one_chain(pool: Pool, app: Connection, story: Story) -> None:
    notes = [story.row(ev.Noted(message=str(n))) for n in range(20)]
    await asyncio.gather(*(flush(pool, [note]) for note in reversed(notes)))
    chain = await app.fetch("SELECT position, prev_hash, hash FROM journal ORDER BY position")
    assert [row["position"] for row in chain] == list(range(1, 22))
    assert all(row["prev_hash"] == before["hash"] for before, row in itertools.pairwise(chain))
    view = await reads.ticket(pool, story.ticket)
    assert view is not None
    assert view.state.seq == 21


async def test_two_who_bring_a_tickets_first_rows_at_once_both_do(pool: Pool) -> None:
    for number in range(10):
        story = Story(number)
        rows = [story.submitted(), *(story.row(ev.Noted(message=str(n))) for n in range(5))]
        await asyncio.gather(*(flush(pool, [row]) for row in rows), flush(pool, rows))
        assert await reads.rows(pool, story.ticket) == rows


async def test_rows_are_added_inside_the_callers_transaction(pool: Pool, app: Connection, story: Story) -> None:
    transaction = app.transaction()
    await transaction.__aenter__()
    await append(app, [story.row(ev.Noted(message="never"))])
    await transaction.__aexit__(RuntimeError, RuntimeError(), None)
    assert len(await reads.rows(pool, story.ticket)) == 1


async def test_a_ticket_is_known_by_its_id_for_resends(app: Connection, story: Story) -> None:
    assert await exists(app, story.ticket)
    assert not await exists(app, "T-9999999999999999")


@pytest.mark.parametrize("table", ["journal", "ledger_entry", "ledger_line", "emergency_stop_log", "policy_version"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {column} = {column}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
async def test_what_is_append_only_is_so_for_the_application_and_even_for_the_owner(
    app: Connection, owner: Any, story: Story, table: str, statement: str
) -> None:
    column = await owner.fetchval(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum = 1", table
    )
    text = statement.format(table, column=column).replace("id = id", "kind = kind" if "entry" in table else "at = at")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        await app.execute(text)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="is append-only"):
        await owner.execute(text)


async def test_rows_of_two_tickets_are_not_taken_as_one(pool: Pool) -> None:
    with pytest.raises(ValueError, match="among those of"):
        await flush(pool, [Story(1).submitted(), Story(2).submitted()])
