"""The log of requests, in the order they were answered."""

from collections import deque
from datetime import datetime

from pydantic import BaseModel

from sandbox.faults.rules import Target

MAX_CALLS = 10_000


class CallRecord(BaseModel):
    """One request to the gateway, or one message offered to the mail server.

    ``path`` holds a message's recipients and ``key`` its Message-ID; ``status`` is None when no answer was given.
    """

    seq: int
    at: datetime
    target: Target
    method: str
    path: str
    key: str | None = None
    status: int | None = None
    replayed: bool = False
    faults: tuple[str, ...] = ()
    request_id: str | None = None


class CallLog:
    """The latest calls; the oldest are dropped beyond ``MAX_CALLS``."""

    def __init__(self) -> None:
        self._calls: deque[CallRecord] = deque(maxlen=MAX_CALLS)
        self._last = 0

    def next_seq(self) -> int:
        """The number of the next call."""
        self._last += 1
        return self._last

    def add(self, call: CallRecord) -> None:
        """Note a call."""
        self._calls.append(call)

    def find(self, target: Target | None = None, path: str | None = None, since: int = 0) -> list[CallRecord]:
        """Calls numbered above ``since`` whose path contains the text."""
        return [
            call
            for call in self._calls
            if call.seq > since and target in (None, call.target) and (path is None or path in call.path)
        ]
