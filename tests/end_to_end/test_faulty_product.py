"""C.1 whole, on real servers: one replacement and one label for a piece, or Operations; the label only in the mail."""

from __future__ import annotations

import asyncio
import uuid
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from typing import Any

import pytest

from casewright.domain import acts as a
from casewright.domain.people import POLICY_EXCEPTION_QUEUE
from casewright.domain.reading import state_word
from casewright.domain.state import StepStatus
from casewright.domain.ticket import ClaimValue, Priority, Requester, Submission
from casewright.records import reads
from tests.end_to_end.test_login_failure import mails_to, rule
from tests.end_to_end.test_tickets import started
from tests.world import CUSTOMER, World, who

INES, OTHER = "ines@orders.example", "joel@orders.example"
LABEL = "a label to send"
LAST_DAY, OVER = "-1461d", "-1462d"
"""Four years ago, which always have one leap day; and a day more."""


async def sold(world: World, placed: str = "-30d", *, months: int = 48, in_stock: bool = True) -> None:
    """SN-1 of ines's order ORD-1."""
    price = {"amount": "39.00", "currency": "USD"}
    line = {"sku": "LAMP-1", "description": "Desk lamp", "quantity": 1, "unit_price": price}
    order = {"number": "ORD-1", "customer_email": INES, "placed_at": placed, "lines": [line]}
    unit = {
        "serial": "SN-1",
        "order": "ORD-1",
        "product": {"sku": "LAMP-1", "name": "Desk lamp"},
        "delivered_to": {"country": "DE", "time_zone": "Etc/UTC"},
        "warranty_months": months,
        "in_stock": in_stock,
    }
    await world.seed(orders=[order], units=[unit])


def faulty(address: str = INES, priority: Priority = Priority.LOW, **claims: ClaimValue) -> Submission:
    """A request about a product; by default about SN-1, with a minor defect."""
    return Submission(
        policy="C.1",
        subject="My lamp is scratched",
        requester=Requester(email=address, name="Sample Customer"),
        priority=priority,
        claims={"serial": "SN-1", "defect": "minor", **claims},
    )


async def submitted(world: World, submission: Submission) -> str:
    return (await world.client.submit(submission, submitter="portal", key=uuid.uuid4().hex)).ticket


async def labels_mailed(world: World, address: str = INES) -> list[EmailMessage]:
    """The mails with a label, as they came; one that was sent again counts once, as readers show it."""
    found = {m["message_id"]: m["id"] for m in await mails_to(world, address) if LABEL in m["subject"]}
    sources = [(await world.http.get(f"/mailbox/{id}/source")).content for id in found.values()]
    return [message_from_bytes(source, policy=modern) for source in sources]


async def verdict(world: World, ticket: str, *, yes: bool) -> None:
    """What somebody of Operations says to the plan."""
    view = await world.until(ticket, "waiting-approval")
    assert view.state.approval is not None
    plan, actor = view.state.approval.plan_hash, who("operations-1")
    act = (
        a.Approve(id="yes", actor=actor, plan_hash=plan)
        if yes
        else a.Reject(id="no", actor=actor, plan_hash=plan, reason="It can be repaired.")
    )
    await world.act(ticket, act)


def given(world: World) -> tuple[int, int]:
    """How many replacements and labels there are."""
    return len(world.sandbox.world.returns.replacements()), len(world.sandbox.world.returns.labels())


async def test_a_minor_defect_brings_a_replacement_and_a_label_by_mail(world: World) -> None:
    await sold(world)
    view = await world.until(await submitted(world, faulty()), "resolved")
    assert rule(view) == "C.1/replace"
    (sent,), (label,) = world.sandbox.world.returns.replacements(), world.sandbox.world.returns.labels()
    assert (sent.serial, label.order) == ("SN-1", "ORD-1")
    (mail,) = await labels_mailed(world)
    (file,) = mail.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("application/pdf", f"{label.tracking_number}.pdf")
    bearer = {"Authorization": "Bearer test_me"}
    printed = (await world.http.get(f"/carrier/v1/labels/{label.id}/file", headers=bearer)).content
    assert file.get_content() == printed
    text = mail.get_body()
    assert text is not None
    assert label.tracking_number in text.get_content()
    assert "http" not in text.get_content()
    met = {clock.name for clock in view.state.clocks.values() if clock.met_at is not None}
    assert "first response" in met


