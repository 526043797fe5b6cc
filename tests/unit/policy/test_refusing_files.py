"""A mistake in a policy's file is refused, with its file, line and reason."""

import pytest

from .edits import NAME, TEXT, edited, line_of, problems, reasons

MISTAKES = [
    # (what stands there, what is written instead, what the refusal says)
    ("title: Overcharge", "titel: Overcharge", "unknown key 'titel'; did you mean 'title'?"),
    ("policy: A.1\n", "policy: Z.1\n", "'Z.1' is not a policy id such as A.1"),
    ("version: 1\n", "version: one\n", "'one' is not a version number"),
    ("2023-10-26T00:00:00Z", "2023-10-26T00:00:00", "has no time zone"),
    ("2023-10-26T00:00:00Z", "26.10.2023", "is not an instant"),
    ("type: duration, value: 72 h", "type: duratoin, value: 72 h", "unknown type 'duratoin'; did you mean 'duration'?"),
    ("value: 72 h,", "value: 72,", "'72' is not a duration"),
    ("value: 72 h,", "value: 72 hours,", "'72 hours' is not a duration"),
    ("value: 150.00 USD", "value: 150.00", "'150.00' is not money"),
    ("value: 150.00 USD", "value: 150.00 UDS", "'UDS' is no currency of ISO 4217"),
    ("value: 150.00 USD", "value: 150.001 USD", "finer than 2 decimal places"),
    ("value: 150.00 USD", "value: 1,150.00 USD", "expected a mapping|not money|',150.00 USD'|unknown key"),
    ("disputed > $automatic_limit", "disputd > $automatic_limit", "unknown input 'disputd'; did you mean 'disputed'?"),
    ("disputed > $automatic_limit", "disputed > $automatic_limt", "unknown parameter $automatic_limt; did you mean"),
    ("disputed > $automatic_limit", "disputed > $twin_window", "disputed is money, but $twin_window is duration"),
    ("disputed > $automatic_limit", "disputed > 150", "disputed: '150' is not money"),
    ("disputed > $automatic_limit", "disputed => $automatic_limit", "is not a comparison"),
    ("disputed > $automatic_limit", "disputed is $automatic_limit", "compare it with <, <=, > or >="),
    ("disputed > $automatic_limit", "disputed > $automatic_limit * 2", "unknown parameter $automatic_limit * 2"),
    ("disputed > $automatic_limit", "disputed > 150.00 USD or else", "is not money"),
    ("priority in [high, critical]", "priority in [high, critcal]", "'critcal' is not a value of it; did you mean"),
    ("priority in [high, critical]", "priority in high", "'in' takes a list"),
    ("priority in [high, critical]", "priority > low", "which has no order"),
    ("priority in [high, critical]", "priority is absent", "priority is never absent"),
    ("priority in [high, critical]", "priority is in the currency of $short_limit", "which has no currency"),
    ("bank_dispute is yes", "bank_dispute is true", "'true' is neither 'yes' nor 'no'"),
    ("when: payment is refunded", "when: {not: payment is refunded}", "a condition is a line of text"),
    ("when: payment is refunded", "when: []", "an empty list of conditions would always hold"),
    ("    when: payment is refunded\n", "", "a row without a condition would always hold"),
    ("id: A.1/gap-settled", "id: A.1/gap-no-proof", "the rule A.1/gap-no-proof comes twice"),
    ("id: A.1/gap-settled", "id: A.2/gap-settled", "'A.2/gap-settled' is no rule of A.1"),
    ("ownership: automate", "ownership: automatic", "unknown ownership 'automatic'; did you mean 'automate'?"),
    ("team: billing-specialists", "team: billing-specialist", "unknown team 'billing-specialist'; did you mean"),
    ("    team: billing-specialists\n", "", "an escalation names its team"),
    ("    approval: $approvers\n", "", "a gated step waits for an approval, and none is declared"),
    ("approval: $approvers", "approval: {roles: [agnt], why: because}", "unknown role 'agnt'; did you mean 'agent'?"),
    ("approval: $approvers", "approval: approvers", "an approval is the $name of a value"),
    ("approval: $approvers", "approval: $charge", "$charge is no approval of the code's"),
    ("span: 4 bh", "span: 4 business hours", "'4 business hours' is no span"),
    ("span: 24 h", "span: 0 h", "'0 h' is no span"),
    ("- refund: {", "- refnd: {", "unknown step kind 'refnd'; did you mean 'refund'?"),
    (
        "$customer, charge: $charge",
        "$customer, chrge: $charge",
        "a refund has no field 'chrge'; did you mean 'charge'?",
    ),
    ("limits: $limits}", "velocity: $velocity}", "a refund needs the field 'limits'"),
    ("amount: $amount, limits", "amount: $amuont, limits", "unknown value $amuont; did you mean 'amount'?"),
    ("amount: $amount, limits", "amount: $plan, limits", "refund needs Money as amount, and gets str"),
    ("amount: $amount, limits", "amount: 20 dollars, limits", "'dollars' is no currency"),
    ("template: refund-confirmation, amount", "template: refund-confirm, amount", "unknown template 'refund-confirm'"),
    ("amount: $amount, plan: $plan}", "amount: $amount}", "the template 'refund-confirmation' needs the value 'plan'"),
    ("amount: $amount, plan: $plan}", "amount: $amount, plan: $plan, x: y}", "has no placeholder 'x'"),
    ("gated: yes", "gated: true", "'true' is neither 'yes' nor 'no'"),
    ("only_if: $amount", "only_if: amount", "'only_if' takes the $name of a value"),
    ("only_if: $amount", "only_if: $amont", "unknown value $amont"),
    ("    question: ask-invoice\n", "", "'ask' needs a question"),
    ("    question: ask-invoice\n", "    question: ask-invoices\n", "unknown template 'ask-invoices'"),
    ("    question: ask-invoice\n", "    question: reply\n", "a question's template has no values"),
    ("ask: ask-invoice}", "ask: ask-invoce}", "unknown template 'ask-invoce'"),
    ('pattern: "[A-Za', 'pattern: "([A-Za', "is no regular expression"),
    ("amount: {type: money}", "amount: {type: bool}", "a claim is text or money"),
    (
        "facts: [billing.account,",
        "facts: [billing.acount,",
        "unknown fact 'billing.account'; did you mean 'billing.acount'?",
    ),
    ("facts: [billing.account, ", "facts: [", "unknown fact 'billing.account'"),
    ("  twin_window: {", "  twin_windw: {", "the code needs the parameter 'twin_window'"),
    (
        "twin_window: {type: duration, value: 72 h",
        "twin_window: {type: money, value: 72 USD",
        "and timedelta in the code",
    ),
    (
        "  long_window:",
        "  spare: {type: duration, value: 1 h, source: x}\n  long_window:",
        "nothing uses the parameter 'spare'",
    ),
    ("disputed: {type: money, absent: yes", "disputed: {type: bool, absent: yes", "which has no order"),
    ("values: [none, unpaid, paid, refunded]", "values: [none, unpaid, paid, refunded, lost]", "in the code"),
    ("  bank_dispute: {type: bool", "  bank_claim: {type: bool", "unknown input 'bank_dispute'"),
    ("invoice: {type: enum, values: [missing,", "invoice: {type: enum, valus: [missing,", "unknown key 'valus'"),
    ("expect: A.1/gap-no-proof}", "expect: A.1/gap-noproof}", "unknown rule 'A.1/gap-noproof'; did you mean"),
    ("inputs: {within_proven: no}, expect", "inputs: {within_prven: no}, expect", "unknown input 'within_prven'"),
    ("  - {name: no proof, source: RULES A.1, ", "  - {name: no proof, ", "the key 'source' is missing"),
]


