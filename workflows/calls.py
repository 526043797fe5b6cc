"""What a ticket asks of its activities, with the timing and retries of each."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from casewright.domain import requests as rq
    from casewright.domain.acts import Remedy
    from casewright.domain.decision import Decision
    from casewright.domain.effects import EffectCall, EffectOutcome
    from casewright.domain.entitlement import Entitlement
    from casewright.domain.events import EventRow
    from casewright.domain.messages import TicketTerms
    from casewright.domain.state import TicketState
    from workflows import activity_options as options
    from workflows.operators import step_summary


class Contradicted(Exception):
    """The journal holds another row under a number of this ticket's; nothing was overwritten."""


async def run_effect(call: EffectCall, terms: TicketTerms) -> EffectOutcome:
    """Carry out a step; when its retry budget ends without an answer, record that its outcome is uncertain.

    Raises:
        Contradicted: before or after it was done.
    """
    try:
        outcome: EffectOutcome = await workflow.execute_activity(
            call.step.kind,
            call,
            result_type=EffectOutcome,
            start_to_close_timeout=options.EFFECT_ATTEMPT,
            schedule_to_close_timeout=timedelta(seconds=terms.effect_budget_seconds),
            retry_policy=options.PERSISTENT,
            summary=step_summary(call.step),
        )
    except FailureError as error:
        if _is(error, rq.JOURNAL_CONFLICT):
            raise Contradicted(words(error)) from error
        return await _give_up(call, words(error))
    return outcome


async def _give_up(call: EffectCall, reason: str) -> EffectOutcome:
    try:
        outcome: EffectOutcome = await workflow.execute_activity(
            rq.GIVE_UP,
            rq.GivenUp(call=call, reason=reason),
            result_type=EffectOutcome,
            start_to_close_timeout=options.JOURNAL_ATTEMPT,
            retry_policy=options.PERSISTENT,
            summary=f"no certain outcome: {call.step.kind}",
        )
    except FailureError as error:
        raise Contradicted(words(error)) from error
    return outcome


async def decide_at_once(request: rq.AssessRequest) -> Decision | None:
    """The decision from the facts that are to be had at once; None when even that failed."""
    try:
        decision: Decision = await workflow.execute_local_activity(
            rq.ASSESS,
            request,
            result_type=Decision,
            start_to_close_timeout=options.QUICK_LOOK,
            retry_policy=options.ONCE,
        )
    except FailureError:
        return None
    return decision


def settles(decision: Decision | None) -> bool:
    """Whether nothing is gained by waiting for facts: a row was certain, or no fact was missing."""
    return decision is not None and (decision.ruling.rule is not None or not decision.unavailable)


async def decide_patiently(request: rq.AssessRequest, otherwise: Decision | None, terms: TicketTerms) -> Decision:
    """Ask for the facts until they come or the budget ends; then decide with what there is.

    Raises:
        FailureError: the budget ended, and there is no decision to fall back on.
    """
    try:
        decision: Decision = await workflow.execute_activity(
            rq.ASSESS,
            request.model_copy(update={"insist": True}),
            result_type=Decision,
            start_to_close_timeout=options.PATIENT_ATTEMPT,
            schedule_to_close_timeout=timedelta(seconds=terms.facts_budget_seconds),
            retry_policy=options.PERSISTENT,
            summary="facts that were not to be had at once",
        )
    except FailureError:
        if otherwise is not None:
            return otherwise
        return await _decide_with_what_there_is(request)
    return decision


async def _decide_with_what_there_is(request: rq.AssessRequest) -> Decision:
    """Once more, not insisting: what is unavailable makes it an exception with the reason, not a failure."""
    decision: Decision = await workflow.execute_activity(
        rq.ASSESS,
        request,
        result_type=Decision,
        start_to_close_timeout=options.PATIENT_ATTEMPT,
        retry_policy=options.ONCE,
        summary="decided with what there is",
    )
    return decision


async def entitle(state: TicketState) -> Entitlement:
    """A ticket's commitments as of its present priority; nobody outside is asked."""
    entitlement: Entitlement = await workflow.execute_local_activity(
        rq.ENTITLE,
        rq.EntitleRequest.of(state),
        result_type=Entitlement,
        start_to_close_timeout=options.QUICK_LOOK,
        retry_policy=options.FEW,
    )
    return entitlement


async def seek_plan(state: TicketState, terms: TicketTerms) -> Entitlement | None:
    """A ticket's commitments with what billing says of the customer's plan; None: it said nothing in all that time."""
    try:
        entitlement: Entitlement = await workflow.execute_activity(
            rq.ENTITLE,
            rq.EntitleRequest.of(state).model_copy(update={"seek": True}),
            result_type=Entitlement,
            start_to_close_timeout=options.PATIENT_ATTEMPT,
            schedule_to_close_timeout=timedelta(seconds=terms.facts_budget_seconds),
            retry_policy=options.PERSISTENT,
            summary="the customer's plan, which was not to be had at once",
        )
    except FailureError:
        return None
    return entitlement


async def prepare_remedy(case: rq.AssessRequest, remedy: Remedy, terms: TicketTerms) -> rq.RemedyPlan:
    """A person's remedy, checked against the systems; impossible when they give no answer within the budget."""
    try:
        prepared: rq.RemedyPlan = await workflow.execute_activity(
            rq.PREPARE_REMEDY,
            rq.RemedyOrder(case=case, remedy=remedy),
            result_type=rq.RemedyPlan,
            start_to_close_timeout=options.PATIENT_ATTEMPT,
            schedule_to_close_timeout=timedelta(seconds=terms.facts_budget_seconds),
            retry_policy=options.PERSISTENT,
            summary=f"{remedy.kind} of {remedy.amount}: checked against the systems",
        )
    except FailureError as error:
        return rq.RemedyPlan(impossible=words(error))
    return prepared


async def journal(rows: tuple[EventRow, ...]) -> None:
    """Write rows that no effect carries.

    Raises:
        Contradicted: the journal holds others under their numbers.
    """
    try:
        await workflow.execute_activity(
            rq.JOURNAL,
            rq.JournalRows(rows=rows),
            start_to_close_timeout=options.JOURNAL_ATTEMPT,
            retry_policy=options.PERSISTENT,
            summary=f"journal: {len(rows)} rows",
        )
    except FailureError as error:
        if _is(error, rq.JOURNAL_CONFLICT):
            raise Contradicted(words(error)) from error
        raise


def words(error: FailureError) -> str:
    """The reason nearest to the cause, in words for people: a local activity fails with the cause itself."""
    return str(error.cause if isinstance(error, ActivityError) and error.cause is not None else error)


def _is(error: FailureError, kind: str) -> bool:
    return any(isinstance(e, ApplicationError) and e.type == kind for e in (error, error.cause))
