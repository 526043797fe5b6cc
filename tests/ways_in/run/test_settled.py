"""When a ticket has settled, and what its journal must tell by then."""

from __future__ import annotations

from casewright.domain import events as ev
from casewright.domain.acts import Override, Remedy
from casewright.domain.events import EventRow
from casewright.domain.evolve import fold
from casewright.domain.people import SYSTEM
from starter.run.settled import at_rest, contradictions, gaps
from tests.unit.domain.tickets import (
    BOSS,
    NOW,
    REFUND,
    TICKET,
    TWENTY,
    acted,
    asking,
    automated,
    escalated,
    finished,
    submitted,
)


def row(seq: int, event: ev.Event) -> EventRow:
    return EventRow(ticket=TICKET, seq=seq, at=NOW, actor=SYSTEM, event=event)


SUBMITTED = row(1, ev.Submitted(submission=submitted().submission))
PLANNED = row(2, ev.StepPlanned(step=REFUND, closes=True))
STARTED = row(3, ev.StepStarted(step="refund", result_seq=4, closing_seq=5))
DONE = row(4, ev.StepDone(step="refund", reference="re_1"))
REFUSED = row(4, ev.StepRefused(step="refund", guard="outside", reason="no"))
RESOLVED = row(5, ev.Resolved(code="automated", summary="done"))


def test_a_ticket_with_work_to_do_has_not_settled() -> None:
    assert not at_rest(submitted())
    assert not at_rest(automated())


def test_a_ticket_that_waits_for_an_approval_has_settled_once_its_mails_are_out() -> None:
    assert not at_rest(escalated())
    assert at_rest(finished(escalated(), "acknowledgment"))


def test_a_question_on_its_way_has_not_settled() -> None:
    assert not at_rest(asking())


def test_a_remedy_that_is_being_prepared_has_not_settled() -> None:
    act = Override(id="a", actor=BOSS, justification="goodwill", remedy=Remedy(kind="credit", amount=TWENTY))
    state = acted(escalated(), act)
    assert not at_rest(finished(state, "acknowledgment"))


def test_a_journal_with_every_row_has_no_gap() -> None:
    assert gaps([SUBMITTED, PLANNED, STARTED, DONE, RESOLVED], 5) == ()


def test_a_result_that_is_missing_is_a_gap() -> None:
    assert gaps([SUBMITTED, PLANNED, STARTED, RESOLVED], 5) == (4,)


def test_a_row_that_is_not_written_yet_is_a_gap() -> None:
    assert gaps([SUBMITTED, PLANNED, STARTED, DONE, RESOLVED], 6) == (6,)


def test_the_number_kept_for_a_resolution_stays_unused_when_the_step_is_refused() -> None:
    assert gaps([SUBMITTED, PLANNED, STARTED, REFUSED], 5) == ()


def test_a_resolution_that_was_due_is_a_gap() -> None:
    assert gaps([SUBMITTED, PLANNED, STARTED, DONE], 5) == (5,)


def test_a_state_that_differs_from_the_journals_is_named() -> None:
    rows = [SUBMITTED, PLANNED]
    told = fold(rows)
    assert contradictions(rows, told, told) == []
    lived = told.model_copy(update={"team": "billing-specialists"})
    assert contradictions(rows, told, lived) == ["the journal adds up to another team than the workflow has"]
