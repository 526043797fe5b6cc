"""The envelope around every effect, as PostgreSQL sees it: one transaction before, one after. First result wins."""

from __future__ import annotations

from datetime import datetime

from casewright.domain import events as ev
from casewright.domain.effects import EffectCall, EffectOutcome
from casewright.domain.events import EventRow
from casewright.domain.people import SYSTEM
from casewright.domain.steps import MoneyStep, ReservedStep, effect_key
from casewright.records import guards, ledger, money
from casewright.records.chain import text_of
from casewright.records.journal import transaction
from casewright.records.postgres import Connection, Pool
from casewright.records.ticket_log import JournalConflict, TicketLog, open_log
from casewright.telemetry.counting import count_stored

Result = ev.StepDone | ev.StepRefused | ev.StepUncertain


async def open_call(pool: Pool, call: EffectCall, now: datetime) -> EffectOutcome | None:
    """Before a step: store the rows it carries, and ask the guards; None: go on.

    Returns:
        The stored outcome when there is one, or that a guard refused.

    Raises:
        JournalConflict: the journal holds other rows under these numbers.
    """
    async with transaction(pool) as connection:
        log = await _open(connection, call)
        rows, outcome = log.missing(call.rows), _stored(log, call)
        refusal = None if outcome else await guards.ask(connection, call, now)
        if refusal is not None:
            result = _result(call, refusal, now)
            rows, outcome = [*rows, result], EffectOutcome(rows=(result,))
        state = await log.write(rows)
    count_stored(rows, state, now)
    return outcome


async def close_call(pool: Pool, call: EffectCall, event: ev.StepDone | ev.StepRefused, at: datetime) -> EffectOutcome:
    """After a step: store its result, what its success brings, and the money's entry; returns what is stored.

    A step of money that turns out done after another result was stored is booked all the same: the ledger tells the
    truth about the gateway.

    Raises:
        JournalConflict: the journal holds other rows under these numbers.
        LedgerConflict: the gateway's reference is booked under another step.
    """
    async with transaction(pool) as connection:
        log = await _open(connection, call)
        rows, outcome = log.missing(call.rows), _stored(log, call)
        if outcome is None or not isinstance(outcome.rows[0].event, ev.StepDone):
            await _book(connection, call, event, at, first=outcome is None)
        if outcome is None:
            brought = call.on_success if isinstance(event, ev.StepDone) else ()
            outcome = EffectOutcome(rows=(_result(call, event, at), *brought))
            rows += log.missing(outcome.rows)
        state = await log.write(rows)
    count_stored(rows, state, at)
    return outcome


async def give_up(pool: Pool, call: EffectCall, reason: str, at: datetime) -> EffectOutcome:
    """The retry budget is spent: the outcome is uncertain, unless one is stored. A reservation stays.

    Raises:
        JournalConflict: the journal holds other rows under these numbers.
    """
    async with transaction(pool) as connection:
        log = await _open(connection, call)
        rows, outcome = log.missing(call.rows), _stored(log, call)
        if outcome is None:
            result = _result(call, ev.StepUncertain(step=call.step.id, reason=reason), at)
            rows, outcome = [*rows, result], EffectOutcome(rows=(result,))
        state = await log.write(rows)
    count_stored(rows, state, at)
    return outcome


async def _open(connection: Connection, call: EffectCall) -> TicketLog:
    return await open_log(connection, call.ticket, [r.seq for r in (*call.rows, *call.on_success)] + [call.result_seq])


def _stored(log: TicketLog, call: EffectCall) -> EffectOutcome | None:
    """The outcome that is stored: a result, and what a success brought."""
    result = log.stored(call.result_seq)
    if result is None:
        return None
    if not isinstance(result.event, Result) or result.event.step != call.step.id:
        raise JournalConflict(call.ticket, call.result_seq, text_of(result), f"the result of {call.step.id}")
    brought = call.on_success if isinstance(result.event, ev.StepDone) else ()
    return EffectOutcome(rows=(result, *(row for r in brought if (row := log.stored(r.seq)) is not None)))


def _result(call: EffectCall, event: Result, at: datetime) -> EventRow:
    return EventRow(ticket=call.ticket, seq=call.result_seq, at=at, actor=SYSTEM, event=event)


async def _book(
    connection: Connection, call: EffectCall, event: ev.StepDone | ev.StepRefused, at: datetime, *, first: bool
) -> None:
    """The entry of money given; the release of what was refused, unless an earlier result left that open."""
    step, key = call.step, effect_key(call.ticket, call.step.id)
    if not isinstance(step, ReservedStep):
        return
    if isinstance(event, ev.StepDone):
        if isinstance(step, MoneyStep):
            await ledger.post(connection, call.ticket, step, call.mandate, event.reference, at)
        else:
            await money.settle(connection, key)
    elif first:
        await money.release(connection, key)
