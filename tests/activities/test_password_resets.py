"""The reset link of B.1: to the registered address, the same again when it is sent again, and nowhere else told."""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Awaitable, Iterator

import httpx
import pytest

from activities.identity.resets import PasswordResetEffect
from activities.outside import Outside
from activities.smtp import Smtp
from casewright.domain.effects import Done, Refused, Unreachable
from casewright.domain.steps import PasswordResetStep
from casewright.domain.tempo import WALL_CLOCK
from tests.activities.neighbours import HANDBOOK, Neighbours, OddSystem

KEY = "T-0000000000000001/d1-password-reset"
ALMA = "registered.alma@accounts.example"
STEP = PasswordResetStep(id="d1-password-reset", user="usr_alma", minutes=30)
LINK = re.compile(r"https?://\S+/identity/reset/\S+")
POST = {"method": "POST", "path": "/identity/v1/users/*"}
DAY = 86_400
FOREIGN = ("httpx", "httpcore", "asyncio", "uvicorn", "mail.log")
"""Libraries whose lines hold addresses; ``casewright.logs`` quiets the first two, and cleans what all others say."""


@pytest.fixture
def effect(neighbours: Neighbours) -> PasswordResetEffect:
    return PasswordResetEffect(neighbours.ours.identity, HANDBOOK, neighbours.smtp, WALL_CLOCK)


@pytest.fixture(autouse=True)
async def _alma(neighbours: Neighbours) -> None:
    await neighbours.identity("usr_alma", ALMA, "alma.second@accounts.example")


