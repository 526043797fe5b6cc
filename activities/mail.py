"""Mail to customers, by SMTP, from the handbook's templates."""

from __future__ import annotations

import hashlib
from email.message import EmailMessage

import aiosmtplib

from casewright.domain.effects import Done, Refused, Unreachable
from casewright.domain.steps import MailStep
from casewright.handbook import Handbook

SMTP_SECONDS = 8


class MailEffect:
    """Step ``mail``: SMTP can't be asked what it sent, so a repeat carries the same Message-ID."""

    def __init__(self, handbook: Handbook, host: str, port: int, sender: str) -> None:
        self._handbook, self._host, self._port, self._sender = handbook, host, port, sender

    async def lookup(self, key: str, step: MailStep) -> Done | None:
        """Nothing: SMTP keeps no record that can be asked."""
        return None

    async def perform(self, key: str, step: MailStep) -> Done:
        """Hand the message to the mail server."""
        message = self._compose(key, step)
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
        return Done(reference=str(message["Message-ID"]))

    def _compose(self, key: str, step: MailStep) -> EmailMessage:
        ticket = key.partition("/")[0]
        subject, body = self._handbook.render(step.template, {"ticket": ticket, **step.values})
        message = EmailMessage()
        message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{self._sender.partition('@')[2]}>"
        message["From"], message["To"], message["Subject"] = self._sender, step.to, subject
        # Answers to automatic mail must not start a loop (RFC 3834).
        message["Auto-Submitted"] = "auto-replied"
        message["X-Casewright-Ticket"] = ticket
        message.set_content(body)
        return message
