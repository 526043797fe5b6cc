"""Labels and replacements against the sandbox: made once however long ago, and our token goes nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import pytest

from activities import json_api
from activities.json_api import JsonApi, connected
from activities.shipping.replacement import ReplacementEffect
from activities.shipping.return_label import ReturnLabelEffect
from activities.shipping.returns import Label, Returns
from activities.smtp import Smtp
from casewright.domain.effects import Refused, Unreachable
from casewright.domain.steps import ReplacementStep, ReturnLabelStep
from casewright.handbook import Handbook
from sandbox import RunningSandbox, running_sandbox
from sandbox.seeding import plant
from tests.sandbox.rooms import SHIPPING_SEED
from tests.sandbox.test_warranty import UNITS

HANDBOOK = Handbook.load(Path(__file__).parents[2] / "handbook")
KEY = "T-0000000000000001/d1-return-label"
INES = "ines@orders.example"
STEP = ReturnLabelStep(id="d1-return-label", to=INES, order="ORD-1", product="Desk lamp")
DAY = {"advance_seconds": 86_401}


@pytest.fixture
async def place() -> AsyncIterator[RunningSandbox]:
    async with running_sandbox() as sandbox:
        plant(sandbox.world, {**SHIPPING_SEED, "units": UNITS})
        yield sandbox


@pytest.fixture
async def returns(place: RunningSandbox) -> AsyncIterator[Returns]:
    async with (
        connected(f"{place.http_url}/shop/v1", "test_shop", "the shop") as shop,
        connected(f"{place.http_url}/carrier/v1", "test_carrier", "the carrier") as carrier,
    ):
        yield Returns(shop, carrier)


async def arranged(place: RunningSandbox, path: str, body: Mapping[str, object]) -> None:
    async with httpx.AsyncClient(base_url=place.http_url) as http:
        (await http.post(f"/_sandbox/{path}", json=body)).raise_for_status()


def label_effect(place: RunningSandbox, returns: Returns) -> ReturnLabelEffect:
    return ReturnLabelEffect(returns, HANDBOOK, Smtp(place.smtp_host, place.smtp_port, "support@example.com"))


async def test_a_label_is_made_once_even_when_its_mail_waited_for_longer_than_the_carrier_remembers(
    place: RunningSandbox, returns: Returns
) -> None:
    await arranged(place, "faults", {"target": "smtp", "kind": "outage", "mode": "refuse", "times": 1})
    effect = label_effect(place, returns)
    with pytest.raises(Unreachable):
        await effect.perform(KEY, STEP)
    await arranged(place, "clock", DAY)
    done = await effect.perform(KEY, STEP)
    (label,) = place.world.returns.labels()
    assert done.reference == label.tracking_number
    (mail,) = place.world.mailbox.find(to=INES)
    assert mail.attachments == [f"{label.tracking_number}.pdf"]


async def test_a_repeated_mail_has_the_same_message_id_and_the_same_file(
    place: RunningSandbox, returns: Returns
) -> None:
    effect = label_effect(place, returns)
    await effect.perform(KEY, STEP)
    await effect.perform(KEY, STEP)
    first, second = place.world.mailbox.find(to=INES)
    assert (first.message_id, first.attachments) == (second.message_id, second.attachments)
    assert len(place.world.returns.labels()) == 1


async def test_a_replacement_is_found_by_its_key_however_long_ago(place: RunningSandbox, returns: Returns) -> None:
    effect, step = ReplacementEffect(returns), ReplacementStep(id="d1-replacement", serial="SN-1")
    assert await effect.lookup("T-1/d1-replacement", step) is None
    done = await effect.perform("T-1/d1-replacement", step)
    await arranged(place, "clock", DAY)
    assert await effect.lookup("T-1/d1-replacement", step) == done


@pytest.mark.parametrize(
    ("serial", "words"), [("SN-1", "replaced this piece before"), ("SN-2", "none left"), ("SN-9", "no such serial")]
)
async def test_what_the_shop_will_never_do_is_refused(returns: Returns, serial: str, words: str) -> None:
    await returns.send("SN-1", "T-1/d1-replacement")
    with pytest.raises(Refused, match=words):
        await returns.send(serial, "T-2/d1-replacement")


@pytest.mark.parametrize("status", [401, 403, 404, 409, 422, 429, 500])
async def test_a_refusal_in_words_that_we_dont_know_is_no_certain_answer(
    place: RunningSandbox, returns: Returns, status: int
) -> None:
    await arranged(place, "faults", {"target": "shop", "kind": "error", "method": "POST", "status": status})
    with pytest.raises(Unreachable):
        await returns.send("SN-1", "T-1/d1-replacement")


async def test_a_file_that_is_no_pdf_is_not_mailed(place: RunningSandbox, returns: Returns) -> None:
    page = Label(id="lbl_1", tracking_number="RET1", label_url=f"{place.http_url}/mailbox")
    with pytest.raises(Unreachable, match="no PDF"):
        await returns.file(page)


async def test_a_file_larger_than_any_label_is_left(
    place: RunningSandbox, returns: Returns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_api, "MOST_BYTES", 100)
    label = await returns.label_for("ORD-1", KEY)
    with pytest.raises(Unreachable, match="more than 100 bytes"):
        await returns.file(label)


async def test_our_token_goes_to_the_system_itself_and_to_nobody_it_links_to() -> None:
    seen: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
        await writer.drain()
        writer.close()

    async with (
        await asyncio.start_server(listen, "127.0.0.1", 0) as ours,
        await asyncio.start_server(listen, "127.0.0.1", 0) as theirs,
    ):
        here, there = (f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in (ours, theirs))
        async with connected(f"{here}/carrier/v1", "test_secret", "the carrier") as api:
            assert await api.file(f"{here}/label.pdf") == b"hi"
            assert await api.file(f"{there}/label.pdf") == b"hi"
    assert [b"test_secret" in request for request in seen] == [True, False]


async def test_neither_a_links_address_nor_a_label_stands_in_what_is_said_of_them(returns: Returns) -> None:
    label = Label(id="lbl_1", tracking_number="RET1", label_url="http://127.0.0.1:9/secret-of-a-label")
    assert "secret" not in repr(label)
    with pytest.raises(Unreachable) as failed:
        await returns.file(label)
    assert "secret" not in repr(failed.value)
    with pytest.raises(Unreachable, match="not set up"):
        await JsonApi(None, "the carrier").file(label.label_url)
