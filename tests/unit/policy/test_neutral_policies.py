"""A neutral policy's file: one reply, and nothing in its rules that would tell (RULES B.1)."""

from __future__ import annotations

import pytest

from casewright.policy.grammar import Vocabulary
from casewright.policy.problems import PolicyError
from casewright.policy.reader import read_policy

from .billing_cases import FOLDER, HANDBOOK

NAME = "policies/B.1.v1.yaml"
TEXT = (FOLDER / NAME).read_text(encoding="utf-8")
NEEDS = {name: template.placeholders for name, template in HANDBOOK.templates.items()}
VOCABULARY = Vocabulary(
    templates={name: values for name, values in NEEDS.items() if not name.startswith("staff-")},
    teams=frozenset(HANDBOOK.organisation.teams),
    roles=frozenset(HANDBOOK.organisation.roles),
    staff_templates={name: values for name, values in NEEDS.items() if name.startswith("staff-")},
)
RESET = "      - password-reset: {user: $user, minutes: $minutes}\n\n"
SMS = "- sms: {template: staff-sms-login-check, roles: [security-operations]}"


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (RESET, f"      - mail: {{template: login-help}}\n{RESET}", "this mail would tell"),
        ("neutral: login-help", "neutral: login-hepl", "unknown template 'login-hepl'; did you mean 'login-help'?"),
        ("neutral: login-help", "neutral: refund-confirmation", "says the same to everybody"),
        (
            "    ownership: exception\n    reason: The identity",
            "    ownership: ask\n    question: login-help\n    reason: The identity",
            "'ask' would tell",
        ),
        ("id: alert", "id: reply", "'reply' is the neutral reply's id"),
        (SMS, "- sms: {template: login-help, roles: [security-operations]}", "unknown template 'login-help'"),
        (SMS, "- sms: {template: staff-sms-login-check}", "names the roles that get it"),
        (SMS, "- sms: {template: staff-sms-login-check, roles: [secops]}", "unknown role 'secops'"),
        ("          team: security-operations\n", "          team: secops\n", "unknown team 'secops'"),
        ("          priority: $priority\n", "", "needs the value 'priority'"),
        ("{user: $user, minutes: $minutes}", "{user: $user}", "a password-reset needs the field 'minutes'"),
        (SMS, "- text: {template: staff-sms-login-check}", "unknown step kind 'text'"),
    ],
)
def test_what_would_tell_or_cant_be_carried_out_is_refused(before: str, after: str, reason: str) -> None:
    assert before in TEXT
    with pytest.raises(PolicyError) as refused:
        read_policy(TEXT.replace(before, after, 1), NAME, VOCABULARY)
    assert reason in str(refused.value)
