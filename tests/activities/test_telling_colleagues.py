"""Notices by chat, text messages and requests for approval by mail, against the sandbox over real protocols."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from activities import chat as chats
from activities import sms as texts
from activities.approval_mail import ApprovalMailEffect
from activities.mail import MailEffect
from activities.notices import NoticeEffect
from activities.sms import SmsEffect
from activities.smtp import Smtp
from activities.staff_words import StaffWords
from activities.survey import Surveys
from casewright.domain.effects import Refused, Unreachable
from casewright.domain.steps import ApprovalMailStep, MailStep, NoticeStep, SmsStep
from casewright.domain.tempo import WALL_CLOCK
from casewright.embedded.postgres import PostgresUrls
from casewright.handbook import Handbook
from casewright.links import Links
from casewright.records import people
from casewright.records import pool as pools
from casewright.records.journal import flush
from casewright.records.people import NamedPerson
from casewright.records.postgres import Pool
from sandbox import RunningSandbox, running_sandbox
from tests.records.story import Story, refund

HANDBOOK = Handbook.load(Path(__file__).parent.parent.parent / "handbook")
WORDS = StaffWords(HANDBOOK, "https://support.example.com")
ACCOUNT = "ACtest"
AT_RISK = NoticeStep(
    id="notice-7",
    template="staff-at-risk",
    team="billing-specialists",
    to=("agent-1", "team-lead"),
    values={"clock": "first response (DF 3.1)", "deadline": "2026-03-02T16:00+00:00", "state": "nobody has it"},
)
LOW = NoticeStep(id="notice-9", template="staff-low-rating", to=("team-lead",), values={"score": "1"})
TEXT = SmsStep(id="alarm", template="staff-low-rating", roles=("team-lead",), values={"score": "1"})
_numbers = itertools.count(1)


@dataclass
class Room:
    """The sandbox, and what its chat and its text service hold."""

    sandbox: RunningSandbox
    http: httpx.AsyncClient

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Number and text of each text message."""
        return [(one.to, one.body) for one in self.sandbox.world.sms.all()]

    @property
    def posted(self) -> list[tuple[str, str]]:
        """Channel and text of each chat message."""
        names = {channel.id: channel.name for channel in self.sandbox.world.chat.channels()}
        return [(names[one.channel], one.text) for one in self.sandbox.world.chat.messages()]

    async def fault(self, **order: object) -> None:
        (await self.http.post("/_sandbox/faults", json=order)).raise_for_status()


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with running_sandbox() as sandbox, httpx.AsyncClient(base_url=sandbox.http_url) as http:
        channels = [{"id": "C0SUPPORT", "name": "support"}, {"id": "C0BILLING", "name": "billing"}]
        (await http.post("/_sandbox/seed", json={"channels": channels})).raise_for_status()
        yield Room(sandbox, http)


@pytest.fixture
async def notices(room: Room) -> AsyncIterator[NoticeEffect]:
    async with chats.connected(f"{room.sandbox.http_url}/chat/api", "xoxb-test") as chat:
        yield NoticeEffect(WORDS, chat)


@pytest.fixture
async def pool(database: PostgresUrls) -> AsyncIterator[Pool]:
    opened = await pools.connect(database.application, max_size=4)
    yield opened
    await opened.close()


@pytest.fixture
async def sms(room: Room, pool: Pool) -> AsyncIterator[SmsEffect]:
    """Two leads have phones, one has none."""
    await named(pool, lead("ann", "+15550100001"), lead("bea", "+15550100002"), lead("cas", None))
    async with texts.connected(f"{room.sandbox.http_url}/sms", ACCOUNT, "secret", "+15550199999") as service:
        yield SmsEffect(WORDS, service, pool, WALL_CLOCK)


def lead(id: str, phone: str | None) -> NamedPerson:
    return NamedPerson(id=id, name=id.title(), kind="person", roles=("team-lead",), phone=phone)


async def named(pool: Pool, *everybody: NamedPerson) -> None:
    async with pool.acquire() as connection:
        await people.sync(connection, everybody)


def fresh_key(step: Any) -> str:
    return f"T-{next(_numbers):016d}/{step.id}"


