"""B.1 whole, on real servers: the link goes to the registered address, works once, and nobody learns who is known."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest

from casewright.domain import acts as a
from casewright.domain.people import POLICY_EXCEPTION_QUEUE
from casewright.domain.state import StepStatus
from casewright.domain.ticket import ClaimValue, Priority, Requester, Submission
from casewright.records import reads
from casewright.records.views import TicketView
from tests.end_to_end.test_tickets import started
from tests.world import World, who

LINK = re.compile(r"https?://\S+/identity/reset/\S+")
NEW_PASSWORD = "another sample password"


async def identity(world: World, id: str, *addresses: str, status: str = "active", failures: int = 0) -> None:
    """An account, with failed attempts of the last hour; the first address is the registered one."""
    logins = [{"at": f"-{n + 1}m", "outcome": "failure", "address": "192.0.2.1"} for n in range(failures)]
    account = {
        "id": id,
        "user_name": addresses[0],
        "display_name": "Sample",
        "emails": list(addresses),
        "password": "sample password 1",
    }
    await world.seed(identities=[{**account, "status": status, "created": "-400d", "logins": logins}])


async def asked(world: World, address: str, *, priority: Priority = Priority.LOW, **claims: ClaimValue) -> str:
    """A ticket about a login that fails."""
    submission = Submission(
        policy="B.1",
        subject="I can't sign in",
        requester=Requester(email=address, name="Sample Customer"),
        priority=priority,
        claims=claims,
    )
    return (await world.client.submit(submission, submitter="portal", key=uuid.uuid4().hex)).ticket


async def mails_to(world: World, address: str) -> list[dict[str, Any]]:
    found = (await world.http.get("/mailbox", params={"to": address})).json()
    messages: list[dict[str, Any]] = found["data"] if isinstance(found, dict) else found
    return messages


async def links_to(world: World, address: str) -> list[str]:
    return [link for mail in await mails_to(world, address) for link in LINK.findall(mail["text"])]


def rule(view: TicketView) -> str | None:
    return view.state.ruling.rule if view.state.ruling else None


async def test_a_link_reaches_the_registered_address_alone_and_works_once(world: World) -> None:
    await identity(world, "usr_hugo", "hugo@accounts.example", "hugo.private@accounts.example")
    ticket = await asked(world, "hugo.private@accounts.example")
    view = await world.until(ticket, "resolved")
    assert rule(view) == "B.1/reset"
    assert await links_to(world, "hugo.private@accounts.example") == []
    (link,) = await links_to(world, "hugo@accounts.example")
    assert (await world.http.get(link)).status_code == 200
    assert (await world.http.post(link, data={"password": NEW_PASSWORD})).status_code == 200
    again = await world.http.post(link, data={"password": "yet another password"})
    assert again.status_code == 410
    attempt = {"userName": "hugo@accounts.example", "password": NEW_PASSWORD}
    bearer = {"Authorization": "Bearer test_me"}
    assert (await world.http.post("/identity/v1/sign-in", json=attempt, headers=bearer)).status_code == 200


@pytest.mark.parametrize(("seconds", "status"), [(1799, 200), (1801, 410)])
async def test_a_link_lives_for_thirty_minutes(world: World, seconds: int, status: int) -> None:
    await identity(world, "usr_alma", "alma@accounts.example")
    await world.until(await asked(world, "alma@accounts.example"), "resolved")
    (link,) = await links_to(world, "alma@accounts.example")
    await world.http.post("/_sandbox/clock", json={"advance_seconds": seconds - 10 if status == 200 else seconds})
    assert (await world.http.get(link)).status_code == status


async def test_neither_link_nor_registered_address_is_in_the_journal_or_in_temporal(world: World) -> None:
    await identity(world, "usr_hugo", "hugo@accounts.example", "hugo.private@accounts.example")
    ticket = await asked(world, "hugo.private@accounts.example")
    await world.until(ticket, "resolved")
    (link,) = await links_to(world, "hugo@accounts.example")
    told = [row.model_dump_json() for row in await reads.rows(world.pool, ticket)]
    history = (await world.handle(ticket).fetch_history()).to_json()
    for secret in ("hugo@accounts.example", link.rpartition("/")[2]):
        assert not any(secret in words for words in told)
        assert secret not in history


@pytest.mark.parametrize("code", [550, 451])
async def test_a_registered_address_that_is_refused_is_named_nowhere(world: World, code: int) -> None:
    await identity(world, "usr_hugo", "hugo@accounts.example", "hugo.private@accounts.example")
    refused = {"address": "hugo@accounts.example", "code": code}
    (await world.http.post("/_sandbox/refusals", json=refused)).raise_for_status()
    submission = Submission(
        policy="B.1", subject="I can't sign in", requester=Requester(email="hugo.private@accounts.example")
    )
    ticket = await started(world, f"T-0000000000000{code}", submission, effect_budget_seconds=2)
    view = await world.until(ticket, "with-people")
    status = StepStatus.REFUSED if code == 550 else StepStatus.UNCERTAIN
    assert view.state.steps["d1-password-reset"].status is status
    assert "hugo@accounts.example" not in view.model_dump_json()
    assert "hugo@accounts.example" not in (await world.handle(ticket).fetch_history()).to_json()


async def test_three_failed_attempts_wait_for_security_operations_who_are_told_by_chat_and_text(world: World) -> None:
    await identity(world, "usr_bela", "bela@accounts.example", failures=3)
    ticket = await asked(world, "bela@accounts.example")
    view = await world.until(ticket, "waiting-approval")
    assert (rule(view), view.team) == ("B.1/secops", "security-operations")
    kinds = {record.step.kind for record in view.state.steps.values()}
    assert {"notice", "sms", "password-reset"} <= kinds
    assert await links_to(world, "bela@accounts.example") == []
    assert view.state.approval is not None
    yes = a.Approve(id="yes", actor=who("security-1"), plan_hash=view.state.approval.plan_hash)
    await world.act(ticket, yes)
    await world.until(ticket, "resolved")
    assert len(await links_to(world, "bela@accounts.example")) == 1


async def test_an_account_shut_for_security_goes_to_security_operations_with_nothing_to_approve(world: World) -> None:
    await identity(world, "usr_dino", "dino@accounts.example", status="locked_for_security")
    view = await world.until(await asked(world, "dino@accounts.example"), "with-people")
    assert (rule(view), view.team, view.state.approval) == ("B.1/secops", "security-operations", None)


async def test_an_account_that_was_deactivated_meanwhile_gets_no_link_and_people_the_ticket(world: World) -> None:
    await identity(world, "usr_caro", "caro@accounts.example", failures=3)
    ticket = await asked(world, "caro@accounts.example")
    view = await world.until(ticket, "waiting-approval")
    patch = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "active", "value": False}],
    }
    bearer = {"Authorization": "Bearer test_me"}
    (await world.http.patch("/identity/scim/v2/Users/usr_caro", json=patch, headers=bearer)).raise_for_status()
    assert view.state.approval is not None
    await world.act(ticket, a.Approve(id="yes", actor=who("security-1"), plan_hash=view.state.approval.plan_hash))
    view = await world.until(ticket, "with-people")
    assert view.state.steps["d1-password-reset"].status is StepStatus.REFUSED
    assert await links_to(world, "caro@accounts.example") == []


async def test_an_answer_that_was_lost_brings_one_link_and_one_message(world: World) -> None:
    await identity(world, "usr_alma", "alma@accounts.example")
    await world.fault(target="identity", kind="lost_answer", method="POST", path="/identity/v1/users/*", times=1)
    await world.until(await asked(world, "alma@accounts.example"), "resolved")
    assert len(await links_to(world, "alma@accounts.example")) == 1


async def test_an_identity_store_that_is_down_past_its_budget_gives_nothing_but_the_neutral_reply(world: World) -> None:
    await world.fault(target="identity", kind="outage")
    submission = Submission(policy="B.1", subject="I can't sign in", requester=Requester(email="alma@accounts.example"))
    ticket = await started(world, "T-00000000000000B1", submission, facts_budget_seconds=2)
    view = await world.settled(ticket)
    assert (rule(view), view.team) == (None, POLICY_EXCEPTION_QUEUE)
    assert view.state.steps["d1-reply"].status is StepStatus.DONE


@pytest.mark.parametrize(
    ("status", "attempts", "expected"),
    [
        ("deactivated", "once", "B.1/gap-standing"),
        ("active", "see the picture", "B.1/gap-unclear-report"),
        (None, "once", "B.1/gap-unknown-address"),
    ],
)
async def test_what_no_rule_covers_goes_to_the_exception_queue(
    world: World, status: str | None, attempts: str, expected: str
) -> None:
    if status is not None:
        await identity(world, "usr_gera", "gera@accounts.example", status=status)
    view = await world.settled(await asked(world, "gera@accounts.example", attempts=attempts))
    assert (rule(view), view.team) == (expected, POLICY_EXCEPTION_QUEUE)
    assert await links_to(world, "gera@accounts.example") == []
