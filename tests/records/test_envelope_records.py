"""The envelope's two transactions: guards fail closed, the first result wins, the ledger tells the truth."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from casewright.domain import events as ev
from casewright.domain.decision import ApprovalNeed
from casewright.domain.effects import EffectCall
from casewright.domain.people import SYSTEM
from casewright.records import people, reads, stops
from casewright.records.envelope import close_call, give_up, open_call
from casewright.records.ledger import LedgerConflict
from casewright.records.postgres import Connection, Pool
from casewright.records.ticket_log import JournalConflict
from tests.records.story import MANAGER, NOON, Story, mail, refund

NEED = ApprovalNeed(roles=("support-manager",), why="refund of 100.00 USD")
LATER = NOON + timedelta(minutes=5)


def done(call: EffectCall, reference: str = "re_1") -> ev.StepDone:
    """The step happened."""
    return ev.StepDone(step=call.step.id, reference=reference)


async def reservation(app: Connection, call: EffectCall) -> str | None:
    """What became of the step's reservation."""
    state: str | None = await app.fetchval(
        "SELECT state FROM reservation WHERE step_key = $1", f"{call.ticket}/{call.step.id}"
    )
    return state


async def test_a_refund_is_reserved_then_booked_and_its_success_resolves_the_ticket(
    pool: Pool, app: Connection
) -> None:
    story = Story()
    call = story.call(refund("49.00"))
    assert await open_call(pool, call, NOON) is None
    assert await reservation(app, call) == "reserved"
    outcome = await close_call(pool, call, done(call), LATER)
    assert [row.event.type for row in outcome.rows] == ["step_done", "resolved"]
    assert outcome.rows[0].actor == SYSTEM
    assert await reservation(app, call) == "settled"
    (entry,) = await reads.ledger_of(pool, story.ticket)
    assert [(line.account, str(line.amount)) for line in entry.lines] == [
        ("refunds", "49.00 USD"),
        ("gateway", "-49.00 USD"),
    ]
    assert (entry.rule, entry.actor, entry.approved_by, entry.gateway_reference, entry.at) == (
        "A.1/auto-refund",
        "system",
        None,
        "re_1",
        LATER,
    )
    view = await reads.ticket(pool, story.ticket)
    assert view is not None
    assert view.phase == "resolved"


async def test_a_retry_after_the_result_was_stored_is_told_that_result(pool: Pool) -> None:
    call = Story().call(refund("49.00"))
    await open_call(pool, call, NOON)
    outcome = await close_call(pool, call, done(call), LATER)
    assert await open_call(pool, call, LATER) == outcome
    assert await close_call(pool, call, done(call, "re_2"), LATER) == outcome
    assert await give_up(pool, call, "budget", LATER) == outcome
    assert len(await reads.ledger_of(pool, call.ticket)) == 1


async def test_of_two_tries_at_once_the_first_result_wins(pool: Pool) -> None:
    call = Story().call(refund("49.00"))
    await open_call(pool, call, NOON)
    outcomes = await asyncio.gather(*(close_call(pool, call, done(call, f"re_{n}"), LATER) for n in range(10)))
    assert all(outcome == outcomes[0] for outcome in outcomes)
    (entry,) = await reads.ledger_of(pool, call.ticket)
    assert outcomes[0].rows[0].event == done(call, entry.gateway_reference)


async def test_a_step_done_after_its_outcome_was_given_up_is_booked_though_it_stays_uncertain(
    pool: Pool, app: Connection
) -> None:
    call = Story().call(refund("49.00"))
    await open_call(pool, call, NOON)
    given_up = await give_up(pool, call, "no answer for an hour", LATER)
    assert [row.event.type for row in given_up.rows] == ["step_uncertain"]
    assert await reservation(app, call) == "reserved"
    assert await close_call(pool, call, done(call), LATER) == given_up
    assert await reservation(app, call) == "settled"
    assert len(await reads.ledger_of(pool, call.ticket)) == 1


async def test_a_refusal_after_the_outcome_was_given_up_keeps_the_reservation(pool: Pool, app: Connection) -> None:
    call = Story().call(refund("49.00"))
    await open_call(pool, call, NOON)
    await give_up(pool, call, "no answer for an hour", LATER)
    await close_call(pool, call, ev.StepRefused(step=call.step.id, guard="outside", reason="no"), LATER)
    assert await reservation(app, call) == "reserved"