async def test_a_notice_is_in_its_teams_channel_with_the_ticket_and_where_to_look(
    room: Room, notices: NoticeEffect
) -> None:
    key = fresh_key(AT_RISK)
    ticket = key.partition("/")[0]
    assert await notices.lookup(key, AT_RISK) is None
    done = await notices.perform(key, AT_RISK)
    ((channel, text),) = room.posted
    assert channel == HANDBOOK.charter.team("billing-specialists").channel.removeprefix("#")
    for told in (ticket, "first response (DF 3.1)", f"https://support.example.com/tickets/{ticket}", "For: agent-1"):
        assert told in text
    assert await notices.lookup(key, AT_RISK) == done
    assert await notices.lookup(fresh_key(AT_RISK), AT_RISK) is None


@pytest.mark.parametrize(
    ("team", "to", "named"),
    [
        ("finance-directors", ("agent-1",), "agent-1, finance-director"),
        ("billing-specialists", (), "team-lead"),
        ("billing-specialists", ("team-lead", "operations-manager"), "team-lead, operations-manager"),
        (None, (), "team-lead"),
    ],
)
async def test_a_notice_that_asks_for_it_names_the_teams_own_lead_once(
    room: Room, notices: NoticeEffect, team: str | None, to: tuple[str, ...], named: str
) -> None:
    step = AT_RISK.model_copy(update={"team": team, "to": to, "lead": True})
    await notices.perform(fresh_key(step), step)
    ((_, text),) = room.posted
    assert text.endswith(f"\nFor: {named}")


async def test_a_notice_of_no_team_goes_where_the_policy_exception_queue_looks(
    room: Room, notices: NoticeEffect
) -> None:
    await notices.perform(fresh_key(LOW), LOW)
    assert [channel for channel, _ in room.posted] == ["support"]


async def test_a_notice_whose_answer_was_lost_is_found_far_back_and_not_posted_again(
    room: Room, notices: NoticeEffect
) -> None:
    key = fresh_key(LOW)
    await room.fault(target="chat", path="*/chat.postMessage", kind="lost_answer", times=1)
    with pytest.raises(Unreachable):
        await notices.perform(key, LOW)
    for _ in range(chats.PAGE + 5):
        room.sandbox.world.chat.post(_support(room), "something else", room.sandbox.world.clock.now(), None)
    assert await notices.lookup(key, LOW) is not None


def _support(room: Room) -> Any:
    channel = room.sandbox.world.chat.named("support")
    assert channel is not None
    return channel


@pytest.mark.parametrize(
    "fault",
    [{"kind": "error", "status": 429}, {"kind": "error", "status": 500}, {"kind": "outage"},
     {"kind": "error", "status": 502, "body": "html"}],
)  # fmt: skip
async def test_a_chat_that_cant_be_had_now_is_asked_again_later(
    room: Room, notices: NoticeEffect, fault: dict[str, object]
) -> None:
    await room.fault(target="chat", **fault)
    with pytest.raises(Unreachable):
        await notices.perform(fresh_key(LOW), LOW)
    with pytest.raises(Unreachable):
        await notices.lookup(fresh_key(LOW), LOW)
    assert room.posted == []


async def test_what_the_chat_refuses_is_final(room: Room) -> None:
    await room.http.post("/_sandbox/reset")
    async with chats.connected(f"{room.sandbox.http_url}/chat/api", "xoxb-test") as chat:
        effect = NoticeEffect(WORDS, chat)
        with pytest.raises(Refused, match="channel_not_found"):
            await effect.perform(fresh_key(LOW), LOW)
        with pytest.raises(Refused, match="no channel #support"):
            await effect.lookup(fresh_key(LOW), LOW)
    async with chats.connected(f"{room.sandbox.http_url}/chat/api", "not a token") as chat:
        with pytest.raises(Refused, match="invalid_auth"):
            await NoticeEffect(WORDS, chat).perform(fresh_key(LOW), LOW)


async def test_without_a_chat_or_a_text_service_a_step_says_so(pool: Pool) -> None:
    async with chats.connected(None, "") as chat, texts.connected(None, "", "", "") as service:
        notice, text = NoticeEffect(WORDS, chat), SmsEffect(WORDS, service, pool, WALL_CLOCK)
        for done in (await notice.lookup("k", LOW), await notice.perform("k", LOW)):
            assert done is not None
            assert done.reference == "no chat is set up"
        for done in (await text.lookup("k", TEXT), await text.perform("k", TEXT)):
            assert done is not None
            assert done.reference == "no text messages are set up"


