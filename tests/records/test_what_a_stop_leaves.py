"""What an emergency stop lets pass: manual review and the truth told to the customer, never what the policy gives."""

from __future__ import annotations

import itertools

import pytest

from casewright.domain.decision import ApprovalNeed
from casewright.domain.people import Actor
from casewright.domain.steps import (
    ApprovalMailStep,
    CancelSubscriptionStep,
    CreditStep,
    MailStep,
    NoticeStep,
    PasswordResetStep,
    SmsStep,
    Step,
)
from casewright.records import people, stops
from casewright.records.people import NamedPerson
from casewright.records.postgres import Connection, Pool
from tests.records.story import MANAGER, NOON, Story, mail, refund, usd
from tests.records.test_envelope_records import guard_of

NEED = ApprovalNeed(roles=("support-manager",), why="refund of 100.00 USD")
STOPPED = "emergency-stop"
_numbers = itertools.count(1)


def letter(template: str, **more: object) -> MailStep:
    return mail().model_copy(update={"template": template, **more})


@pytest.fixture
async def stopped(app: Connection) -> None:
    """The policy is stopped; the manager is there as ever."""
    roles = ("agent", "support-manager")
    await people.sync(app, [NamedPerson(id="mia", name="Mia", kind="person", roles=roles)])
    await stops.set_stop(app, "A.1", "mia", "wrong threshold", NOON)


async def guard(pool: Pool, step: Step, person: Actor | None = None, need: ApprovalNeed | None = None) -> str | None:
    return await guard_of(pool, Story(next(_numbers)).call(step, person, need))


@pytest.mark.parametrize(
    "step",
    [
        NoticeStep(id="notice-7", template="staff-breach", team="billing-specialists"),
        ApprovalMailStep(id="approval-5", plan_hash="0" * 64, roles=("support-manager",)),
        ApprovalMailStep(id="approval-9", plan_hash="0" * 64, roles=("support-manager",), reminder=True),
        SmsStep(id="alarm", template="staff-low-rating", roles=("team-lead",)),
        letter("acknowledgment"),
        letter("acknowledgment-promise"),
        letter("survey", link="survey"),
        letter("delay-apology"),
        letter("low-score"),
    ],
    ids=lambda step: f"{step.kind} {getattr(step, 'template', '')} {step.id}",
)
async def test_people_are_told_and_asked_and_the_customer_hears_the_truth_under_a_stop(
    pool: Pool, stopped: None, step: Step
) -> None:
    assert await guard(pool, step) is None


@pytest.mark.parametrize(
    "step",
    [
        refund("10.00"),
        CreditStep(id="apology-credit-7", customer="cus_1", amount=usd("10.00")),
        letter("refund-confirmation"),
        letter("delay-apology-credit"),
        PasswordResetStep(id="d1-reset", user="u1", minutes=30),
        CancelSubscriptionStep(id="d1-cancel", customer="cus_1", subscription="sub_1"),
    ],
    ids=lambda step: f"{step.kind} {getattr(step, 'template', '')}",
)
async def test_money_and_the_policys_own_steps_wait_for_people_under_a_stop(
    pool: Pool, stopped: None, step: Step
) -> None:
    assert await guard(pool, step) == STOPPED


async def test_a_persons_letter_passes_a_stop_and_what_a_person_approved_doesnt(pool: Pool, stopped: None) -> None:
    assert await guard(pool, letter("reply"), MANAGER) is None
    assert await guard(pool, letter("refund-confirmation"), MANAGER, NEED) == STOPPED
    assert await guard(pool, letter("delay-apology"), MANAGER, NEED) == STOPPED
    assert await guard(pool, refund("10.00"), MANAGER, NEED) == STOPPED


async def test_word_to_colleagues_that_needs_an_approval_isnt_given_without_one_by_a_stop(
    pool: Pool, stopped: None
) -> None:
    notice = NoticeStep(id="d1-notice", template="staff-breach")
    assert await guard(pool, notice, None, NEED) == "authority"
    assert await guard(pool, notice, MANAGER, NEED) is None