@pytest.fixture(autouse=True)
def _nothing_told(neighbours: Neighbours, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test does, no line of ours holds the link or the address."""
    caplog.set_level(logging.DEBUG)
    yield
    ours = [record for record in caplog.get_records("call") if not record.name.startswith(FOREIGN)]
    told = "\n".join(f"{record.getMessage()} {record.exc_info}" for record in ours)
    assert not any(secret in told for secret in secrets(neighbours))


def secrets(neighbours: Neighbours) -> set[str]:
    """What is for the registered address's reader alone."""
    return {ALMA, "alma.second", *(link.rpartition("/")[2] for link in links(neighbours))}


def links(neighbours: Neighbours) -> list[str]:
    return [link for mail in neighbours.mails for link in LINK.findall(mail.text or "")]


async def failing(neighbours: Neighbours, doing: Awaitable[Done], kind: type[Exception]) -> Exception:
    """The error that it ends with, which tells nobody the link or the address, not in its traceback either."""
    with pytest.raises(kind) as failed:
        await doing
    told = "".join(traceback.format_exception(failed.value)) + repr(failed.value)
    assert not any(secret in told for secret in secrets(neighbours))
    return failed.value


def resets(neighbours: Neighbours) -> int:
    return len(neighbours.sandbox.world.identity.resets.all())


async def passed(neighbours: Neighbours, seconds: int) -> None:
    (await neighbours.http.post("/_sandbox/clock", json={"advance_seconds": seconds})).raise_for_status()


async def used(link: str) -> None:
    async with httpx.AsyncClient() as browser:
        (await browser.post(link, data={"password": "another sample password"})).raise_for_status()


async def test_the_link_goes_to_the_registered_address_alone(
    neighbours: Neighbours, effect: PasswordResetEffect
) -> None:
    assert await effect.lookup(KEY, STEP) is None
    done = await effect.perform(KEY, STEP)
    (mail,) = neighbours.mails
    assert mail.recipients == [ALMA]
    assert mail.message_id == done.reference
    (link,) = links(neighbours)
    told = done.model_dump_json() + repr(done)
    assert not any(secret in told for secret in (*secrets(neighbours), link))
    assert done.reference == neighbours.smtp.message_id(KEY)


async def test_a_link_that_was_made_and_not_used_is_not_taken_for_mailed(
    neighbours: Neighbours, effect: PasswordResetEffect
) -> None:
    await neighbours.ours.identity.make_reset("usr_alma", 1800, KEY)
    assert await effect.lookup(KEY, STEP) is None


async def test_a_stores_answer_that_was_lost_after_it_made_the_link_brings_one_link_and_one_mail(
    neighbours: Neighbours, effect: PasswordResetEffect
) -> None:
    await neighbours.fault("identity", kind="lost_answer", times=1, **POST)
    await failing(neighbours, effect.perform(KEY, STEP), Unreachable)
    assert (resets(neighbours), neighbours.mails) == (1, [])
    assert await effect.lookup(KEY, STEP) is None
    await effect.perform(KEY, STEP)
    assert (resets(neighbours), len(links(neighbours))) == (1, 1)


async def test_a_mail_servers_answer_that_was_lost_brings_the_same_link_once_more_in_the_same_message(
    neighbours: Neighbours, effect: PasswordResetEffect
) -> None:
    await neighbours.fault("smtp", kind="lost_answer", times=1)
    await failing(neighbours, effect.perform(KEY, STEP), Unreachable)
    assert await effect.lookup(KEY, STEP) is None
    done = await effect.perform(KEY, STEP)
    first, again = neighbours.mails
    assert (first.message_id, first.recipients, first.text) == (again.message_id, again.recipients, again.text)
    assert done.reference == again.message_id
    assert len(set(links(neighbours))) == 1
    assert resets(neighbours) == 1


async def test_a_link_that_was_used_has_arrived_and_is_not_sent_again(
    neighbours: Neighbours, effect: PasswordResetEffect
) -> None:
    await neighbours.fault("smtp", kind="lost_answer", times=1)
    await failing(neighbours, effect.perform(KEY, STEP), Unreachable)
    (link,) = links(neighbours)
    await used(link)
    assert await effect.lookup(KEY, STEP) == Done(reference=neighbours.smtp.message_id(KEY))
    await passed(neighbours, 30 * DAY)
    assert await effect.lookup(KEY, STEP) == Done(reference=neighbours.smtp.message_id(KEY))
    assert await effect.lookup("T-0000000000000002/d1-password-reset", STEP) is None
    assert len(neighbours.mails) == 1


@pytest.mark.parametrize("status", ["locked_for_security", "deactivated_for_security", "deactivated"])
async def test_an_account_that_was_shut_after_a_lost_answer_gets_no_link(
    neighbours: Neighbours, effect: PasswordResetEffect, status: str
) -> None:
    await neighbours.fault("identity", kind="lost_answer", times=1, **POST)
    await failing(neighbours, effect.perform(KEY, STEP), Unreachable)
    await neighbours.standing("usr_alma", status)
    assert await effect.lookup(KEY, STEP) is None
    error = await failing(neighbours, effect.perform(KEY, STEP), Refused)
    assert str(error) == "the identity store refuses a reset: the account is not active"
    assert neighbours.mails == []


@pytest.mark.parametrize(
    "fault",
    [{"kind": "outage"}, {"kind": "outage", "mode": "refuse"}, {"kind": "error", "status": 451}],
    ids=["421", "connection refused", "451"],
)
async def test_a_mail_server_that_is_down_after_the_link_was_made_gets_the_same_link_later(
    neighbours: Neighbours, effect: PasswordResetEffect, fault: dict[str, object]
) -> None:
    await neighbours.fault("smtp", **fault)
    for _ in range(3):
        await failing(neighbours, effect.perform(KEY, STEP), Unreachable)
    assert (resets(neighbours), neighbours.mails) == (1, [])
    await neighbours.mended()
    await effect.perform(KEY, STEP)
    assert (resets(neighbours), len(links(neighbours))) == (1, 1)


@pytest.mark.parametrize(("code", "kind"), [(550, Refused), (451, Unreachable)])
async def test_a_registered_address_that_the_mail_server_refuses_is_not_named(
    neighbours: Neighbours, effect: PasswordResetEffect, code: int, kind: type[Exception]
) -> None:
    refusal = {"address": ALMA, "code": code}
    (await neighbours.http.post("/_sandbox/refusals", json=refusal)).raise_for_status()
    error = await failing(neighbours, effect.perform(KEY, STEP), kind)
    assert "address" in str(error)
    assert error.__cause__ is None
    assert neighbours.mails == []


async def test_a_message_that_the_mail_server_refuses_for_good_is_refused(
    neighbours: Neighbours, effect: PasswordResetEffect
) -> None:
    await neighbours.fault("smtp", kind="error", status=554)
    error = await failing(neighbours, effect.perform(KEY, STEP), Refused)
    assert "554" in str(error)


async def test_a_link_that_expired_before_it_could_be_mailed_is_not_mailed(
    neighbours: Neighbours, odd: tuple[OddSystem, Outside]
) -> None:
    system, ours = odd
    await neighbours.ours.identity.make_reset("usr_alma", 1800, KEY)
    account = {"id": "usr_alma", "userName": ALMA}
    secret = {"id": "rst_1", "url": "https://example.com/identity/reset/secret"}
    late = PasswordResetEffect(ours.identity, HANDBOOK, neighbours.smtp, WALL_CLOCK)
    for expires, kind in ((WALL_CLOCK.now().isoformat(), Refused), ("2020-01-01T00:00:00+14:00", Refused)):
        system.by_path = {
            "/password-resets": json.dumps({**secret, "expires": expires}).encode(),
            "/scim/": json.dumps(account).encode(),
        }
        error = await failing(neighbours, late.perform(KEY, STEP), kind)
        assert "had expired before it could be mailed" in str(error)
        assert "secret" not in str(error)
    assert neighbours.mails == []


async def test_a_user_who_is_gone_or_has_no_address_gets_no_link(
    neighbours: Neighbours, effect: PasswordResetEffect, odd: tuple[OddSystem, Outside]
) -> None:
    nobody = STEP.model_copy(update={"user": "usr_nobody"})
    error = await failing(neighbours, effect.perform(KEY, nobody), Refused)
    assert str(error) == "the identity store has no registered address of this user"
    system, ours = odd
    system.by_path = {"/scim/": b'{"id": "usr_alma", "userName": "alma", "emails": []}'}
    addressless = PasswordResetEffect(ours.identity, HANDBOOK, neighbours.smtp, WALL_CLOCK)
    await failing(neighbours, addressless.perform(KEY, STEP), Refused)
    assert resets(neighbours) == 0


async def test_a_key_that_made_another_link_is_refused(neighbours: Neighbours, effect: PasswordResetEffect) -> None:
    await neighbours.ours.identity.make_reset("usr_alma", 60, KEY)
    error = await failing(neighbours, effect.perform(KEY, STEP), Refused)
    assert str(error) == "the identity store knows this key for another reset"
    assert neighbours.mails == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "error", "status": 401}, "answered 401"),
        ({"kind": "error", "status": 404, "body": "html"}, "answered 404"),
        ({"kind": "error", "status": 409, "body": "html"}, "answered 409"),
        ({"kind": "error", "status": 429}, "answered 429"),
        ({"kind": "error", "status": 500}, "answered 500"),
        ({"kind": "outage"}, "answered 503"),
        ({"kind": "outage", "mode": "refuse"}, "gave no answer"),
    ],
)
async def test_a_store_that_gives_no_answer_is_asked_again_later(
    neighbours: Neighbours, effect: PasswordResetEffect, fault: dict[str, object], words: str
) -> None:
    await neighbours.fault("identity", **{**POST, **fault})
    assert words in str(await failing(neighbours, effect.perform(KEY, STEP), Unreachable))
    assert neighbours.mails == []


async def test_a_mail_server_that_isnt_there_is_tried_again(neighbours: Neighbours) -> None:
    nowhere = Smtp("127.0.0.1", 9, "support@example.com")
    effect = PasswordResetEffect(neighbours.ours.identity, HANDBOOK, nowhere, WALL_CLOCK)
    error = await failing(neighbours, effect.perform(KEY, STEP), Unreachable)
    assert error.__cause__ is None
