"""Step ``replacement``: another piece, sent by the shop (HB C.1)."""

from __future__ import annotations

from activities.shipping.returns import Returns
from casewright.domain.effects import Done
from casewright.domain.steps import ReplacementStep


class ReplacementEffect:
    """Once per step by its key; once per piece, whoever asks, because the shop sees to it."""

    def __init__(self, returns: Returns) -> None:
        self._returns = returns

    async def lookup(self, key: str, step: ReplacementStep) -> Done | None:
        """What the shop sent under this key."""
        sent = await self._returns.sent_under(key)
        return Done(reference=sent.id) if sent is not None else None

    async def perform(self, key: str, step: ReplacementStep) -> Done:
        """Have it sent."""
        return Done(reference=(await self._returns.send(step.serial, key)).id)
