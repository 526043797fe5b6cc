"""The client: what other services import to submit tickets, act on them, look at them and wait for them.

async with open_client(Settings()) as client:
    submitted = await client.submit(submission, submitter="portal", key="order-77")
    view = await client.wait(submitted.ticket, lambda ticket: ticket.standing == "resolved", timeout=60)
"""

from casewright.client.client import Client
from casewright.client.errors import ActRefused, InvalidSubmission, TicketClosed, TicketNotFound, Unavailable
from casewright.client.opening import open_client
from casewright.client.receipts import Submitted, Taken

__all__ = [
    "ActRefused",
    "Client",
    "InvalidSubmission",
    "Submitted",
    "Taken",
    "TicketClosed",
    "TicketNotFound",
    "Unavailable",
    "open_client",
]