async def test_a_text_goes_once_to_each_number_and_is_found_by_its_reference(room: Room, sms: SmsEffect) -> None:
    key = fresh_key(TEXT)
    assert await sms.lookup(key, TEXT) is None
    assert (await sms.perform(key, TEXT)).reference == "texts to 2"
    assert {number for number, _ in room.texts} == {"+15550100001", "+15550100002"}
    assert all(key.partition("/")[0] in text and "\n" not in text for _, text in room.texts)
    assert await sms.lookup(key, TEXT) is not None
    await sms.perform(key, TEXT)
    assert len(room.texts) == 2
    await sms.perform(fresh_key(TEXT), TEXT)
    assert len(room.texts) == 4


async def test_of_texts_that_were_cut_short_only_the_missing_ones_are_sent(room: Room, sms: SmsEffect) -> None:
    key = fresh_key(TEXT)
    await room.fault(target="sms", method="POST", kind="lost_answer", times=1)
    with pytest.raises(Unreachable):
        await sms.perform(key, TEXT)
    assert len(room.texts) == 1
    assert await sms.lookup(key, TEXT) is None
    await sms.perform(key, TEXT)
    assert sorted(number for number, _ in room.texts) == ["+15550100001", "+15550100002"]


async def test_a_number_that_is_refused_is_not_told_in_the_reason(room: Room, pool: Pool) -> None:
    await named(pool, lead("ann", "+15550100001"))
    async with texts.connected(f"{room.sandbox.http_url}/sms", ACCOUNT, "secret", "no sender at all!") as service:
        with pytest.raises(Refused) as refused:
            await SmsEffect(WORDS, service, pool, WALL_CLOCK).perform(fresh_key(TEXT), TEXT)
    assert "5550100001" not in str(refused.value)


async def test_a_number_that_is_refused_keeps_nobody_else_from_it(room: Room, sms: SmsEffect) -> None:
    await room.fault(target="sms", method="POST", kind="error", status=400, times=1)
    assert (await sms.perform(fresh_key(TEXT), TEXT)).reference == "texts to 1, 1 refused"
    assert len(room.texts) == 1


async def test_nobody_with_a_phone_is_told_of(room: Room, sms: SmsEffect, pool: Pool) -> None:
    await named(pool, lead("cas", None))
    assert (await sms.perform(fresh_key(TEXT), TEXT)).reference == "nobody has a phone number"


async def test_a_request_that_the_journal_doesnt_have_yet_is_tried_again(room: Room, pool: Pool) -> None:
    smtp = Smtp(room.sandbox.smtp_host, room.sandbox.smtp_port, "support@example.com")
    step = ApprovalMailStep(id="approval-3", plan_hash="0" * 64, roles=("support-manager",))
    effect = ApprovalMailEffect(HANDBOOK, smtp, pool, Links("a key"), "https://support.example.com", WALL_CLOCK)
    begun = Story(1)
    await flush(pool, begun.call(refund("49.00")).rows)
    for ticket in (begun.ticket, "T-0000000000NOBODY"):
        with pytest.raises(Unreachable, match="doesn't have the request yet"):
            await effect.perform(f"{ticket}/{step.id}", step)


async def test_without_a_key_for_links_nobody_is_asked_by_mail_and_no_survey_goes_out(room: Room, pool: Pool) -> None:
    smtp = Smtp(room.sandbox.smtp_host, room.sandbox.smtp_port, "support@example.com")
    step = ApprovalMailStep(id="approval-3", plan_hash="0" * 64, roles=("support-manager",))
    effect = ApprovalMailEffect(HANDBOOK, smtp, pool, None, "https://support.example.com", WALL_CLOCK)
    assert "no links can be signed" in (await effect.perform(fresh_key(step), step)).reference
    survey = MailStep(id="survey-1", template="survey", to="ada@example.com", values={"subject": "x"}, link="survey")
    mail = MailEffect(HANDBOOK, smtp, Surveys(pool, None, "https://support.example.com", 14, WALL_CLOCK))
    with pytest.raises(Refused, match="CASEWRIGHT_LINK_KEY"):
        await mail.perform(fresh_key(survey), survey)
    assert room.sandbox.world.mailbox.all() == []
