"""Messages to whoever submitted a ticket."""

from __future__ import annotations

from casewright.domain.state import TicketState
from casewright.domain.steps import MailStep


def letter(state: TicketState, id: str, template: str, **values: str) -> MailStep:
    """A message to whoever submitted the ticket, by name where the name is known."""
    requester = state.submission.requester
    greeting = {"name": requester.name} if requester.name else {}
    return MailStep(id=id, template=template, to=requester.email, values={**greeting, **values})
