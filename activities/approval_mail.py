"""Requests for approval by mail: each person who may answer gets a link of their own, once (RULES §5)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage

from activities.progress import Progress, Told
from activities.smtp import Smtp
from casewright.approval_words import amounts, evidence, steps_of, what_happens
from casewright.domain.effects import Done, Refused, Unreachable
from casewright.domain.people import PersonId
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
    """Step ``approval-mail``: one message to each; sent again, a message has the same id and the same link.

    Another attempt goes only to those whom none has reached: one slow mailbox is nobody else's trouble.
    """

    handbook: Handbook
    smtp: Smtp
    pool: Pool
    links: Links | None
    pages_url: str
    tempo: Tempo
    progress: Progress = field(default_factory=Progress)

    async def lookup(self, key: str, step: ApprovalMailStep) -> Done | None:
        """Nothing: SMTP keeps no record that can be asked."""
        return None

    async def perform(self, key: str, step: ApprovalMailStep) -> Done:
        """Mail each of them who wasn't mailed by an earlier attempt.

        Raises:
            Refused: the mail server will never take any of it.
            Unreachable: it doesn't take all of it now.
        """
        if self.links is None:
            return NO_LINKS
        state = await self._state(key, step)
        approval = state.approval
        if approval is None or approval.plan_hash != step.plan_hash or not state.awaits_approval:
            return OVER
        reached = await self._approvers(step, state)
        if not reached:
            return NOBODY
        return await self._send({one.id: self._message(key, step, state, approval, self.links, one) for one in reached})

    async def _approvers(self, step: ApprovalMailStep, state: TicketState) -> list[Colleague]:
        """Those who may answer and can be mailed: nobody about what they asked for, or bought, themselves."""
        async with self.pool.acquire() as connection:
            own = await people.reached_at(connection, state.submission.requester.email)
            found = await people.holders(connection, step.roles, self.tempo.now(), not_to={*step.not_to, *own})
        return [colleague for colleague in found if colleague.mail is not None]

    async def _state(self, key: str, step: ApprovalMailStep) -> TicketState:
        """The ticket as its journal has it, once it has the request: another activity may still be carrying that."""
        for pause in LOOKS:
            await asyncio.sleep(pause)
            view = await reads.ticket(self.pool, key.partition("/")[0])
            if view is not None and step.id in view.state.steps:
                return view.state
        raise Unreachable("the journal doesn't have the request yet")

    async def _send(self, messages: Mapping[PersonId, EmailMessage]) -> Done:
        """All at once, to those who are left; who can't be reached now has the step tried again."""
        told = self.progress.so_far()

        async def send(person: PersonId, message: EmailMessage) -> None:
            nonlocal told
            try:
                await self.smtp.send(message)
            except Refused:
                told = told.model_copy(update={"refused": (*told.refused, person)})
            else:
                told = told.model_copy(update={"reached": (*told.reached, person)})
            self.progress.keep(told)

        left = [send(person, message) for person, message in messages.items() if not told.knows(person)]
        for failure in await asyncio.gather(*left, return_exceptions=True):
            if failure is not None:
                raise failure
        return _done(told)

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


def _done(told: Told) -> Done:
    if not told.reached:
        raise Refused("the mail server refused every address")
    refused = f", {len(told.refused)} refused" if told.refused else ""
    return Done(reference=f"mail to {len(told.reached)}{refused}")
