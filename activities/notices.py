"""Word to colleagues: their team's channel in a Slack-shaped chat."""

from __future__ import annotations

from casewright.domain.effects import Done
from casewright.domain.steps import ApprovalMailStep, NoticeStep


class NoticeEffect:
    """Step ``notice``."""

    async def lookup(self, key: str, step: NoticeStep) -> Done | None:
        """What was posted under this key."""
        return None

    async def perform(self, key: str, step: NoticeStep) -> Done:
        """Post it."""
        return Done(reference="no chat is set up")


class ApprovalMailEffect:
    """Step ``approval-mail``."""

    async def lookup(self, key: str, step: ApprovalMailStep) -> Done | None:
        """Nothing: SMTP keeps no record that can be asked."""
        return None

    async def perform(self, key: str, step: ApprovalMailStep) -> Done:
        """Mail each of them."""
        return Done(reference="nobody has an address")
