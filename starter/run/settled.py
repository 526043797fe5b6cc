"""Whether a ticket has settled: nothing pending but people and long timers, and the journal tells all of it."""

from __future__ import annotations

from collections.abc import Sequence

from casewright.domain import events as ev
from casewright.domain.events import EventRow
from casewright.domain.reading import state_word
from casewright.domain.state import StepStatus, TicketState


def at_rest(state: TicketState) -> bool:
    """Whether only people, the customer or a long timer can move the ticket on: no effect is planned or under way."""
    if state_word(state) == "working" or state.remedy is not None:
        return False
    return not any(_goes_on(state, step) for step in state.steps)


def _goes_on(state: TicketState, step: str) -> bool:
    record = state.steps[step]
    waits_for_people = record.gate is not None and state.awaits_approval
    return not record.status.over and not (record.status is StepStatus.PLANNED and waits_for_people)


def gaps(rows: Sequence[EventRow], highest: int) -> tuple[int, ...]:
    """The numbers up to ``highest`` that the journal lacks and that are not explained by its own rows.

    A step that starts reserves the numbers of its result and of the resolution it may bring; the latter stays unused
    when the step does not succeed, and the former when the journal contradicted it and the outcome stands elsewhere.
    """
    present = {row.seq for row in rows}
    started = {row.event.step: row.event for row in rows if isinstance(row.event, ev.StepStarted)}
    done = {row.event.step for row in rows if isinstance(row.event, ev.StepDone)}
    elsewhere = {(row.event.step, row.seq) for row in rows if isinstance(row.event, ev.StepUncertain)}
    unused = {event.closing_seq for step, event in started.items() if step not in done}
    unused |= {
        e.result_seq for step, e in started.items() for told, seq in elsewhere if told == step and seq != e.result_seq
    }
    return tuple(seq for seq in range(1, highest + 1) if seq not in present and seq not in unused)


def contradictions(rows: Sequence[EventRow], told: TicketState, lived: TicketState) -> list[str]:
    """What the journal, and the state that it adds up to, don't tell of the workflow's own state; [] when all."""
    found = []
    missing = gaps(rows, lived.seq)
    if missing:
        found.append(f"the journal lacks row {', '.join(map(str, missing))} of {lived.seq}")
    if any(row.seq > lived.seq for row in rows):
        found.append(f"the journal has rows beyond the workflow's last, {lived.seq}")
    differing = [
        name
        for name in TicketState.model_fields
        # Which acts were taken is the workflow's own memory; the journal has their rows.
        if name != "acts" and getattr(told, name) != getattr(lived, name)
    ]
    if differing:
        found.append(f"the journal adds up to another {', '.join(differing)} than the workflow has")
    return found
