"""The envelope around every effect: an effect's author writes ``lookup`` and ``perform``, nothing else.

Order: the rows it was given are journalled; a stored result is returned; the guards are asked, failing closed; the
outside system is asked whether it was done; only then it is done; and the result is recorded, the first one winning.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from casewright.domain import events as ev
from casewright.domain.effects import Effect, EffectCall, EffectOutcome, Refused, Unreachable
from casewright.domain.requests import JOURNAL_CONFLICT
from casewright.domain.steps import effect_key
from casewright.domain.tempo import Tempo
from casewright.records.envelope import close_call, open_call
from casewright.records.journal import JournalConflict
from casewright.records.ledger import LedgerConflict
from casewright.records.postgres import Pool
from casewright.telemetry.counting import counting_attempt

EffectActivity = Callable[[EffectCall], Awaitable[EffectOutcome]]


def effect_activities(pool: Pool, effects: Mapping[str, Effect[Any]], tempo: Tempo) -> list[EffectActivity]:
    """One activity for each kind of step, named by the kind."""
    return [_activity(pool, kind, effect, tempo) for kind, effect in effects.items()]


def _activity(pool: Pool, kind: str, effect: Effect[Any], tempo: Tempo) -> EffectActivity:
    @activity.defn(name=kind)
    async def run(call: EffectCall) -> EffectOutcome:
        try:
            with counting_attempt(kind, activity.info().attempt):
                return await carry_out(pool, effect, call, tempo)
        except Unreachable as error:
            raise ApplicationError(str(error), type=type(error).__name__) from error
        except JournalConflict as error:
            raise ApplicationError(str(error), type=JOURNAL_CONFLICT, non_retryable=True) from error
        except LedgerConflict as error:
            # The gateway's reference is booked under another step: no retry mends that, people must look.
            raise ApplicationError(str(error), type=type(error).__name__, non_retryable=True) from error

    return run


async def carry_out(pool: Pool, effect: Effect[Any], call: EffectCall, tempo: Tempo) -> EffectOutcome:
    """Do a step at most once, and return the rows that tell it, stamped in the ticket's time.

    Raises:
        Unreachable: no certain answer; call again with the same call.
        JournalConflict: the journal holds other rows under these numbers.
    """
    if not call.step.protective:
        told = await open_call(pool, call, tempo.now())
        if told is not None:
            return told
    key = effect_key(call.ticket, call.step.id)
    event: ev.StepDone | ev.StepRefused
    try:
        done = await effect.lookup(key, call.step)
        found = done is not None
        if done is None:
            done = await effect.perform(key, call.step)
        event = ev.StepDone(step=call.step.id, reference=done.reference, found=found)
    except Refused as refusal:
        event = ev.StepRefused(step=call.step.id, guard="outside", reason=str(refusal))
    return await close_call(pool, call, event, tempo.now())
