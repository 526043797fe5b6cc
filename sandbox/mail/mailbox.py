"""The mailbox that every accepted message lands in."""

from sandbox.mail.message import StoredMessage


class Mailbox:
    """Keeps messages in the order they were accepted."""

    def __init__(self, messages: list[StoredMessage] | None = None) -> None:
        self._messages = list(messages or [])

    def add(self, message: StoredMessage) -> None:
        """Keep a message; one sent twice is kept twice."""
        self._messages.append(message)

    def all(self) -> list[StoredMessage]:
        """Every message, oldest first."""
        return list(self._messages)

    def get(self, identity: str) -> StoredMessage | None:
        """One message by the mailbox's own id."""
        return next((message for message in self._messages if message.id == identity), None)

    def find(
        self, to: str | None = None, subject: str | None = None, message_id: str | None = None
    ) -> list[StoredMessage]:
        """Messages to exactly this recipient, with this text in the subject, with this Message-ID."""
        return [
            message
            for message in self._messages
            if (to is None or to.casefold() in (recipient.casefold() for recipient in message.recipients))
            and (subject is None or subject.casefold() in message.subject.casefold())
            and (message_id is None or message_id.strip("<>") == message.message_id.strip("<>"))
        ]
