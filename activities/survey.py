"""The address of a ticket's survey: signed, for one answer, until the reopening window ends (RULES §7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from casewright.domain.clocks import Milestone
from casewright.domain.effects import Refused
from casewright.domain.state import TicketState
from casewright.domain.tempo import Tempo
from casewright.links import Links, SurveyLink
from casewright.records import reads
from casewright.records.postgres import Pool


@dataclass(frozen=True)
class Surveys:
    """Makes the links."""

    pool: Pool
    links: Links | None
    """None: nothing can be signed."""
    pages_url: str
    reopening_days: int
    tempo: Tempo

    async def address(self, key: str) -> str:
        """The link of the survey that goes out under this key; the same again when it is sent again.

        Raises:
            Refused: there is no key to sign it with.
        """
        if self.links is None:
            raise Refused("no link to the survey can be signed: set CASEWRIGHT_LINK_KEY")
        ticket = key.partition("/")[0]
        view = await reads.ticket(self.pool, ticket)
        began = (window_began(view.state) if view is not None else None) or self.tempo.now()
        expires = began + timedelta(days=self.reopening_days)
        link = SurveyLink(nonce=self.links.nonce("survey", key), expires=expires, ticket=ticket)
        return f"{self.pages_url}/survey/{self.links.sign(link)}"


def window_began(state: TicketState) -> datetime | None:
    """The closure; under a neutral policy the one answer, so that the time tells nothing of what was found."""
    if state.ruling is not None and state.ruling.neutral:
        return state.reached.get(Milestone.ANSWERED)
    return state.resolved_at
