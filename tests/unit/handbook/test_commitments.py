"""The file of commitments: refused whole when a part doesn't read, or when two parts contradict each other."""

import pytest

from casewright.domain.clocks import Clock
from casewright.policy.commitments import read_commitments
from casewright.policy.problems import PolicyError
from tests.unit.policy.billing_cases import FOLDER, HANDBOOK

TEXT = (FOLDER / "commitments.yaml").read_text(encoding="utf-8")
FILE = "commitments.yaml"
ACKNOWLEDGMENT = TEXT[TEXT.index("  - id: acknowledgment") : TEXT.index("  # A promise, and so")]
GENERAL = "  - {service: general, source: UNIT Service Model}\n"
PLATINUM_TOO = "plans: [enterprise, platinum] # platinum: RULES §1"


def refusal(before: str, after: str) -> str:
    """What is said against the file with a passage replaced; L is the line on which the passage stood."""
    assert before in TEXT, before
    line = TEXT[: TEXT.index(before)].count("\n") + 1
    with pytest.raises(PolicyError) as refused:
        read_commitments(TEXT.replace(before, after, 1), FILE, HANDBOOK.calendars)
    return str(refused.value).replace(f"{FILE}:{line}:", "L:")


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("span: 5 min", "span: 5 minutes", "L: '5 minutes' is no span: write it as 15 min, 4 h"),
        ("span: 5 min", "span: 0 min", "L: '0 min' is no span"),
        ("critical: 1 h", "critical: at once", "L: 'at once' is no span"),
        ("critical: 1 h", "urgent: 1 h", "L: unknown key 'urgent'"),
        ("kind: target", "kind: wish", "L: unknown kind 'wish'; known: promise, target"),
        ("met_by: acknowledged", "met_by: acknowleged", "L: unknown milestone 'acknowleged'; did you mean"),
        ("plans: [starter]", "plans: [startr]", "L: unknown plan 'startr'; did you mean 'starter'?"),
        ("plans: [starter]", "plans: []", "L: an empty list would concern nobody"),
        ("services: [technical]", "services: [technic]", "L: unknown service 'technic'"),
        ("escalated: no", "escalated: never", "L: 'never' is neither 'yes' nor 'no'"),
        ("id: acknowledgment", "id: rule-one", "L: 'rule-one': only what a policy's rule sets begins with 'rule-'"),
        ("id: acknowledgment", "id: Acknowledgment", "L: 'Acknowledgment' is no id"),
        ("    name: acknowledgment\n", "", "the key 'name' is missing"),
        ("    span: 5 min\n", "", "nothing says how long it is"),
        ("    span: 5 min\n", "    span: 5 min\n    low: 4 h\n", "L: 'span' is for every priority alike"),
        ("    span: 5 min\n", "    span: 5 min\n    local_start: yes\n", "only the response that a plan promises"),
        ("calendar: support", "calendar: suport", "L: unknown calendar 'suport'; did you mean 'support'?"),
        ("    calendar: support\n", "", "business hours and working days are somebody's: name the calendar"),
        ("    span: 5 min\n", "    span: 5 min\n    calendar: support\n", "elapsed time needs no calendar"),
        ("topics: [B,", "topics: [B1,", "L: 'B1' is neither a policy (E.2), a category (E) nor an issue code (AUTH"),
        ("priorities: [critical]", "priorities: [p0]", "L: unknown priority 'p0'"),
        ('opens: "09:00"', 'opens: "9"', "L: '9' is no time of day: write it as 09:00"),
        ('opens: "09:00"', 'opens: "24:00"', "L: '24:00' is no time of day"),
        ('opens: "09:00"', 'opens: "18:00"', "L: customers' hours end after they begin"),
        ("policies: [D.2,", "policies: [D2,", "L: 'D2' is no policy: write it as F.1"),
        ("share: 80 %", "share: 0.8", "L: '0.8' is no share: write it as 80 %"),
        ("share: 80 %", "share: 100 %", "L: '100 %' is no share"),
        ("left: 15 min", "left: a while", "L: 'a while' is not a duration"),
        ("left: 15 min", "left: 76 min", "L: 'left' is no more than 'over'"),
        ("amount: 50.00 USD", "amount: $50", "L: '$50' is not money"),
        ("amount: 50.00 USD", "amount: 0.00 USD", "L: '0.00 USD': an amount that is given is above zero"),
        ("occasion: broken promise", "occasion: breach", "L: unknown occasion 'breach'"),
        ("\nwarnings:", "\nwarning:", "unknown key 'warning'; did you mean 'warnings'?"),
        ("\nwarnings:", "\nwarning:", "the key 'warnings' is missing"),
        ("\nservices:\n", "\nservices: none\nothers:\n", "expected a list here"),
    ],
)
def test_a_part_that_does_not_read_is_refused(before: str, after: str, reason: str) -> None:
    assert reason in refusal(before, after)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (ACKNOWLEDGMENT, ACKNOWLEDGMENT * 2, "two rows of acknowledgment fit one ticket (low on plan starter, general"),
        (
            "plans: [professional]",
            "plans: [starter, professional]",
            "two rows of df-first-response fit one ticket (low on plan starter",
        ),
        ("    escalated: yes\n", "", "two rows of df-resolution fit one ticket"),
        (PLATINUM_TOO, "plans: [enterprise]", "df-first-response: platinum gets less than enterprise at low (RULES 1)"),
        (GENERAL, "", "the last service must fit every ticket"),
        (GENERAL, GENERAL * 2, "L: it fits every ticket, so no row after it is ever reached"),
        (
            "{occasion: low rating, plans: [enterprise, platinum], amount",
            "{occasion: broken promise, plans: [enterprise, platinum], amount",
            "L: enterprise has two amounts for a broken promise",
        ),
        (
            "{occasion: broken promise, plans: [enterprise, platinum]",
            "{occasion: broken promise, plans: [enterprise]",
            "platinum gets less than enterprise for a broken promise (RULES 1)",
        ),
    ],
)
def test_rows_that_contradict_each_other_are_refused(before: str, after: str, reason: str) -> None:
    assert reason in refusal(before, after)


def test_rows_of_one_commitment_are_of_one_kind() -> None:
    later = TEXT.rindex("id: df-first-response")
    text = TEXT[:later] + TEXT[later:].replace("kind: promise", "kind: target", 1)
    with pytest.raises(PolicyError, match="rows of df-first-response differ in name, kind, met_by or local_start"):
        read_commitments(text, FILE, HANDBOOK.calendars)


def test_every_mistake_is_told_at_once() -> None:
    wrong = TEXT.replace("span: 5 min", "span: soon").replace("share: 80 %", "share: most")
    with pytest.raises(PolicyError) as refused:
        read_commitments(wrong, FILE, HANDBOOK.calendars)
    assert len(refused.value.problems) == 2


def test_a_clock_of_no_entitlement_warns_as_the_handbook_says() -> None:
    warnings, usual = HANDBOOK.commitments.warnings, Clock.model_fields
    assert warnings.share * 100 == usual["risk_percent"].default
    assert (warnings.left, warnings.over) == (usual["nearly_left"].default, usual["nearly_over"].default)