async def test_what_the_gateway_refuses_is_free_again_and_brings_nothing(pool: Pool, app: Connection) -> None:
    call = Story().call(refund("49.00"))
    await open_call(pool, call, NOON)
    refused = ev.StepRefused(step=call.step.id, guard="outside", reason="charge is disputed")
    outcome = await close_call(pool, call, refused, LATER)
    assert [row.event for row in outcome.rows] == [refused]
    assert await reservation(app, call) == "released"
    assert len(await reads.rows(pool, call.ticket)) == 4


async def test_a_second_ticket_about_the_same_charge_is_refused_with_the_reason(pool: Pool) -> None:
    first, second = Story(1).call(refund("49.00", capacity="49.00")), Story(2).call(refund("49.00", capacity="49.00"))
    assert await open_call(pool, first, NOON) is None
    outcome = await open_call(pool, second, NOON)
    assert outcome is not None
    (row,) = outcome.rows
    assert isinstance(row.event, ev.StepRefused)
    assert (row.seq, row.event.guard) == (second.result_seq, "reservation")
    assert "49.00 USD of 49.00 USD" in row.event.reason
    assert await open_call(pool, second, LATER) == outcome


async def _people(app: Connection, *roles: str, active: bool = True) -> None:
    await people.sync(app, [people.NamedPerson(id="mia", name="Mia", kind="person", roles=roles, active=active)])


async def guard_of(pool: Pool, call: EffectCall) -> str | None:
    """The guard that refuses a call now."""
    outcome = await open_call(pool, call, NOON)
    if outcome is None:
        return None
    event = outcome.rows[0].event
    assert isinstance(event, ev.StepRefused)
    return event.guard


async def test_an_approver_who_holds_the_role_now_may(pool: Pool, app: Connection) -> None:
    await _people(app, "agent", "support-manager")
    call = Story().call(refund("49.00"), MANAGER, NEED)
    assert await guard_of(pool, call) is None
    await close_call(pool, call, done(call), LATER)
    (entry,) = await reads.ledger_of(pool, call.ticket)
    assert (entry.actor, entry.approved_by) == ("mia", "mia")


async def test_an_approver_whose_role_was_revoked_meanwhile_may_not(pool: Pool, app: Connection) -> None:
    await _people(app, "agent")
    assert await guard_of(pool, Story().call(refund("49.00"), MANAGER, NEED)) == "authority"


async def test_an_approver_who_left_meanwhile_may_not(pool: Pool, app: Connection) -> None:
    await _people(app, "support-manager", active=False)
    assert await guard_of(pool, Story().call(refund("49.00"), MANAGER, NEED)) == "authority"


async def test_an_approver_whom_nobody_knows_may_not(pool: Pool) -> None:
    assert await guard_of(pool, Story().call(refund("49.00"), MANAGER, NEED)) == "authority"


async def test_a_step_that_needs_approval_and_has_none_is_refused(pool: Pool) -> None:
    assert await guard_of(pool, Story().call(refund("49.00"), None, NEED)) == "authority"


async def test_money_in_a_persons_name_without_the_roles_that_may_give_it_is_refused(
    pool: Pool, app: Connection
) -> None:
    await _people(app, "support-manager")
    assert await guard_of(pool, Story(1).call(refund("49.00"), MANAGER)) == "authority"
    assert await guard_of(pool, Story(2).call(mail(), MANAGER)) is None


@pytest.mark.parametrize(("scope", "stopped"), [("A.1", True), ("A", True), ("A.2", False), ("B", False)])
async def test_an_emergency_stop_of_the_policy_or_its_category_refuses_every_step_until_it_is_lifted(
    pool: Pool, app: Connection, scope: str, stopped: bool
) -> None:
    stop = await stops.set_stop(app, scope, "mia", "wrong threshold", NOON)
    assert [stop.scope for stop in await stops.active_stops(app)] == [scope]
    expected = "emergency-stop" if stopped else None
    assert await guard_of(pool, Story(1).call(refund("10.00"))) == expected
    assert await guard_of(pool, Story(2).call(mail())) == expected
    assert await stops.lift_stop(app, stop.id, "mia", "threshold is right", NOON)
    with pytest.raises(stops.NotInForce):
        await stops.lift_stop(app, stop.id, "mia", "again", NOON)
    assert await guard_of(pool, Story(3).call(refund("10.00"))) is None