@pytest.mark.parametrize(("before", "after", "reason"), MISTAKES, ids=[after[:60] for _, after, _ in MISTAKES])
def test_a_mistake_is_refused_with_its_reason(before: str, after: str, reason: str) -> None:
    said = reasons(edited(before, after))
    assert any(part in said for part in reason.split("|")), said


def test_a_refusal_names_file_and_line() -> None:
    text = edited("disputed > $automatic_limit", "disputd > $automatic_limit")
    assert f"{NAME}:{line_of(text, '- disputd')}: unknown input" in reasons(text)


def test_every_mistake_of_a_file_is_told_at_once() -> None:
    text = edited("span: 4 bh", "span: soon").replace("priority in [low, medium]", "priority in [lo, medium]")
    found = problems(text.replace("value: 300.00 USD", "value: 300.00 EURO"))
    assert [problem.line for problem in found] == sorted(problem.line for problem in found)
    said = "\n".join(map(str, found))
    assert "'soon' is no span" in said
    assert "'lo' is not a value" in said
    assert "'EURO' is no currency" in said


def test_a_key_that_comes_twice_is_refused() -> None:
    assert "'title' comes twice" in reasons(edited("version: 1\n", "version: 1\ntitle: Again\n"))


@pytest.mark.parametrize(("text", "reason"), [("a: [b", "not YAML"), ("", "the file is empty"), ("- a", "a mapping")])
def test_what_is_no_policy_at_all_is_refused(text: str, reason: str) -> None:
    assert reason in reasons(text)


def test_values_are_text_until_their_type_reads_them() -> None:
    text = edited("title: Overcharge or duplicate charge", "title: 10:00").replace(
        "bank_dispute is no\n", "bank_dispute is No\n"
    )
    assert "'No' is neither 'yes' nor 'no'" in reasons(text)


def test_the_file_as_it_is_has_no_problem() -> None:
    assert problems(TEXT) == ()
