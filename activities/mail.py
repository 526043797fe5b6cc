"""Mail to customers, by SMTP, from the handbook's templates."""

from __future__ import annotations

from activities.smtp import Smtp
from activities.survey import Surveys
from casewright.domain.effects import Done, Refused
from casewright.domain.steps import MailStep
from casewright.handbook import Handbook


class MailEffect:
    """Step ``mail``: SMTP can't be asked what it sent, so a repeat carries the same Message-ID."""

    def __init__(self, handbook: Handbook, smtp: Smtp, surveys: Surveys | None = None) -> None:
        self._handbook, self._smtp, self._surveys = handbook, smtp, surveys

    async def lookup(self, key: str, step: MailStep) -> Done | None:
        """Nothing: SMTP keeps no record that can be asked."""
        return None

    async def perform(self, key: str, step: MailStep) -> Done:
        """Hand the message to the mail server."""
        values = {"ticket": key.partition("/")[0], **step.values}
        if step.link is not None:
            values["link"] = await self._address(key)
        message = self._smtp.compose(key, step.to, *self._handbook.render(step.template, values))
        await self._smtp.send(message)
        return Done(reference=str(message["Message-ID"]))

    async def _address(self, key: str) -> str:
        if self._surveys is None:
            raise Refused("no links to a survey are set up")
        return await self._surveys.address(key)
