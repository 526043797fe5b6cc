"""One accepted message, taken apart for reading."""

from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from secrets import token_hex

from pydantic import BaseModel


class StoredMessage(BaseModel):
    """A message as accepted: its envelope, what a reader shows of it, and its source (bytes as Latin-1)."""

    id: str
    received_at: datetime
    mail_from: str
    recipients: list[str]
    headers: list[tuple[str, str]]
    subject: str
    message_id: str
    text: str | None
    html: str | None
    attachments: list[str]
    source: str


def read_message(content: bytes, mail_from: str, recipients: list[str], received_at: datetime) -> StoredMessage:
    """Take a message apart; what can't be decoded stays readable in ``source``."""
    message = message_from_bytes(content, policy=modern)
    return StoredMessage(
        id=f"mail_{token_hex(6)}",
        received_at=received_at,
        mail_from=mail_from,
        recipients=recipients,
        headers=[(name, str(value)) for name, value in message.items()],
        subject=str(message.get("Subject", "")),
        message_id=str(message.get("Message-ID", "")).strip(),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=[part.get_filename() or part.get_content_type() for part in message.iter_attachments()],
        source=content.decode("latin-1"),
    )


def _body(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return None
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        payload = part.get_payload(decode=True)
        return payload.decode("latin-1") if isinstance(payload, bytes) else None
