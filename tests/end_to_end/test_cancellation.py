"""A.2 whole, on real servers: cancelled at once or with notice, and the unused part given back once."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

from casewright.domain import acts as a
from casewright.domain.people import POLICY_EXCEPTION_QUEUE
from casewright.domain.state import StepStatus
from casewright.domain.ticket import Requester, Submission
from casewright.records.views import TicketView
from tests.end_to_end.test_login_failure import mails_to, rule
from tests.end_to_end.test_tickets import started
from tests.world import PATIENCE, World, usd, who

BEARER = {"Authorization": "Bearer sk_test_by_hand"}


async def subscribed(
    world: World,
    name: str,
    *,
    plan: str = "starter",
    cents: int = 4900,
    currency: str = "usd",
    paid: str = "-5d",
    cycle: tuple[str, str] = ("-5d", "+25d"),
    **subscription: Any,
) -> None:
    """A customer with one subscription, ``sub_<name>``, whose cycle was paid by ``ch_<name>``."""
    customer, (start, end) = f"cus_{name}", cycle
    item = {"id": f"si_{name}", "current_period_start": start, "current_period_end": end}
    of_customer = {"customer": customer, "currency": currency, "created": paid}
    await world.seed(
        customers=[
            {
                "id": customer,
                "name": "Sample Customer",
                "email": f"{name}@example.com",
                "currency": currency,
                "created": "-400d",
                "metadata": {"plan": plan},
            }
        ],
        subscriptions=[{**of_customer, "id": f"sub_{name}", "items": [item], **subscription}],
        charges=[{**of_customer, "id": f"ch_{name}", "invoice": f"in_{name}", "amount": cents}],
        invoices=[
            {
                **of_customer,
                "id": f"in_{name}",
                "number": f"INV-{name}",
                "charge": f"ch_{name}",
                "total": cents,
                "subscription": f"sub_{name}",
                "lines": [{"amount": cents, "start": start, "end": end}],
            }
        ],
    )


def request(name: str) -> Submission:
    requester = Requester(email=f"{name}@example.com", name="Sample Customer", customer=f"cus_{name}")
    return Submission(policy="A.2", subject="Please cancel my subscription", requester=requester)


async def asked(world: World, name: str) -> str:
    """A ticket that asks to cancel."""
    return (await world.client.submit(request(name), submitter="portal", key=uuid.uuid4().hex)).ticket


async def at_gateway(world: World, name: str) -> dict[str, Any]:
    found: dict[str, Any] = (await world.http.get(f"/v1/subscriptions/sub_{name}", headers=BEARER)).json()
    return found


async def yes(world: World, ticket: str, person: str) -> None:
    view = await world.until(ticket, "waiting-approval")
    assert view.state.approval is not None
    await world.act(ticket, a.Approve(id="yes", actor=who(person), plan_hash=view.state.approval.plan_hash))


async def ended(world: World, ticket: str, step: str, status: StepStatus) -> TicketView:
    """The ticket, once this has become of a step."""
    return await world.watcher.until(ticket, lambda view: view.state.steps[step].status is status, PATIENCE)


async def test_within_the_cooling_off_period_it_is_cancelled_and_then_the_unused_part_is_given_back(
    world: World,
) -> None:
    await subscribed(world, "ada")
    ticket = await asked(world, "ada")
    view = await world.until(ticket, "resolved")
    assert rule(view) == "A.2/cooling-off"
    found = await at_gateway(world, "ada")
    assert (found["status"], found["cancellation_details"]["comment"]) == (
        "canceled",
        f"{ticket}/d1-cancel-subscription",
    )
    assert await world.refunds("ch_ada") == [3920]
    (entry,) = await world.entries(ticket)
    assert (entry.policy, entry.rule, entry.kind) == ("A.2", "A.2/cooling-off", "refund")
    calls = (await world.http.get("/_sandbox/calls", params={"target": "payments"})).json()
    paths = [call["path"] for call in (calls["calls"] if isinstance(calls, dict) else calls) if call["method"] != "GET"]
    assert paths == ["/v1/subscriptions/sub_ada", "/v1/refunds"]
    assert any("39.20 USD have been refunded" in mail["text"] for mail in await mails_to(world, "ada@example.com"))


@pytest.mark.parametrize(("paid", "expected"), [("-14d+1h", "A.2/cooling-off"), ("-14d-1h", "A.2/retention")])
async def test_fourteen_days_after_the_payment_decide(world: World, paid: str, expected: str) -> None:
    await subscribed(world, "bea", paid=paid, cycle=(paid, "+16d"))
    assert rule(await world.settled(await asked(world, "bea"))) == expected


async def test_after_them_retention_cancels_with_seven_days_notice_and_no_refund(world: World) -> None:
    await subscribed(world, "cai", paid="-20d", cycle=("-20d", "+10d"))
    ticket = await asked(world, "cai")
    view = await world.until(ticket, "waiting-approval")
    assert (rule(view), view.team) == ("A.2/retention", "customer-retention")
    assert (await at_gateway(world, "cai"))["cancel_at"] is None
    await yes(world, ticket, "retention-1")
    view = await world.until(ticket, "resolved")
    found = await at_gateway(world, "cai")
    told = view.state.steps["d1-cancel-subscription"]
    assert told.status is StepStatus.DONE
    assert found["status"] == "active"
    # The gateway notes a moment later what was worked out a moment before.
    assert 0 <= 7 * 86_400 + 1 - (found["cancel_at"] - found["canceled_at"]) < 60
    await world.http.post("/_sandbox/clock", json={"advance_seconds": 7 * 86_400 + 60})
    assert (await at_gateway(world, "cai"))["status"] == "canceled"
    assert await world.refunds("ch_cai") == []
    assert any("ends 7 days after this message" in mail["text"] for mail in await mails_to(world, "cai@example.com"))


@pytest.mark.parametrize(
    ("given", "refund"),
    [
        ({"cents": 120_000, "cycle": ("-5d", "+360d")}, 118_027),
        ({"currency": "eur"}, 3920),
    ],
    ids=["above 1,000 USD", "another currency"],
)
async def test_a_large_refund_waits_for_the_finance_director_while_the_subscription_ends_at_once(
    world: World, given: dict[str, Any], refund: int
) -> None:
    await subscribed(world, "dee", plan="professional", **given)
    ticket = await asked(world, "dee")
    view = await world.settled(ticket)
    assert (rule(view), view.team) == ("A.2/large", "finance-directors")
    assert view.state.approval is not None
    assert view.state.approval.need.roles == ("finance-director",)
    assert (await at_gateway(world, "dee"))["status"] == "canceled"
    assert await world.refunds("ch_dee") == []
    await yes(world, ticket, "finance-1")
    await world.until(ticket, "resolved")
    assert await world.refunds("ch_dee") == [refund]
    assert [entry.actor for entry in await world.entries(ticket)] == ["finance-1"]


@pytest.mark.parametrize("plan", ["enterprise", "platinum"])
async def test_on_enterprise_and_above_the_support_manager_decides_before_anything_is_done(
    world: World, plan: str
) -> None:
    await subscribed(world, "eli", plan=plan)
    ticket = await asked(world, "eli")
    view = await world.until(ticket, "waiting-approval")
    assert (rule(view), view.team) == ("A.2/enterprise", "support-managers")
    assert view.state.approval is not None
    assert set(view.state.approval.need.roles) == {"support-manager", "finance-director"}
    assert (await at_gateway(world, "eli"))["status"] == "active"
    await yes(world, ticket, "manager-1")
    await world.until(ticket, "resolved")
    assert (await at_gateway(world, "eli"))["status"] == "canceled"
    assert await world.refunds("ch_eli") == [3920]


async def test_a_price_locked_contract_is_the_finance_directors_and_brings_no_prepared_refund(world: World) -> None:
    await subscribed(world, "fin", plan="enterprise", metadata={"price_locked": "true"})
    ticket = await asked(world, "fin")
    view = await world.until(ticket, "waiting-approval")
    assert rule(view) == "A.2/price-locked"
    assert view.state.approval is not None
    assert view.state.approval.need.roles == ("finance-director",)
    await yes(world, ticket, "finance-1")
    await world.until(ticket, "resolved")
    assert (await at_gateway(world, "fin"))["status"] == "canceled"
    assert await world.refunds("ch_fin") == []


@pytest.mark.parametrize(("status", "expected"), [("canceled", "A.2/gap-ended"), ("past_due", "A.2/gap-unsettled")])
async def test_what_isnt_simply_active_goes_to_the_exception_queue(world: World, status: str, expected: str) -> None:
    await subscribed(world, "gia", status=status)
    view = await world.settled(await asked(world, "gia"))
    assert (rule(view), view.team) == (expected, POLICY_EXCEPTION_QUEUE)
    assert await world.refunds("ch_gia") == []


async def test_a_payment_that_was_refunded_already_goes_to_the_exception_queue(world: World) -> None:
    await subscribed(world, "hal")
    (await world.http.post("/v1/refunds", data={"charge": "ch_hal"}, headers=BEARER)).raise_for_status()
    assert rule(await world.settled(await asked(world, "hal"))) == "A.2/gap-refunded"
    assert (await at_gateway(world, "hal"))["status"] == "active"


async def test_a_customer_without_a_subscription(world: World) -> None:
    await world.overcharge("ida", charged=4900, owed=4900)
    assert rule(await world.settled(await asked(world, "ida"))) == "A.2/gap-no-subscription"


async def test_two_tickets_about_one_cycle_give_its_unused_part_back_once(world: World) -> None:
    # Less than half is left: the charge itself would have room for both.
    await subscribed(world, "jon", paid="-13d", cycle=("-13d", "+10d"))
    await world.fault(target="payments", kind="latency", method="DELETE", latency_ms=1500)
    tickets = await asyncio.gather(asked(world, "jon"), asked(world, "jon"))
    views = await asyncio.gather(*(world.settled(ticket) for ticket in tickets))
    assert sorted(str(rule(view)) for view in views) == ["A.2/cooling-off", "A.2/gap-ended"]
    assert await world.refunds("ch_jon") == [1917]
    assert len(await world.entries(*tickets)) == 1


async def test_answers_that_were_lost_bring_one_cancellation_and_one_refund(world: World) -> None:
    await subscribed(world, "kim")
    await world.fault(target="payments", kind="lost_answer", method="DELETE", times=1)
    await world.fault(target="payments", kind="lost_answer", method="POST", path="/v1/refunds", times=1)
    ticket = await asked(world, "kim")
    await world.until(ticket, "resolved")
    assert (await at_gateway(world, "kim"))["status"] == "canceled"
    assert await world.refunds("ch_kim") == [3920]
    assert len(await world.entries(ticket)) == 1


async def test_notice_whose_answer_was_lost_is_given_once(world: World) -> None:
    await subscribed(world, "lia", paid="-20d", cycle=("-20d", "+10d"))
    await world.fault(target="payments", kind="lost_answer", method="POST", path="/v1/subscriptions/*", times=1)
    ticket = await asked(world, "lia")
    await yes(world, ticket, "retention-1")
    view = await world.until(ticket, "resolved")
    assert view.state.steps["d1-cancel-subscription"].status is StepStatus.DONE
    found = await at_gateway(world, "lia")
    assert found["metadata"] == {"casewright_step": f"{ticket}/d1-cancel-subscription"}
    calls = (await world.http.get("/_sandbox/calls", params={"target": "payments"})).json()
    posted = [c for c in (calls["calls"] if isinstance(calls, dict) else calls) if c["method"] == "POST"]
    assert [call["path"] for call in posted] == ["/v1/subscriptions/sub_lia"]


async def test_a_cancellation_that_is_uncertain_pays_nothing_and_goes_to_people(world: World) -> None:
    await subscribed(world, "max")
    await world.fault(target="payments", kind="outage", method="DELETE")
    ticket = await started(world, "T-00000000000000A2", request("max"), effect_budget_seconds=2)
    view = await world.until(ticket, "with-people")
    assert view.state.steps["d1-cancel-subscription"].status is StepStatus.UNCERTAIN
    assert await world.refunds("ch_max") == []
    assert (await at_gateway(world, "max"))["status"] == "active"


async def test_an_approved_refund_is_not_paid_while_the_subscription_could_not_be_cancelled(world: World) -> None:
    await subscribed(world, "moe", cents=120_000, cycle=("-5d", "+360d"))
    await world.fault(target="payments", kind="outage", method="DELETE")
    ticket = await started(world, "T-0000000000000A21", request("moe"), effect_budget_seconds=2)
    await yes(world, ticket, "finance-1")
    view = await ended(world, ticket, "d1-cancellation", StepStatus.UNCERTAIN)
    assert view.state.steps["d1-refund"].status is not StepStatus.DONE
    assert await world.refunds("ch_moe") == []
    assert (await at_gateway(world, "moe"))["status"] == "active"


async def test_a_gateway_that_is_down_past_its_budget_leads_to_no_rule(world: World) -> None:
    await subscribed(world, "ned")
    await world.fault(target="payments", kind="outage", path="/v1/subscriptions*")
    ticket = await started(world, "T-0000000000000A22", request("ned"), facts_budget_seconds=2)
    view = await world.settled(ticket)
    assert (rule(view), view.team) == (None, POLICY_EXCEPTION_QUEUE)


async def test_an_approval_that_comes_after_the_next_cycle_began_cancels_and_pays_nothing(world: World) -> None:
    await subscribed(world, "ola", plan="enterprise")
    ticket = await asked(world, "ola")
    await world.until(ticket, "waiting-approval")
    (item,) = world.sandbox.world.books.subscriptions.get("sub_ola").items
    item.current_period_start, item.current_period_end = item.current_period_end, item.current_period_end + 30 * 86_400
    await yes(world, ticket, "manager-1")
    view = await ended(world, ticket, "d1-cancel-subscription", StepStatus.REFUSED)
    assert "another cycle" in (view.state.steps["d1-cancel-subscription"].reason or "")
    assert (await at_gateway(world, "ola"))["status"] == "active"
    assert await world.refunds("ch_ola") == []


async def test_an_approved_refund_is_not_paid_when_somebody_gave_the_money_back_since(world: World) -> None:
    await subscribed(world, "pia", cents=120_000, cycle=("-5d", "+360d"))
    ticket = await asked(world, "pia")
    await world.until(ticket, "waiting-approval")
    by_hand = {"charge": "ch_pia", "amount": "1000"}
    (await world.http.post("/v1/refunds", data=by_hand, headers=BEARER)).raise_for_status()
    await yes(world, ticket, "finance-1")
    view = await ended(world, ticket, "d1-refund", StepStatus.REFUSED)
    assert "somebody gave money back" in (view.state.steps["d1-refund"].reason or "")
    assert await world.refunds("ch_pia") == [1000]


async def test_whoever_isnt_a_contact_of_the_account_cancels_nothing(world: World) -> None:
    await subscribed(world, "quin")
    stranger = Requester(email="stranger@example.com", customer="cus_quin")
    submission = request("quin").model_copy(update={"requester": stranger})
    ticket = (await world.client.submit(submission, submitter="portal", key="stranger")).ticket
    view = await world.settled(ticket)
    assert view.team == POLICY_EXCEPTION_QUEUE
    assert (await at_gateway(world, "quin"))["status"] == "active"
    assert await world.refunds("ch_quin") == []


async def test_a_person_gives_part_of_the_latest_payment_back_within_their_authority(world: World) -> None:
    await subscribed(world, "ray", status="past_due")
    ticket = await asked(world, "ray")
    await world.until(ticket, "with-people")
    remedy = a.Remedy(kind="refund", amount=usd(1500))
    await world.act(ticket, a.Override(id="o", actor=who("senior-1"), justification="As agreed.", remedy=remedy))
    await world.until(ticket, "resolved")
    assert await world.refunds("ch_ray") == [1500]
    (entry,) = await world.entries(ticket)
    assert (entry.actor, entry.policy) == ("senior-1", "A.2")


async def test_instead_of_a_rejected_refund_a_person_gives_another_of_the_cancelled_subscription(world: World) -> None:
    await subscribed(world, "sol", cents=120_000, cycle=("-5d", "+360d"))
    ticket = await asked(world, "sol")
    view = await world.until(ticket, "waiting-approval")
    assert view.state.approval is not None
    no = a.Reject(id="no", actor=who("finance-1"), plan_hash=view.state.approval.plan_hash, reason="Half of it.")
    await world.act(ticket, no)
    await world.until(ticket, "with-people")
    remedy = a.Remedy(kind="refund", amount=usd(50_000), invoice="INV-sol")
    await world.act(ticket, a.Override(id="o", actor=who("manager-1"), justification="Agreed.", remedy=remedy))
    await world.until(ticket, "resolved")
    assert await world.refunds("ch_sol") == [50_000]
