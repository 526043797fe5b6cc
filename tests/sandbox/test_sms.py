"""Text messages in Twilio's shape."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox import RunningSandbox
from tests.sandbox.rooms import SMS_ACCOUNT, SMS_LOGIN

MESSAGES = f"/sms/2010-04-01/Accounts/{SMS_ACCOUNT}/Messages.json"
TEXT = {"To": "+15550100", "From": "+15550199", "Body": "Your ticket T-1 is with us & being worked on."}


@pytest.fixture
async def sms(own_sandbox: RunningSandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=own_sandbox.http_url, auth=SMS_LOGIN) as client:
        yield client


async def test_a_text_message_is_taken_in_twilios_words(sms: httpx.AsyncClient) -> None:
    answer = await sms.post(MESSAGES, data=TEXT)
    shown = answer.json()
    assert answer.status_code == 201
    assert re.fullmatch(r"SM[0-9a-f]{32}", shown["sid"])
    assert {name: shown[name] for name in ("status", "to", "from", "body", "account_sid", "date_created")} == {
        "status": "queued",
        "to": TEXT["To"],
        "from": TEXT["From"],
        "body": TEXT["Body"],
        "account_sid": SMS_ACCOUNT,
        "date_created": "Mon, 02 Mar 2026 12:00:00 +0000",
    }
    read = (await sms.get(f"/sms{shown['uri']}")).json()
    assert (read["sid"], read["status"]) == (shown["sid"], "delivered")


async def test_there_are_no_idempotency_keys(sms: httpx.AsyncClient) -> None:
    for _ in range(2):
        await sms.post(MESSAGES, data=TEXT, headers={"Idempotency-Key": "k", "I-Twilio-Idempotency-Token": "k"})
    assert len((await sms.get(MESSAGES)).json()["messages"]) == 2


async def test_messages_are_listed_by_number_newest_first_in_pages(sms: httpx.AsyncClient) -> None:
    for body in ("one", "two", "three"):
        await sms.post(MESSAGES, data={**TEXT, "Body": body})
    await sms.post(MESSAGES, data={**TEXT, "To": "+15550101"})
    first = (await sms.get(MESSAGES, params={"To": TEXT["To"], "PageSize": 2})).json()
    second = (await sms.get(f"/sms{first['next_page_uri']}")).json()
    assert [message["body"] for message in first["messages"] + second["messages"]] == ["three", "two", "one"]
    assert (second["next_page_uri"], second["page"]) == (None, 1)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"To": ""}, 21604),
        ({"To": "0555 0100"}, 21211),
        ({"From": ""}, 21603),
        ({"From": "+0"}, 21212),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1_601}, 21617),
    ],
)
async def test_a_message_that_cannot_be_sent_has_twilios_error(
    sms: httpx.AsyncClient, wrong: dict[str, str], code: int
) -> None:
    answer = await sms.post(MESSAGES, data={**TEXT, **wrong})
    assert answer.status_code == 400
    body = answer.json()
    assert body.keys() == {"code", "message", "more_info", "status"}
    assert (body["code"], body["status"], body["more_info"]) == (
        code,
        400,
        f"https://www.twilio.com/docs/errors/{code}",
    )
    assert (await sms.get(MESSAGES)).json()["messages"] == []


@pytest.mark.parametrize("login", [None, ("ACother", "x"), (SMS_ACCOUNT, ""), ("user", "x")])
async def test_only_the_accounts_own_login_opens_the_door(
    sms: httpx.AsyncClient, login: tuple[str, str] | None
) -> None:
    async with httpx.AsyncClient(base_url=sms.base_url, auth=login) as other:
        answer = await other.post(MESSAGES, data=TEXT)
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


async def test_an_unknown_message_is_twilios_404(sms: httpx.AsyncClient) -> None:
    answer = await sms.get(MESSAGES.replace(".json", "/SM0.json"))
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)
