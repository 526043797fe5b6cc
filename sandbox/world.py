"""Everything the sandbox remembers, and the file it may keep it in."""

from datetime import timedelta
from pathlib import Path
from secrets import token_bytes

from pydantic import BaseModel

from sandbox.chat.channels import Chat, ChatRecord
from sandbox.clock import SandboxClock
from sandbox.faults.board import FaultBoard
from sandbox.faults.calls import CallLog
from sandbox.faults.rules import FaultRule
from sandbox.identity.store import IdentityRecord, IdentityStore
from sandbox.mail.mailbox import Mailbox
from sandbox.mail.message import StoredMessage
from sandbox.mail.refusals import Refusal, RefusalList
from sandbox.payments.books import Books, BooksRecord
from sandbox.payments.idempotency import AnswerBook, KeptAnswer
from sandbox.shipping.depot import Depot, DepotRecord
from sandbox.shipping.returns import Returns, ReturnsRecord
from sandbox.sms.messages import Outbox, TextMessage
from sandbox.state_file import StateFile, kept_secret


class Snapshot(BaseModel):
    """The world as written to the state file. The log of calls isn't kept."""

    clock_offset_seconds: float = 0.0
    books: BooksRecord = BooksRecord()
    answers: list[KeptAnswer] = []
    mailbox: list[StoredMessage] = []
    refusals: list[Refusal] = []
    faults: list[FaultRule] = []
    identity: IdentityRecord = IdentityRecord()
    depot: DepotRecord = DepotRecord()
    returns: ReturnsRecord = ReturnsRecord()
    sms: list[TextMessage] = []
    chat: ChatRecord = ChatRecord()


class World:
    """The sandbox's memory. Whoever changes it calls ``commit`` before answering."""

    def __init__(self, clock: SandboxClock, state: Path | None = None) -> None:
        self.clock = clock
        self.calls = CallLog()
        self._file = StateFile(state) if state is not None else None
        # Reset links are derived from it. It is no part of the state, which anybody may look at.
        self._link_secret = token_bytes(32) if state is None else kept_secret(state)
        text = self._file.read() if self._file is not None else None
        self.restored = text is not None
        self._fill(Snapshot() if text is None else Snapshot.model_validate_json(text))

    def _fill(self, snapshot: Snapshot) -> None:
        self.clock.offset = timedelta(seconds=snapshot.clock_offset_seconds)
        self.books = Books(snapshot.books)
        self.answers = AnswerBook(snapshot.answers)
        self.mailbox = Mailbox(snapshot.mailbox)
        self.refusals = RefusalList(snapshot.refusals)
        self.faults = FaultBoard(snapshot.faults)
        self.identity = IdentityStore(self._link_secret, snapshot.identity)
        self.depot = Depot(snapshot.depot)
        self.returns = Returns(snapshot.returns)
        self.sms = Outbox(snapshot.sms)
        self.chat = Chat(snapshot.chat)

    def snapshot(self) -> Snapshot:
        """The world as data."""
        return Snapshot(
            clock_offset_seconds=self.clock.offset.total_seconds(),
            books=self.books.record(),
            answers=self.answers.kept(),
            mailbox=self.mailbox.all(),
            refusals=self.refusals.all(),
            faults=self.faults.rules(),
            identity=self.identity.record(),
            depot=self.depot.record(),
            returns=self.returns.record(),
            sms=self.sms.all(),
            chat=self.chat.record(),
        )

    def reset(self) -> None:
        """Forget everything, the clock's advance too."""
        self.calls = CallLog()
        self._fill(Snapshot())

    def commit(self) -> None:
        """Make what happened last through a restart, if there is a state file."""
        if self._file is not None:
            self._file.write(self.snapshot().model_dump_json())
