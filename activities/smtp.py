"""Messages handed to the mail server, with its answers as the domain's."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib

from casewright.domain.effects import Refused, Unreachable

SMTP_SECONDS = 8


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    content: bytes
    kind: str
    """Its media type, such as ``application/pdf``."""

    def __repr__(self) -> str:
        """Without what is in it."""
        return f"Attachment({self.name}, {len(self.content)} bytes)"


class Smtp:
    """A mail server, and who our mail comes from."""

    def __init__(self, host: str, port: int, sender: str) -> None:
        self._host, self._port, self._sender = host, port, sender

    def compose(self, key: str, to: str, subject: str, body: str, attachment: Attachment | None = None) -> EmailMessage:
        """A message of its own for this key: ``ticket/step``, or that and more. Sent again, it has the same
        Message-ID."""
        message = EmailMessage()
        message["Message-ID"] = self.message_id(key)
        message["From"], message["To"], message["Subject"] = self._sender, to, subject
        # Answers to automatic mail must not start a loop (RFC 3834).
        message["Auto-Submitted"] = "auto-replied"
        message["X-Casewright-Ticket"], message["X-Casewright-Step"] = key.split("/")[:2]
        message.set_content(body)
        if attachment is not None:
            main, _, sub = attachment.kind.partition("/")
            message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.name)
        return message

    def message_id(self, key: str) -> str:
        """What the message of a key is called."""
        return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{self._sender.partition('@')[2]}>"

    async def send(self, message: EmailMessage) -> None:
        """Hand it over.

        Raises:
            Refused: the server will never take it.
            Unreachable: not now, or there was no answer.
        """
        try:
            await aiosmtplib.send(message, hostname=self._host, port=self._port, timeout=SMTP_SECONDS)
        except aiosmtplib.SMTPRecipientsRefused as error:
            # Every recipient was refused; 4xx means not now, 5xx never.
            if all(r.code >= 500 for r in error.recipients):
                raise Refused(f"the mail server refused the address: {error.recipients[0].code}") from error
            raise Unreachable("the mail server refused the address for now") from error
        except aiosmtplib.SMTPResponseException as error:
            if error.code >= 500:
                raise Refused(f"the mail server refused the message: {error.code}") from error
            raise Unreachable(f"the mail server refused the message for now: {error.code}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unreachable(f"the mail server gave no answer: {type(error).__name__}") from error
