"""A ticket: a small interpreter of plans. What it decides and changes is pure code in ``casewright.domain``."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Sequence
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from casewright.domain import agenda, plan
    from casewright.domain import events as ev
    from casewright.domain.acts import Act, ActReceipt
    from casewright.domain.alarms import next_alarm, next_alarms
    from casewright.domain.apply import apply
    from casewright.domain.chronicle import first_row, record, resolution
    from casewright.domain.decision import Decision
    from casewright.domain.effects import EffectCall
    from casewright.domain.entitlement import Entitlement
    from casewright.domain.events import EventRow
    from casewright.domain.evolve import begin, evolve, mark
    from casewright.domain.mandates import mandate_of
    from casewright.domain.messages import (
        ACT_REFUSED,
        ACT_UPDATE,
        STATE_QUERY,
        TELL_SIGNAL,
        TICKET_WORKFLOW,
        TicketStart,
    )
    from casewright.domain.people import SYSTEM, Actor
    from casewright.domain.refuse import Refusal, overtaken, refuse, refuse_told
    from casewright.domain.requests import AssessRequest
    from casewright.domain.ring import ring
    from casewright.domain.state import Phase, RemedyRequest, StepRecord, TicketState
    from workflows import calls, charter, operators
    from workflows.timer import OneTimer
    from workflows.under_way import UnderWay


@workflow.defn(name=TICKET_WORKFLOW)
class TicketWorkflow:
    """One customer request, from its submission until the reopening window ends."""

    @workflow.init
    def __init__(self, start: TicketStart) -> None:
        self._terms = start.terms
        self._unwritten: list[EventRow] = list(start.unwritten)
        self._running = UnderWay(self._stir)
        self._journal_contradicts = False
        self._deciding_at_once = False
        self._sought_plan = False
        self._shown = operators.Shown(known=start.state is None)
        self._stirred = True
        self._timer = OneTimer(self._stir)
        self._state = start.state or self._submit(start)

    @workflow.run
    async def run(self, start: TicketStart) -> None:
        """Work until nothing can happen to the ticket any more."""
        try:
            await self._live(start)
        except asyncio.CancelledError:
            self._record(agenda.fail_plan(self._state, "an operator cancelled the workflow; the ticket needs a person"))
            await asyncio.shield(self._write())
            raise

    async def _live(self, start: TicketStart) -> None:
        while self._state.phase is not Phase.CLOSED or self._unwritten or self._running:
            self._stirred = False
            self._ring()
            if not self._should_continue_as_new():
                self._start_what_is_ready()
            elif not self._running and workflow.all_handlers_finished():
                carried = {"state": self._state, "unwritten": tuple(self._unwritten)}
                workflow.continue_as_new(start.model_copy(update=carried))
            self._shown = operators.show(self._state, self._shown)
            await self._rest()
        await workflow.wait_condition(workflow.all_handlers_finished)

    # ---- what people and services send -------------------------------------------------------------------------

    @workflow.update(name=ACT_UPDATE)
    def act(self, act: Act) -> ActReceipt:
        """Take an act: its id makes it count once. What was due before it comes before it."""
        taken = self._state.acts.get(act.id)
        if taken is not None:
            return ActReceipt(seq=taken.seq, repeated=True)
        if self._ring() and (refusal := overtaken(self._state, act)) is not None:
            raise _refused(refusal)
        return self._take(act)

    @act.validator
    def _refuse(self, act: Act) -> None:
        if (refusal := refuse(self._state, act, charter.in_force())) is not None:
            raise _refused(refusal)

    @workflow.signal(name=TELL_SIGNAL)
    def tell(self, act: Act) -> None:
        """Take a customer's answer that nobody waits on; one that can't be taken is kept as a note. What was due before
        it comes before it."""
        self._ring()
        refusal = refuse_told(self._state, act)
        if refusal is None and act.id not in self._state.acts:
            self._take(act)
        elif refusal is not None:
            self._record([ev.Noted(message=f"a message of {act.actor.id} was refused: {refusal.reason}")])

    @workflow.query(name=STATE_QUERY)
    def state(self) -> TicketState:
        """The whole state, for operators and for clients without the journal."""
        return self._state

    # ---- the loop's parts --------------------------------------------------------------------------------------

    def _start_what_is_ready(self) -> None:
        for step in agenda.ready_steps(self._state):
            self._start_step(step)
        if self._state.needs_decision and self._state.phase is Phase.OPEN:
            self._deciding_at_once = "assess" not in self._running or self._deciding_at_once
            self._running.start("assess", self._assess)
        elif not self._state.entitled:
            self._running.start("entitle", self._entitle)
        elif self._state.plan_uncertain and not self._sought_plan:
            self._sought_plan = True
            self._running.start("plan", self._seek_plan)
        if self._state.remedy is not None:
            wanted = self._state.remedy
            self._running.start(f"remedy of {wanted.act}", functools.partial(self._prepare_remedy, wanted))
        if self._unwritten and not self._deciding_at_once:
            self._running.start("journal", self._write)

    def _start_step(self, record_: StepRecord) -> None:
        self._record(agenda.closing(self._state, record_))
        result_seq = self._state.seq + 2
        closing_seq = result_seq + 1 if record_.closes else None
        self._record([ev.StepStarted(step=record_.step.id, result_seq=result_seq, closing_seq=closing_seq)])
        call = EffectCall(
            ticket=self._state.id,
            step=record_.step,
            mandate=mandate_of(self._state, record_),
            rows=tuple(self._unwritten),
            result_seq=result_seq,
            on_success=resolution(self._state, closing_seq, self._now()),
        )
        self._unwritten.clear()
        self._running.start(record_.step.id, functools.partial(self._run_effect, call))

    async def _run_effect(self, call: EffectCall) -> None:
        step = call.step.id
        try:
            outcome = await calls.run_effect(call, self._terms)
        except calls.Contradicted as error:
            self._contradicted(error)
            # It may have happened: the journal can contradict before the call and after it. What else it carried is
            # written on its own.
            self._unwritten[:0] = call.rows
            self._record([ev.StepUncertain(step=step, reason=str(error))])
        else:
            for row in outcome.rows:
                self._state = evolve(self._state, row)
        self._record(agenda.consequences(self._state, step))

    async def _assess(self) -> None:
        request = AssessRequest.of(self._state)
        decision = await calls.decide_at_once(request)
        self._deciding_at_once = False
        if decision is None or not calls.settles(decision):
            await self._promise(decision)
            self._stir()
            decision = await self._decide_patiently(request, decision)
        # An act may have changed what was being decided about: then it is decided again.
        if decision and self._state.needs_decision and request == AssessRequest.of(self._state):
            self._record(plan.carry_out(self._state, decision))

    async def _decide_patiently(self, request: AssessRequest, otherwise: Decision | None) -> Decision | None:
        try:
            return await calls.decide_patiently(request, otherwise, self._terms)
        except FailureError as error:
            self._record(agenda.fail_plan(self._state, f"no decision: {calls.words(error)}"))
            return None

    async def _promise(self, decision: Decision | None) -> None:
        """Nothing can be decided yet: what is promised stands from now on all the same, and the customer is told."""
        if decision is not None and decision.entitlement is not None:
            self._record(plan.entitle(self._state, decision.entitlement))
        elif not self._state.entitled:
            await self._entitle()

    async def _entitle(self) -> None:
        """The commitments as of the present priority, from the original start; without them, for once, a plain
        acknowledgment: people are told what failed."""
        ruling, priority = self._state.ruling, self._state.priority
        try:
            entitlement = await calls.entitle(self._state)
        except FailureError as error:
            failed = [ev.Noted(message=f"no commitments: {calls.words(error)}"), *plan.acknowledge(self._state)]
            self._record([*failed, ev.ClocksSet(entitlement=Entitlement())])
            return
        if (ruling, priority) == (self._state.ruling, self._state.priority):
            self._record(plan.entitle(self._state, entitlement))

    async def _seek_plan(self) -> None:
        """Billing could not say who the customer is: what their plan promises is set as soon as it does."""
        ruling, priority = self._state.ruling, self._state.priority
        entitlement = await calls.seek_plan(self._state, self._terms)
        if (ruling, priority) != (self._state.ruling, self._state.priority):
            self._sought_plan = False  # it was worked out for what isn't so any more
        elif entitlement is not None:
            self._record(plan.entitle(self._state, entitlement))

    async def _prepare_remedy(self, request: RemedyRequest) -> None:
        prepared = await calls.prepare_remedy(AssessRequest.of(self._state), request.remedy, self._terms)
        if self._state.remedy != request:
            return  # it was withdrawn while it was being checked
        if prepared.need is None:
            self._record(agenda.refuse_remedy(self._state, prepared.impossible or "no reason was given"))
        else:
            self._record(plan.give_remedy(self._state, request, prepared.steps, prepared.need))

    async def _write(self) -> None:
        rows = tuple(self._unwritten)
        self._unwritten.clear()
        try:
            await calls.journal(rows)
        except calls.Contradicted as error:
            self._contradicted(error)
        except FailureError:
            self._unwritten[:0] = rows
            raise

    async def _rest(self) -> None:
        """Wait until something happened, or until the next alarm."""
        now, tempo = self._now(), self._terms.tempo
        alarm = next_alarm(self._state, self._terms, now)
        self._timer.stand_for(alarm, lambda a: tempo.real_span(a.at - now), busy=bool(self._running))
        await workflow.wait_condition(lambda: self._stirred)
        self._reap()

    def _ring(self) -> bool:
        """Whatever is due by now, in order; whether anything was."""
        before = self._state.seq
        while (due := next_alarms(self._state, self._terms, self._now())) and due[0].at <= self._now():
            self._record(ring(self._state, due))
        return self._state.seq > before

    # ---- small things ------------------------------------------------------------------------------------------

    def _submit(self, start: TicketStart) -> TicketState:
        row = first_row(start, self._now())
        self._unwritten.append(row)
        return begin(row)

    def _take(self, act: Act) -> ActReceipt:
        rows = self._record(apply(self._state, act, self._now()), actor=act.actor, act=act.id)
        self._state = mark(self._state, act, rows[-1].seq)
        return ActReceipt(seq=rows[-1].seq)

    def _record(
        self, events: Sequence[ev.Event], *, actor: Actor = SYSTEM, act: str | None = None
    ) -> tuple[EventRow, ...]:
        self._state, rows = record(self._state, events, actor=actor, at=self._now(), act=act)
        self._unwritten.extend(rows)
        if rows:
            self._stir()
        return rows

    def _contradicted(self, error: calls.Contradicted) -> None:
        """The journal holds another row under a number of ours: people get the ticket, once."""
        if not self._journal_contradicts:
            self._journal_contradicts = True
            self._record(agenda.fail_plan(self._state, f"the journal contradicts this ticket: {error}"))

    def _now(self) -> datetime:
        """The ticket's time, which may run faster than the clock on the wall."""
        return self._terms.tempo.virtual(workflow.now())

    def _stir(self) -> None:
        self._stirred = True

    def _reap(self) -> None:
        """What no part foresaw sends the ticket to people: a workflow that failed would be a lost ticket."""
        for name, error in self._running.failures():
            self._record(agenda.fail_plan(self._state, f"{name}: {calls.words(error)}"))

    def _should_continue_as_new(self) -> bool:
        """The history is long: start nothing more once at most a write is under way, so that acts which keep coming
        can't put it off, and at twice that length whatever is under way; what is ready goes on in the next run."""
        info, limit = workflow.info(), self._terms.history_events
        length = info.get_current_history_length()
        long = info.is_continue_as_new_suggested() or length >= limit
        quiet = self._running.only("journal") or length >= 2 * limit
        return long and quiet and self._state.phase is not Phase.CLOSED


def _refused(refusal: Refusal) -> ApplicationError:
    return ApplicationError(refusal.reason, refusal.model_dump(mode="json"), type=ACT_REFUSED, non_retryable=True)
