"""What a ticket's view says of its commitments: deadline, used share, and how they stand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casewright.domain.clocks import Clock, CommitmentKind, Milestone, Pause
from casewright.domain.state import TicketState
from starter.shown.commitments import ShownClock, Standing, shown_clocks
from tests.unit.domain import tickets as t

HOUR = timedelta(hours=1)


def clock(**changed: object) -> Clock:
    usual = Clock(
        id="response",
        name="first response",
        kind=CommitmentKind.PROMISE,
        source="DF 3.1",
        span="10 h",
        met_by=Milestone.ANSWERED,
        started=t.NOW,
    )
    return usual.model_copy(update=changed)


def promised(**changed: object) -> TicketState:
    return t.submitted().model_copy(update={"clocks": {"response": clock(**changed)}})


def after(state: TicketState, hours: float) -> ShownClock:
    (shown,) = shown_clocks(state, t.NOW + hours * HOUR)
    return shown


@pytest.mark.parametrize(
    ("hours", "used", "standing"),
    [
        (0, 0, Standing.RUNNING),
        (7.99, 79, Standing.RUNNING),
        (8, 80, Standing.AT_RISK),
        (9.99, 99, Standing.AT_RISK),
        (10, 100, Standing.BROKEN),
        (35, 350, Standing.BROKEN),
    ],
)
def test_a_commitment_is_at_risk_from_80_percent_and_broken_at_its_deadline(
    hours: float, used: int, standing: Standing
) -> None:
    shown = after(promised(), hours)
    assert (shown.used_percent, shown.standing) == (used, standing)
    assert shown.deadline == t.NOW + 10 * HOUR


@pytest.mark.parametrize(("hours", "standing"), [(4.99, Standing.RUNNING), (5, Standing.AT_RISK)])
def test_a_commitment_is_at_risk_from_the_share_that_its_clock_names(hours: float, standing: Standing) -> None:
    assert after(promised(risk_percent=50), hours).standing is standing


def test_what_was_met_stays_as_it_was_when_it_was_met() -> None:
    shown = after(promised(met_at=t.NOW + 5 * HOUR), 40)
    assert (shown.standing, shown.used_percent, shown.met_at) == (Standing.MET, 50, t.NOW + 5 * HOUR)


def test_what_was_met_after_its_breach_is_not_shown_as_kept() -> None:
    shown = after(promised(breached_at=t.NOW + 10 * HOUR, met_at=t.NOW + 12 * HOUR), 13)
    assert (shown.standing, shown.used_percent) == (Standing.MET_LATE, 120)


def test_a_commitment_that_was_withdrawn_is_neither_kept_nor_broken() -> None:
    assert after(promised(withdrawn=True), 11).standing is Standing.WITHDRAWN


def test_while_the_customer_is_awaited_a_commitment_stands_still_and_has_no_deadline() -> None:
    waiting = promised().model_copy(update={"pauses": (Pause(since=t.NOW + 4 * HOUR),)})
    shown = after(waiting, 30)
    assert (shown.standing, shown.used_percent, shown.deadline) == (Standing.PAUSED, 40, None)


def test_a_pause_moves_the_deadline_and_a_statutory_clock_knows_none() -> None:
    pauses = (Pause(since=t.NOW + 4 * HOUR, until=t.NOW + 7 * HOUR),)
    moved = after(promised().model_copy(update={"pauses": pauses}), 9)
    assert (moved.deadline, moved.used_percent) == (t.NOW + 13 * HOUR, 60)
    statutory = after(promised(pausable=False).model_copy(update={"pauses": pauses}), 9)
    assert (statutory.deadline, statutory.used_percent) == (t.NOW + 10 * HOUR, 90)


def test_a_pause_after_it_was_met_says_nothing_about_it() -> None:
    met = promised(met_at=t.NOW + 5 * HOUR).model_copy(update={"pauses": (Pause(since=t.NOW + 6 * HOUR),)})
    shown = after(met, 30)
    assert (shown.standing, shown.deadline, shown.used_percent) == (Standing.MET, t.NOW + 10 * HOUR, 50)