async def test_neither_the_labels_link_nor_its_file_is_in_the_journal_or_in_temporal(world: World) -> None:
    await sold(world)
    ticket = await submitted(world, faulty())
    await world.until(ticket, "resolved")
    (label,) = world.sandbox.world.returns.labels()
    told = "".join(row.model_dump_json() for row in await reads.rows(world.pool, ticket))
    history = (await world.handle(ticket).fetch_history()).to_json()
    for secret in (label.id, "label_url", "%PDF", "JVBERi0"):
        assert secret not in told
        assert secret not in history
    assert label.tracking_number in told


@pytest.mark.parametrize(("placed", "expected"), [(LAST_DAY, "C.1/replace"), (OVER, "C.1/out-of-warranty")])
async def test_the_last_day_of_the_warranty_counts(world: World, placed: str, expected: str) -> None:
    await sold(world, placed)
    assert rule(await world.settled(await submitted(world, faulty()))) == expected


async def test_out_of_warranty_operations_may_offer_a_paid_repair(world: World) -> None:
    await sold(world, OVER)
    ticket = await submitted(world, faulty())
    view = await world.until(ticket, "waiting-approval")
    assert (rule(view), view.team) == ("C.1/out-of-warranty", "operations")
    await verdict(world, ticket, yes=True)
    await world.until(ticket, "resolved")
    (offer,) = [mail["text"] for mail in await mails_to(world, INES) if "A repair of Desk lamp" in mail["subject"]]
    assert "was under warranty until" in offer
    assert given(world) == (0, 0)


@pytest.mark.parametrize("yes", [True, False], ids=["replaced", "repaired"])
async def test_operations_decide_whether_a_major_defect_is_replaced(world: World, yes: bool) -> None:
    await sold(world)
    ticket = await submitted(world, faulty(defect="major"))
    view = await world.settled(ticket)
    assert (rule(view), view.team, given(world)) == ("C.1/operations", "operations", (0, 0))
    assert any("Disconnect it from power" in mail["text"] for mail in await mails_to(world, INES))
    await verdict(world, ticket, yes=yes)
    await world.until(ticket, "resolved" if yes else "with-people")
    assert given(world) == ((1, 1) if yes else (0, 0))
    assert len(await labels_mailed(world)) == (1 if yes else 0)


@pytest.mark.parametrize(
    ("submission", "expected"),
    [
        (faulty(priority=Priority.MEDIUM), "C.1/operations"),
        (faulty(defect="a minor scratch, I think"), "C.1/operations"),
        (faulty(serial="SN-9"), "C.1/gap-serial"),
        (faulty(OTHER), "C.1/gap-serial"),
        (faulty(purchase_date="2001-01-01"), "C.1/gap-purchase-date"),
    ],
    ids=["medium", "severity in words", "nobody's", "another customer's", "another date"],
)
async def test_whatever_isnt_clearly_minor_and_theirs_goes_to_people_with_nothing_sent(
    world: World, submission: Submission, expected: str
) -> None:
    await sold(world)
    view = await world.settled(await submitted(world, submission))
    assert rule(view) == expected
    assert view.team == ("operations" if expected == "C.1/operations" else POLICY_EXCEPTION_QUEUE)
    assert given(world) == (0, 0)


async def test_of_another_customers_piece_nothing_is_told_or_kept(world: World) -> None:
    await sold(world)
    ticket = await submitted(world, faulty(OTHER))
    await world.settled(ticket)
    told = " ".join(row.model_dump_json() for row in await reads.rows(world.pool, ticket))
    mailed = " ".join(mail["text"] for mail in await mails_to(world, OTHER))
    for secret in (INES, "ORD-1", "Desk lamp"):
        assert secret not in told
        assert secret not in mailed


