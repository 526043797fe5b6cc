"""Word to colleagues: their team's channel in a Slack-shaped chat."""

from __future__ import annotations

from activities.chat import Chat
from activities.staff_words import StaffWords
from casewright.domain.charter import Team
from casewright.domain.effects import Done
from casewright.domain.people import POLICY_EXCEPTION_QUEUE
from casewright.domain.steps import NoticeStep

NO_CHAT = Done(reference="no chat is set up")


class NoticeEffect:
    """Step ``notice``: once in the channel, found again by the key that is kept beside the message."""

    def __init__(self, words: StaffWords, chat: Chat | None) -> None:
        self._words, self._chat = words, chat

    async def lookup(self, key: str, step: NoticeStep) -> Done | None:
        """What was posted under this key."""
        if self._chat is None:
            return NO_CHAT
        found = await self._chat.find(self._channel(step), key)
        return Done(reference=found) if found is not None else None

    async def perform(self, key: str, step: NoticeStep) -> Done:
        """Post it."""
        if self._chat is None:
            return NO_CHAT
        subject, body = self._words.say(key, step.template, step.values)
        to = self._named(step)
        named = f"\nFor: {', '.join(to)}" if to else ""
        return Done(reference=await self._chat.post(self._channel(step), f"{subject}\n\n{body.strip()}{named}", key))

    def _channel(self, step: NoticeStep) -> str:
        return self._team(step).channel

    def _named(self, step: NoticeStep) -> tuple[str, ...]:
        """Whom it is for, each once; the team's own lead where the step asks for it (RULES §4)."""
        lead = (self._team(step).lead,) if step.lead else ()
        return tuple(dict.fromkeys((*step.to, *lead)))

    def _team(self, step: NoticeStep) -> Team:
        return self._words.handbook.charter.team(step.team or POLICY_EXCEPTION_QUEUE)
