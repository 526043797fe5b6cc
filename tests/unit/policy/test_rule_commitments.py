"""The commitments that a rule sets: read with what meets them, by whose hours, and from when."""

import pytest

from casewright.domain.clocks import Milestone
from casewright.domain.decision import Commitment
from casewright.policy.problems import PolicyError
from casewright.policy.reader import read_policy

from .billing_cases import A_1
from .edits import NAME, TEXT, VOCABULARY, edited, line_of, reasons

CONTACT = "- {name: first contact, span: 4 bh, met_by: contacted, source: HB A.1}"
ACTION = "- {name: policy action, span: 24 h, met_by: acted, source: HB A.1}"


def read(line: str) -> Commitment:
    policy = read_policy(edited(CONTACT, line), NAME, VOCABULARY)
    (commitment,) = next(row for row in policy.rows if row.id == "A.1/specialist").commitments
    return commitment


def test_a_1_promises_a_contact_by_a_person_or_the_refund_itself() -> None:
    commitments = {row.id: row.commitments for row in A_1.rows}
    (contact,), (action,) = commitments["A.1/specialist"], commitments["A.1/auto-refund"]
    assert (contact.span, contact.met_by) == ("4 bh", Milestone.CONTACTED)
    assert (action.span, action.met_by) == ("24 h", Milestone.ACTED)


def test_what_it_does_not_say_is_an_action_by_the_teams_hours_from_the_receipt() -> None:
    commitment = read("- {name: first contact, span: 4 bh, source: HB A.1}")
    assert (commitment.met_by, commitment.calendar, commitment.from_ruling) == (Milestone.ACTED, None, False)


def test_it_may_name_whose_hours_and_run_from_the_ruling() -> None:
    commitment = read("- {name: first contact, span: 1 wd, calendar: support, starts: ruling, source: HB A.1}")
    assert (commitment.calendar, commitment.from_ruling) == ("support", True)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (CONTACT.replace("met_by: contacted", "met_by: contact"), "unknown milestone 'contact'; did you mean"),
        (CONTACT.replace("met_by", "metby"), "unknown key 'metby'; did you mean 'met_by'?"),
        (CONTACT.replace("met_by: contacted", "calendar: berlin"), "unknown calendar 'berlin'"),
        (CONTACT.replace("4 bh, met_by: contacted", "4 h, calendar: support"), "elapsed time needs no calendar"),
        (CONTACT.replace("met_by: contacted", "starts: never"), "unknown start 'never'; known: receipt, ruling"),
        (CONTACT.replace("4 bh", "4 business hours"), "'4 business hours' is no span (4 bh, 24 h, 15 min, 1 d)"),
        (CONTACT.replace("first contact", "First contact"), "'First contact' is no name"),
        (f"{CONTACT}\n      {CONTACT}", "two commitments are named 'first contact': each has a clock of its own"),
    ],
)
def test_a_mistake_in_one_is_refused(line: str, reason: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read(line)
    assert reason in str(refused.value)
    assert f"{NAME}:{line_of(TEXT, CONTACT)}:" in str(refused.value)


def test_what_a_rule_leaves_out_is_no_mistake() -> None:
    assert reasons(edited(ACTION, ACTION.replace("met_by: acted, ", ""))) == ""