async def test_a_request_without_a_serial_number_is_asked_for_it_and_then_decided(world: World) -> None:
    await sold(world)
    ticket = await submitted(world, faulty(serial=""))
    await world.until(ticket, "waiting-customer")
    answer = a.CustomerAnswer(id="m1", actor=CUSTOMER, message="It says SN-1.", claims={"serial": "SN-1"})
    await world.act(ticket, answer)
    assert rule(await world.until(ticket, "resolved")) == "C.1/replace"


async def test_two_tickets_about_one_piece_at_once_bring_one_replacement_and_one_label(world: World) -> None:
    await sold(world)
    # Both have read that nothing was sent yet, before either is answered.
    await world.fault(target="shop", kind="latency", latency_ms=700, method="POST")
    tickets = await asyncio.gather(*(submitted(world, faulty()) for _ in range(2)))
    views = await asyncio.gather(*(world.settled(ticket) for ticket in tickets))
    assert sorted(state_word(view.state) for view in views) == ["resolved", "with-people"]
    assert given(world) == (1, 1)
    assert len(await labels_mailed(world)) == 1


async def test_a_piece_that_was_replaced_isnt_replaced_again(world: World) -> None:
    await sold(world)
    await world.until(await submitted(world, faulty()), "resolved")
    view = await world.until(await submitted(world, faulty()), "with-people")
    assert (rule(view), view.team) == ("C.1/gap-replaced", POLICY_EXCEPTION_QUEUE)
    assert given(world) == (1, 1)


async def test_where_none_is_left_to_send_people_get_the_ticket_and_the_customer_no_label(world: World) -> None:
    await sold(world, in_stock=False)
    view = await world.until(await submitted(world, faulty()), "with-people")
    assert view.state.steps["d1-replacement"].status is StepStatus.REFUSED
    assert (given(world), await labels_mailed(world)) == ((0, 0), [])


@pytest.mark.parametrize(
    "lost",
    [
        {"target": "shop", "method": "POST"},
        {"target": "carrier", "method": "POST"},
        {"target": "carrier", "path": "*/file"},
        {"target": "smtp", "method": "DATA", "path": INES},
    ],
    ids=["the replacement", "the label", "its file", "the mail"],
)
async def test_an_answer_that_was_lost_brings_nothing_twice(world: World, lost: dict[str, Any]) -> None:
    await sold(world)
    await world.fault(kind="lost_answer", times=1, **lost)
    await world.until(await submitted(world, faulty()), "resolved")
    assert given(world) == (1, 1)
    assert len(await labels_mailed(world)) == 1


async def test_a_shop_that_is_down_is_waited_for(world: World) -> None:
    await sold(world)
    await world.fault(target="shop", kind="outage", times=3)
    assert rule(await world.until(await submitted(world, faulty()), "resolved")) == "C.1/replace"


async def test_a_shop_that_is_down_past_its_budget_decides_nothing(world: World) -> None:
    await sold(world)
    await world.fault(target="shop", kind="outage")
    view = await world.settled(await started(world, "T-00000000000000C1", faulty(), facts_budget_seconds=2))
    assert (rule(view), view.team, given(world)) == (None, POLICY_EXCEPTION_QUEUE, (0, 0))


async def test_a_carrier_that_is_down_past_its_budget_leaves_the_label_to_people(world: World) -> None:
    await sold(world)
    await world.fault(target="carrier", kind="outage")
    ticket = await started(world, "T-00000000000000C2", faulty(), effect_budget_seconds=2)
    view = await world.until(ticket, "with-people")
    assert view.state.steps["d1-replacement"].status is StepStatus.DONE
    assert view.state.steps["d1-return-label"].status is StepStatus.UNCERTAIN
    assert (given(world), await labels_mailed(world)) == ((1, 0), [])
