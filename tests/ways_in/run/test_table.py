"""The table that people see."""

from __future__ import annotations

from rich.console import Console

from casewright.domain.state import StepStatus
from starter.run.board import Standing
from starter.run.table import line, table
from starter.run.wording import counts, did
from tests.unit.domain.tickets import TICKET, automated, escalated
from tests.ways_in.run.boards import sample, view


def standing(**changes: object) -> Standing:
    made = Standing(sample())
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def drawn(*standings: Standing, width: int = 160) -> str:
    console = Console(width=width, force_terminal=False)
    with console.capture() as captured:
        console.print(table(list(standings), title="samples", width=width))
    return captured.get()


def resolved() -> Standing:
    state = automated()
    done = {name: record.model_copy(update={"status": StepStatus.DONE}) for name, record in state.steps.items()}
    return standing(
        ticket=TICKET, view=view(state.model_copy(update={"steps": done})), waits="", complete=True, differences=[]
    )


def test_money_and_mails_are_told() -> None:
    assert did(resolved()) == "refund 20.00 USD; 2 mails"


def test_a_sample_as_expected_is_ticked() -> None:
    text = drawn(resolved())
    assert "✓" in text
    assert "A.1/auto-refund" in text
    assert TICKET in text


def test_what_time_it_is_for_the_tickets_comes_first() -> None:
    console = Console(width=160, force_terminal=False)
    with console.capture() as captured:
        console.print(table([resolved()], head="Virtual time 2026-03-02 12:00 UTC, speed 3600", title="", width=160))
    assert captured.get().startswith("Virtual time 2026-03-02 12:00 UTC, speed 3600")


def test_what_is_not_as_expected_is_told_under_its_row() -> None:
    wrong = resolved()
    wrong.differences = ["team: expected none, found billing-specialists"]
    text = drawn(wrong)
    assert "✗" in text
    assert "team: expected none" in text


def test_an_open_sample_tells_what_it_waits_for() -> None:
    waiting = standing(ticket=TICKET, view=view(escalated()), waits="")
    assert line(waiting).startswith("… charged-twice")
    assert line(waiting).endswith("approval: support-manager")


def test_on_a_narrow_terminal_every_word_is_still_there() -> None:
    text = drawn(resolved(), width=80)
    assert "charged-twice" in text
    assert TICKET in text
    assert "refund 20.00 USD; 2 mails" in text


def test_a_refused_submission_is_told_with_its_reason() -> None:
    refused = standing(problem="the API refused it: no such policy", waits="")
    assert line(refused).startswith("✗ charged-twice")
    assert "no such policy" in line(refused)


def test_the_heading_counts() -> None:
    wrong = standing(problem="no")
    assert counts([resolved(), wrong, standing()]) == "2 of 3 samples settled, 1 not as expected"