async def test_a_stop_between_two_tries_leaves_the_outcome_uncertain_as_the_first_may_have_paid(
    pool: Pool, app: Connection
) -> None:
    call = Story().call(refund("49.00"))
    assert await open_call(pool, call, NOON) is None
    await stops.set_stop(app, "A.1", "mia", "wrong threshold", NOON)
    outcome = await open_call(pool, call, LATER)
    assert outcome is not None
    assert outcome.rows[0].event.type == "step_uncertain"
    assert await reservation(app, call) == "reserved"
    assert await close_call(pool, call, done(call), LATER) == outcome
    assert await reservation(app, call) == "settled"


async def test_a_protective_step_journals_afterwards_what_it_carried(pool: Pool, app: Connection) -> None:
    await stops.set_stop(app, "A.1", "mia", "everything", NOON)
    call = Story().call(mail().model_copy(update={"protective": True}))
    outcome = await close_call(pool, call, done(call), LATER)
    assert [row.seq for row in await reads.rows(pool, call.ticket)] == [1, 2, 3, 4, 5]
    assert [row.seq for row in outcome.rows] == [call.result_seq, call.on_success[0].seq]


async def test_a_gateways_reference_pays_for_one_step_only(pool: Pool) -> None:
    first, second = Story(1).call(refund("10.00")), Story(2).call(refund("10.00"))
    for call in (first, second):
        assert await open_call(pool, call, NOON) is None
    await close_call(pool, first, done(first), LATER)
    with pytest.raises(LedgerConflict, match="re_1"):
        await close_call(pool, second, done(second), LATER)
    assert [row.event.type for row in await reads.rows(pool, second.ticket)][-1] == "step_started"


async def test_another_row_under_the_results_number_is_a_conflict(pool: Pool, app: Connection) -> None:
    story = Story()
    call = story.call(refund("10.00"))
    await open_call(pool, call, NOON)
    impostor = call.model_copy(update={"result_seq": call.rows[0].seq})
    with pytest.raises(JournalConflict):
        await close_call(pool, impostor, done(call), LATER)
    assert await app.fetchval("SELECT count(*) FROM journal_conflict") == 1


async def test_an_entry_that_does_not_balance_or_has_no_lines_is_refused(app: Connection) -> None:
    entry = """INSERT INTO ledger_entry (step_key, ticket, customer, policy, policy_version, actor, gateway_reference,
               kind, at) VALUES ($1, 't', 'c', 'A.1', 1, 'system', $1, 'refund', now()) RETURNING id"""
    line = "INSERT INTO ledger_line (entry, account, amount, currency) VALUES ($1, $2, $3, $4)"
    with pytest.raises(asyncpg.CheckViolationError, match="has no lines"):
        await app.execute(entry, "k1")

    async def book(key: str, *lines: tuple[str, int, str]) -> int:
        async with app.transaction():
            number: int = await app.fetchval(entry, key)
            for one in lines:
                await app.execute(line, number, *one)
        return number

    with pytest.raises(asyncpg.CheckViolationError, match="does not balance"):
        await book("k2", ("refunds", 5, "USD"), ("gateway", -4, "USD"))
    with pytest.raises(asyncpg.CheckViolationError, match="does not balance"):
        await book("k3", ("refunds", 5, "USD"), ("gateway", -5, "EUR"))
    number = await book("k4", ("refunds", 5, "USD"), ("gateway", -5, "USD"))
    with pytest.raises(asyncpg.CheckViolationError, match="does not balance"):
        await app.execute(line, number, "goodwill", 1, "USD")


async def test_the_application_can_change_nothing_of_a_reservation_but_what_became_of_it(
    pool: Pool, app: Connection
) -> None:
    assert await open_call(pool, Story().call(refund("10.00")), NOON) is None
    for statement in ("UPDATE reservation SET amount = 1", "DELETE FROM reservation", "DELETE FROM reservation_scope"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(statement)
