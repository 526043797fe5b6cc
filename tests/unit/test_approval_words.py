"""What an approver reads: every kind of step in words, and nothing of whoever the customer is."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from casewright import approval_words as words
from casewright.domain.installments import Installment
from casewright.domain.steps import (
    ApprovalMailStep,
    CancelSubscriptionStep,
    CreditStep,
    MailStep,
    NoticeStep,
    PasswordResetStep,
    PaymentPlanStep,
    ReplacementStep,
    ReturnLabelStep,
    SmsStep,
    Step,
)
from tests.unit.domain import tickets as t

STEPS: tuple[Step, ...] = (
    t.REFUND,
    CreditStep(id="credit", customer="cus_1", amount=t.TWENTY),
    MailStep(id="mail", template="reply", to="ada@example.com", values={"message": "my private words"}),
    NoticeStep(id="notice", template="staff-breach"),
    SmsStep(id="sms", template="staff-breach", roles=("team-lead",), values={"clock": "x"}),
    ApprovalMailStep(id="approval", plan_hash="0" * 64, roles=("support-manager",)),
    PasswordResetStep(id="reset", user="usr_1", minutes=60),
    CancelSubscriptionStep(id="cancel", customer="cus_1", subscription="sub_1"),
    CancelSubscriptionStep(id="notice-given", customer="cus_1", subscription="sub_1", notice_days=7),
    ReplacementStep(id="replacement", serial="SN-1"),
    PaymentPlanStep(
        id="plan",
        customer="cus_1",
        invoice="in_1",
        amount=t.TWENTY,
        parts=(Installment(due=date(2025, 4, 30), amount=t.TWENTY),),
        limits=(),
    ),
    ReturnLabelStep(id="label", to="ada@example.com", name="private", order="ORD-1", product="Desk lamp"),
)


def test_every_kind_of_step_is_there() -> None:
    assert {type(step) for step in STEPS} == set(get_args(get_args(Step)[0]))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: str(step.kind))
def test_a_step_is_told_without_addresses_and_without_what_was_written(step: Step) -> None:
    said = words.what_happens(step)
    assert said
    assert "@" not in said
    assert "private" not in said


def test_a_request_tells_its_steps_its_money_and_why() -> None:
    state = t.escalated()
    assert state.approval is not None
    steps = words.steps_of(state, state.approval)
    assert [words.what_happens(step) for step in steps] == [
        "refund 20.00 USD of charge ch_1 to cus_1",
        "mail refund-confirmation to the customer",
    ]
    assert words.amounts(steps) == "20.00 USD"
    assert words.amounts(steps[1:]) == "no money"
    assert words.evidence(state, state.approval) == (
        "A.1/specialist (version 1): a duplicate is proven; asked because of refund"
    )
