"""Which ticket a submitter's key stands for, and what a ticket's id looks like."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from casewright.client.errors import InvalidSubmission, TicketNotFound
from casewright.domain.people import PersonId
from casewright.domain.ticket import TicketId
from casewright.ticket_ids import ticket_id

MAX_KEY = 200
_TICKET = TypeAdapter(TicketId)
_SUBMITTER = TypeAdapter(PersonId)


def ticket_of(intake_key: bytes, submitter: str, key: str) -> str:
    """The id of what this submitter sends under this key.

    Raises:
        InvalidSubmission: the key is empty or longer than 200 characters, or the submitter is no id.
        ValueError: the intake key is empty.
    """
    if not 0 < len(key) <= MAX_KEY:
        raise InvalidSubmission("key", f"an idempotency key has 1 to {MAX_KEY} characters")
    try:
        _SUBMITTER.validate_python(submitter)
    except ValidationError as error:
        raise InvalidSubmission("submitter", "letters, digits and _.:@- only, at most 100") from error
    try:
        return ticket_id(intake_key, submitter, key)
    except UnicodeEncodeError as error:
        raise InvalidSubmission("key", "it isn't text") from error


def is_ticket(text: str) -> bool:
    """Whether it looks like a ticket's id."""
    try:
        _TICKET.validate_python(text)
    except ValidationError:
        return False
    return True


def require_ticket(text: str) -> None:
    """Keep out what can't be a ticket: whatever else runs in the namespace is none.

    Raises:
        TicketNotFound: it doesn't look like a ticket's id.
    """
    if not is_ticket(text):
        raise TicketNotFound(text)
