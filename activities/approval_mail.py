"""Requests for approval by mail: each person who may answer gets a link of their own (RULES §5)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email.message import EmailMessage

from activities.smtp import Smtp
from casewright.approval_words import amounts, evidence, steps_of, what_happens
from casewright.domain.effects import Done, Refused, Unreachable
from casewright.domain.state import Approval, TicketState
from casewright.domain.steps import ApprovalMailStep
from casewright.domain.tempo import Tempo
from casewright.handbook import Handbook
from casewright.links import APPROVAL_LINK, ApprovalLink, Links
from casewright.records import people, reads
from casewright.records.people import Colleague
from casewright.records.postgres import Pool

NOBODY = Done(reference="nobody has an address")
NO_LINKS = Done(reference="nobody was asked by mail: no links can be signed")
LOOKS = (0.0, 0.05, 0.1, 0.2, 0.4)
"""Seconds before each look: what is a moment late needs no other attempt, which would count as a failure."""
OVER = Done(reference="nobody was asked by mail: the request was over")


@dataclass(frozen=True)
class ApprovalMailEffect:
    """Step ``approval-mail``: one message to each; sent again, a message has the same id and the same link."""

    handbook: Handbook
    smtp: Smtp
    pool: Pool
    links: Links | None
    pages_url: str
    tempo: Tempo

    async def lookup(self, key: str, step: ApprovalMailStep) -> Done | None:
        """Nothing: SMTP keeps no record that can be asked."""
        return None

    async def perform(self, key: str, step: ApprovalMailStep) -> Done:
        """Mail each of them."""
        if self.links is None:
            return NO_LINKS
        state = await self._state(key, step)
        approval = state.approval
        if approval is None or approval.plan_hash != step.plan_hash or not state.awaits_approval:
            return OVER
        async with self.pool.acquire() as connection:
            found = await people.holders(connection, step.roles, self.tempo.now(), not_to=step.not_to)
        reached = [colleague for colleague in found if colleague.mail is not None]
        if not reached:
            return NOBODY
        return await self._send([self._message(key, step, state, approval, self.links, one) for one in reached])

    async def _state(self, key: str, step: ApprovalMailStep) -> TicketState:
        """The ticket as its journal has it, once it has the request: another activity may still be carrying that."""
        for pause in LOOKS:
            await asyncio.sleep(pause)
            view = await reads.ticket(self.pool, key.partition("/")[0])
            if view is not None and step.id in view.state.steps:
                return view.state
        raise Unreachable("the journal doesn't have the request yet")

    async def _send(self, messages: list[EmailMessage]) -> Done:
        """All at once; who can't be reached now has the whole step repeated, under the same Message-IDs."""
        sent = await asyncio.gather(*(self.smtp.send(message) for message in messages), return_exceptions=True)
        failed = [outcome for outcome in sent if outcome is not None]
        for outcome in failed:
            if not isinstance(outcome, Refused):
                raise outcome
        if len(failed) == len(messages):
            raise failed[0]
        refused = f", {len(failed)} refused" if failed else ""
        return Done(reference=f"mail to {len(messages) - len(failed)}{refused}")

    def _message(
        self, key: str, step: ApprovalMailStep, state: TicketState, approval: Approval, links: Links, to: Colleague
    ) -> EmailMessage:
        steps = steps_of(state, approval)
        values = {
            "ticket": state.id,
            "name": to.name,
            "what": "; ".join(what_happens(one) for one in steps),
            "amount": amounts(steps),
            "evidence": evidence(state, approval),
            "link": f"{self.pages_url}/approve/{links.sign(self._link(key, step, state, links, to))}",
        }
        template = "staff-approval-reminder" if step.reminder else "staff-approval-request"
        return self.smtp.compose(f"{key}/{to.id}", to.mail or "", *self.handbook.render(template, values))

    def _link(self, key: str, step: ApprovalMailStep, state: TicketState, links: Links, to: Colleague) -> ApprovalLink:
        return ApprovalLink(
            nonce=links.nonce("approval", key, to.id),
            expires=self.tempo.now() + APPROVAL_LINK,
            ticket=state.id,
            person=to.id,
            plan_hash=step.plan_hash,
        )
