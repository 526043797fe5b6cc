"""The check notices whatever is deleted, loosened or put in the wrong place: A.1 mutated by program."""

import re

import pytest

from casewright.policy.check import check
from casewright.policy.reader import read_policy

from .billing_cases import A_1, HANDBOOK
from .edits import NAME, TEXT, VOCABULARY, edited, reasons, refused, without_rule

ROWS = [row.id for row in A_1.rows]
RULES = TEXT[TEXT.index("\nrules:") : TEXT.index("\n# What the examples")]
# Implied by another one, because other combinations are declared impossible: it is there for whoever reads the row.
IMPLIED = {"invoice is found"}
CONDITIONS = sorted(set(re.findall(r"^ +- ([a-z_]+ (?:is|in|not|<|>)[^\n]*)$", RULES, re.MULTILINE)) - IMPLIED)


def test_a_1_is_complete_reachable_and_in_the_order_of_caution() -> None:
    report = check(A_1, HANDBOOK.charter)
    assert report.problems == ()
    assert report.rows == len(ROWS)


@pytest.mark.parametrize("rule", ROWS)
def test_a_row_that_is_deleted_is_missed(rule: str) -> None:
    assert refused(without_rule(rule))


def test_a_deleted_row_leaves_combinations_that_no_rule_matches() -> None:
    text = without_rule("A.1/gap-not-paid").replace("expect: A.1/gap-not-paid", "expect: none")
    assert "no rule matches when" in reasons(text)
    assert "payment is unpaid" in reasons(text)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_that_is_deleted_is_missed(condition: str) -> None:
    mutant = re.sub(rf"\n +- {re.escape(condition)}(?=\n)", "", RULES, count=1)
    assert mutant != RULES
    assert refused(TEXT.replace(RULES, mutant))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- disputed > $automatic_limit", "- disputed >= $automatic_limit"),
        ("- disputed <= $automatic_limit", "- disputed < $automatic_limit"),
        ("- automatic_short > $short_limit", "- automatic_short >= $short_limit"),
        ("- automatic_long <= $long_limit", "- automatic_long < $long_limit"),
        ("- automatic_long > $long_limit", "- automatic_long > $short_limit"),
        ("- disputed > $automatic_limit", "- disputed > $long_limit"),
        ("- priority in [high, critical]", "- priority in [critical]"),
        ("- priority in [low, medium]", "- priority in [low]"),
        ("- priority in [low, medium]", "- priority in [low, medium, high]"),
        ("- bank_dispute is yes", "- bank_dispute is no"),
        ('when: "invoice in [unknown, foreign]"', "when: invoice is unknown"),
        ("when: payment is refunded", "when: payment is unpaid"),
        ("- proof in [duplicate, overcharge]\n      - disputed", "- proof in [duplicate]\n      - disputed"),
        ("value: 150.00 USD, source: HB", "value: 149.99 USD, source: HB"),
        ("value: 150.00 USD, source: HB", "value: 150.01 USD, source: HB"),
        ("value: 150.00 USD, source: RULES", "value: 150.01 USD, source: RULES"),
        ("value: 300.00 USD", "value: 299.99 USD"),
        ("value: 300.00 USD", "value: 300.01 USD"),
        ("value: 150.00 USD, source: HB", "value: 150.00 EUR, source: HB"),
        ("twin_window: {type: duration, value: 72 h", "twin_window: {type: duration, value: 71 h"),
        ("twin_window: {type: duration, value: 72 h", "twin_window: {type: duration, value: 73 h"),
        ("short_window: {type: duration, value: 72 h", "short_window: {type: duration, value: 71 h"),
        ("short_window: {type: duration, value: 72 h", "short_window: {type: duration, value: 73 h"),
        ("long_window: {type: duration, value: 30 d", "long_window: {type: duration, value: 29 d"),
        ("long_window: {type: duration, value: 30 d", "long_window: {type: duration, value: 31 d"),
        ("ownership: ask\n", "ownership: automate\n"),
    ],
)
def test_a_limit_or_condition_that_is_loosened_or_tightened_is_missed(before: str, after: str) -> None:
    assert refused(edited(before, after))


def test_an_automating_row_before_a_cautious_one_that_it_hides_is_refused() -> None:
    start, end = TEXT.index("  - id: A.1/auto-refund"), TEXT.index("\n# What the examples")
    automatic = TEXT[start:end].replace("      - disputed <= $automatic_limit\n", "").rstrip() + "\n\n"
    text = (TEXT[:start] + TEXT[end:]).replace("  - id: A.1/specialist\n", automatic + "  - id: A.1/specialist\n")
    assert "A.1/auto-refund stands before the more cautious A.1/specialist and hides it when" in reasons(text)


def test_a_question_before_an_escalation_that_it_hides_is_refused() -> None:
    start, end = TEXT.index("  - id: A.1/ask-invoice"), TEXT.index("  - id: A.1/auto-refund")
    text = (TEXT[:start] + TEXT[end:]).replace("rules:\n", f"rules:\n{TEXT[start:end]}", 1)
    assert "A.1/ask-invoice stands before the more cautious A.1/specialist" in reasons(text)


def test_a_row_that_can_never_win_is_refused() -> None:
    row = TEXT[TEXT.index("  - id: A.1/gap-not-paid") : TEXT.index("  - id: A.1/gap-settled")]
    text = edited("  - id: A.1/gap-settled\n", f"{row.replace('gap-not-paid', 'gap-again')}  - id: A.1/gap-settled\n")
    assert "A.1/gap-again is never reached" in reasons(text)
    assert "A.1/gap-again has no example" in reasons(text)


@pytest.mark.parametrize("side", ["149.99", "150.00", "150.01"])
def test_every_limit_has_examples_below_at_and_above(side: str) -> None:
    text = re.sub(rf"\n  - \{{name: {re.escape(side)} in 72 h[^\n]*", "", TEXT)
    text = re.sub(
        r"\n  - name: earlier automatic refunds of 101\.\d\d.*?(?=\n  - name: older)", "", text, flags=re.DOTALL
    )
    if side == "149.99":
        text = re.sub(r"automatic_short: 49.00 USD", "automatic_short: 150.00 USD", text)
        text = text[: text.index("  # By facts:")]
    word = {"149.99": "below", "150.00": "at", "150.01": "above"}[side]
    assert f"no example has automatic_short {word} 150.00 USD" in reasons(text)


def test_an_example_that_comes_to_something_else_says_to_what() -> None:
    text = edited(
        "inputs: {disputed: 150.01 USD}, expect: A.1/specialist",
        "inputs: {disputed: 150.01 USD}, expect: A.1/auto-refund",
    )
    assert "expected A.1/auto-refund, came to A.1/specialist" in reasons(text)


def test_an_example_with_another_amount_says_which() -> None:
    assert "expected refund of 19.00 USD, came to refund of 20.00 USD" in reasons(
        edited("amounts: {refund: 20.00 USD}", "amounts: {refund: 19.00 USD}")
    )


def test_a_file_of_another_name_than_its_content_is_refused() -> None:
    policy = read_policy(TEXT, NAME.replace("v1", "v2"), VOCABULARY)
    assert "the file is A.1.v2.yaml" in str(check(policy, HANDBOOK.charter).problems[0])


def test_the_hash_means_the_content_and_not_its_layout() -> None:
    again = read_policy(TEXT.replace("# A.1, version 1.", "# Another comment."), NAME, VOCABULARY)
    other = read_policy(edited("value: 300.00 USD", "value: 301.00 USD"), NAME, VOCABULARY)
    assert again.hash == A_1.hash
    assert other.hash != A_1.hash
