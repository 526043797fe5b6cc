"""The customer's view of a ticket, for the service that submitted it.

Of a neutral policy (RULES B.1) it depends on nothing but the one reply that every ticket gets and when that went out:
its status, its messages and its end are the same whatever was found and whoever works on it meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casewright.domain import events as ev
from casewright.domain.clocks import Milestone
from casewright.domain.events import EventRow
from casewright.domain.refuse import Refusal, RefusalKind
from casewright.domain.state import Phase, TicketState
from casewright.domain.steps import MailStep
from casewright.domain.timekeeping import ACKNOWLEDGMENT
from casewright.handbook import Handbook, NoPolicy
from casewright.records import reads
from casewright.records.views import TicketView
from starter.api.parts import Parts
from starter.shown.customer import CustomerMessage, CustomerStatus, CustomerTicket


async def customer_view(view: TicketView, parts: Parts) -> CustomerTicket:
    """The ticket as its customer may see it."""
    neutral = neutral_reply(view, parts.handbook)
    rows = await reads.rows(parts.pool, view.id)
    said = sorted(_messages(rows, parts.handbook, neutral), key=lambda message: message.at)
    return CustomerTicket(
        id=view.id,
        subject=view.subject,
        status=_status(view.state) if neutral is None else _neutral_status(view.state, parts),
        submitted_at=view.submitted_at,
        messages=tuple(said),
    )


def neutral_reply(view: TicketView, handbook: Handbook) -> str | None:
    """The template of its policy's one reply; None: the policy isn't neutral. Asked of the policy, not of the ruling:
    it holds before the first decision too."""
    ruling = view.state.ruling
    try:
        return handbook.policy_for(view.policy, ruling.version if ruling else None, view.submitted_at).neutral
    except NoPolicy:
        return None


def over_for_customer(view: TicketView, parts: Parts) -> Refusal | None:
    """A neutral ticket that its customer sees as closed takes nothing from them, however long people have it still."""
    if neutral_reply(view, parts.handbook) is None:
        return None
    if _neutral_status(view.state, parts) is not CustomerStatus.CLOSED:
        return None
    return Refusal(kind=RefusalKind.CLOSED, reason="the ticket is closed; submit a new one")


def _status(state: TicketState) -> CustomerStatus:
    if state.phase is Phase.CLOSED:
        return CustomerStatus.CLOSED
    if state.phase is Phase.RESOLVED:
        return CustomerStatus.RESOLVED
    if state.waiting_for_customer:
        return CustomerStatus.WAITING_FOR_YOU
    return CustomerStatus.ANSWERED if Milestone.ANSWERED in state.reached else CustomerStatus.RECEIVED


def _neutral_status(state: TicketState, parts: Parts) -> CustomerStatus:
    answered = state.reached.get(Milestone.ANSWERED)
    if answered is None:
        return CustomerStatus.RECEIVED
    over = parts.client.now() >= answered + parts.client.reopening
    return CustomerStatus.CLOSED if over else CustomerStatus.ANSWERED


def _messages(rows: Sequence[EventRow], handbook: Handbook, neutral: str | None) -> Iterator[CustomerMessage]:
    planned: dict[str, MailStep] = {}
    for row in rows:
        match row.event:
            case ev.Submitted(submission=submission):
                yield _written(row, submission.body, submission.subject)
            case ev.CustomerWrote(message=message):
                yield _written(row, message)
            case ev.StepPlanned(step=MailStep() as mail) if mail.link is None and _everybody_gets(mail, neutral):
                planned[mail.id] = mail
            case ev.StepDone(step=step) if step in planned:
                values = {"ticket": row.ticket, **planned[step].values}
                subject, text = handbook.render(planned[step].template, values)
                yield CustomerMessage(at=row.at, sender="support", subject=subject, text=text)


def _everybody_gets(mail: MailStep, neutral: str | None) -> bool:
    return neutral is None or mail.id == ACKNOWLEDGMENT or mail.template == neutral


def _written(row: EventRow, text: str, subject: str | None = None) -> CustomerMessage:
    return CustomerMessage(at=row.at, sender="customer", subject=subject, text=text)
