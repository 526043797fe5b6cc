"""What can go wrong for a caller, by what the caller can do about it."""

from __future__ import annotations

from casewright.domain.refuse import Refusal, RefusalKind


class TicketNotFound(LookupError):
    """There is no such ticket."""

    def __init__(self, ticket: str) -> None:
        super().__init__(f"there is no ticket {ticket}")
        self.ticket = ticket


class Unavailable(ConnectionError):
    """No certain answer; nothing is lost or done twice by trying again with the same key or act id."""


class InvalidSubmission(ValueError):
    """It can't become a ticket; ``field`` says what is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


class ActRefused(Exception):
    """The ticket refused the act; ``refusal`` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal

    @staticmethod
    def of(refusal: Refusal) -> ActRefused:
        """As the error that fits."""
        return TicketClosed(refusal) if refusal.kind is RefusalKind.CLOSED else ActRefused(refusal)


class TicketClosed(ActRefused):
    """The ticket takes no such act any more: it is resolved or closed."""

    @classmethod
    def for_good(cls) -> TicketClosed:
        """Its process has ended."""
        return cls(Refusal(kind=RefusalKind.CLOSED, reason="the ticket is closed; submit a new one"))
