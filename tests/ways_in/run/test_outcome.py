"""What became of a ticket, against what its file says."""

from __future__ import annotations

from casewright.domain.money import Money
from starter.run.outcome import Outcome, differences, in_any_order
from starter.run.samples import Entry
from tests.ways_in.run.boards import sample

TWENTY = Money.from_minor(2000, "USD")
EXPECTED = sample().expect
AS_EXPECTED = Outcome(
    rule="A.1/auto-refund",
    overlays=(),
    state="resolved",
    team=None,
    assignee=None,
    code="automated",
    refunds={"ch_1": TWENTY},
    credits={},
    mails=("acknowledgment", "refund-confirmation"),
    ledger=(Entry(kind="refund", amount=TWENTY),),
)


def found(**changes: object) -> list[str]:
    return differences(EXPECTED, AS_EXPECTED.model_copy(update=changes))


def test_an_outcome_as_expected_differs_in_nothing() -> None:
    assert found() == []


def test_the_order_of_mails_is_open() -> None:
    assert found(mails=("refund-confirmation", "acknowledgment")) == []


def test_money_on_another_charge_is_named() -> None:
    assert found(refunds={"ch_2": TWENTY}) == ["refunds: expected 20.00 USD on ch_1, found 20.00 USD on ch_2"]


def test_money_that_nobody_expected_is_named() -> None:
    assert found(credits={"cus_1": TWENTY}) == ["credits: expected none, found 20.00 USD on cus_1"]


def test_a_mail_that_was_sent_twice_is_named() -> None:
    mails = ("acknowledgment", "acknowledgment", "refund-confirmation")
    assert found(mails=mails) == ["mails: acknowledgment not expected"]


def test_what_days_bring_by_themselves_may_have_come_meanwhile() -> None:
    mails = ("acknowledgment", "refund-confirmation", "survey", "delay-apology")
    assert found(mails=mails, state="closed") == []


def test_an_expected_mail_that_time_brings_is_still_missed() -> None:
    surveyed = EXPECTED.model_copy(update={"mails": (*EXPECTED.mails, "survey")})
    assert differences(surveyed, AS_EXPECTED) == ["mails: survey missing"]


def test_an_open_ticket_that_was_closed_is_named() -> None:
    waiting = EXPECTED.model_copy(update={"state": "waiting-approval"})
    closed = AS_EXPECTED.model_copy(update={"state": "closed"})
    assert differences(waiting, closed) == ["state: expected waiting-approval, found closed"]


def test_a_missing_ledger_entry_is_named() -> None:
    assert found(ledger=()) == ["ledger: refund 20.00 USD by system missing"]


def test_of_several_rules_any_will_do() -> None:
    either = EXPECTED.model_copy(update={"rule": ("A.1/already-refunded", "A.1/auto-refund")})
    assert differences(either, AS_EXPECTED) == []


def test_racing_samples_are_matched_with_the_expectations_that_fit() -> None:
    lost = AS_EXPECTED.model_copy(update={"rule": "A.1/already-refunded"})
    expected = [EXPECTED, EXPECTED.model_copy(update={"rule": "A.1/already-refunded"})]
    assert in_any_order(expected, [lost, AS_EXPECTED]) == [[], []]


def test_two_winners_of_one_race_are_not_as_expected() -> None:
    expected = [EXPECTED, EXPECTED.model_copy(update={"rule": "A.1/already-refunded"})]
    assert sum(map(len, in_any_order(expected, [AS_EXPECTED, AS_EXPECTED]))) == 1
