"""Mail that is accepted is kept and readable; what is refused isn't."""

from email.message import EmailMessage

import aiosmtplib
import httpx
import pytest

from sandbox import RunningSandbox


def letter(to: str, subject: str = "Your refund", message_id: str = "<m-1@example.com>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "support@example.com", to
    message["Subject"], message["Message-ID"] = subject, message_id
    message.set_content("We refunded 49.00 USD. Grüße")
    message.add_alternative("<p>We refunded <b>49.00 USD</b>.</p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="receipt.pdf")
    return message


async def send(own_sandbox: RunningSandbox, message: EmailMessage) -> None:
    await aiosmtplib.send(message, hostname=own_sandbox.smtp_host, port=own_sandbox.smtp_port, timeout=5)


async def test_an_accepted_message_is_kept_whole(own_sandbox: RunningSandbox, own_admin: httpx.AsyncClient) -> None:
    await send(own_sandbox, letter("ada@example.com"))
    [kept] = (await own_admin.get("/mailbox", params={"to": "ADA@example.com"})).json()
    assert (kept["mail_from"], kept["recipients"]) == ("support@example.com", ["ada@example.com"])
    assert (kept["subject"], kept["message_id"]) == ("Your refund", "<m-1@example.com>")
    assert "Grüße" in kept["text"]
    assert "<b>49.00 USD</b>" in kept["html"]
    assert kept["attachments"] == ["receipt.pdf"]
    assert b"receipt.pdf" in (await own_admin.get(f"/mailbox/{kept['id']}/source")).content
    assert "49.00 USD" in (await own_admin.get(f"/mail/{kept['id']}")).text


async def test_the_mailbox_is_searched_by_subject_and_message_id(
    own_sandbox: RunningSandbox, own_admin: httpx.AsyncClient
) -> None:
    await send(own_sandbox, letter("ada@example.com", "First"))
    await send(own_sandbox, letter("ben@example.org", "Second", "<m-2@example.com>"))
    assert len((await own_admin.get("/mailbox")).json()) == 2
    [second] = (await own_admin.get("/mailbox", params={"subject": "secon"})).json()
    assert (await own_admin.get("/mailbox", params={"message_id": "m-2@example.com"})).json() == [second]
    assert (await own_admin.get("/mailbox", params={"to": "nobody@example.com"})).json() == []


@pytest.mark.parametrize("code", [550, 451])
async def test_a_refused_address_gets_no_mail_and_others_do(
    own_sandbox: RunningSandbox, own_admin: httpx.AsyncClient, code: int
) -> None:
    await own_admin.post("/_sandbox/refusals", json={"address": "*@gone.example.com", "code": code, "times": 1})
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await send(own_sandbox, letter("ada@gone.example.com"))
    assert refused.value.recipients[0].code == code
    await send(own_sandbox, letter("ben@example.org"))
    await send(own_sandbox, letter("ada@gone.example.com"))
    assert [m["recipients"] for m in (await own_admin.get("/mailbox")).json()] == [
        ["ben@example.org"],
        ["ada@gone.example.com"],
    ]
    assert (await own_admin.get("/_sandbox/refusals")).json()[0]["hits"] == 1


async def test_a_refusal_can_be_taken_back(own_sandbox: RunningSandbox, own_admin: httpx.AsyncClient) -> None:
    await own_admin.post("/_sandbox/refusals", json={"address": "ada@example.com"})
    assert (await own_admin.delete("/_sandbox/refusals/ada@example.com")).status_code == 204
    await send(own_sandbox, letter("ada@example.com"))
    assert len((await own_admin.get("/mailbox")).json()) == 1


async def test_a_lost_answer_keeps_the_message_once_for_each_sending(
    own_sandbox: RunningSandbox, own_admin: httpx.AsyncClient
) -> None:
    await own_admin.post("/_sandbox/faults", json={"target": "smtp", "kind": "lost_answer", "times": 1})
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await send(own_sandbox, letter("ada@example.com"))
    await send(own_sandbox, letter("ada@example.com"))
    assert len((await own_admin.get("/mailbox", params={"message_id": "<m-1@example.com>"})).json()) == 2
    lost, _ = (await own_admin.get("/_sandbox/calls", params={"target": "smtp"})).json()
    assert (lost["method"], lost["status"], lost["key"]) == ("DATA", None, "<m-1@example.com>")


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ({"kind": "error", "status": 452, "path": "ada@*"}, aiosmtplib.SMTPDataError),
        ({"kind": "outage"}, aiosmtplib.SMTPException),
        ({"kind": "outage", "mode": "refuse"}, aiosmtplib.SMTPException),
    ],
)
async def test_mail_faults_keep_nothing(
    own_sandbox: RunningSandbox, own_admin: httpx.AsyncClient, order: dict[str, object], error: type[Exception]
) -> None:
    await own_admin.post("/_sandbox/faults", json={"target": "smtp", "times": 1, **order})
    with pytest.raises(error):
        await send(own_sandbox, letter("ada@example.com"))
    assert (await own_admin.get("/mailbox")).json() == []
    assert (await own_admin.get("/_sandbox/faults")).json()[0]["hits"] == 1
    await send(own_sandbox, letter("ada@example.com"))
    assert len((await own_admin.get("/mailbox")).json()) == 1


async def test_hostile_html_stays_inside_its_frame(own_sandbox: RunningSandbox, own_admin: httpx.AsyncClient) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "x@example.com", "ada@example.com", "<script>1</script>"
    message.set_content('"><script>2</script>', subtype="html")
    await send(own_sandbox, message)
    [kept] = (await own_admin.get("/mailbox")).json()
    for page in ("/", f"/mail/{kept['id']}"):
        assert "<script>" not in (await own_admin.get(page)).text
