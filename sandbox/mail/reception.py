"""Receives mail over SMTP: refuses, delays and loses what was arranged, and keeps the rest."""

import asyncio
from email import message_from_bytes

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.faults.board import Strike
from sandbox.faults.calls import CallRecord
from sandbox.faults.rules import CONNECT, FaultKind, Target
from sandbox.mail.message import read_message
from sandbox.world import World

ACCEPTED = "250 2.0.0 Message accepted for delivery"


class ReceivingProtocol(SMTP):
    """One SMTP connection, which an arranged outage may cut before the greeting."""

    def __init__(self, world: World, open_transports: set[asyncio.BaseTransport]) -> None:
        super().__init__(Reception(world), enable_SMTPUTF8=True, loop=asyncio.get_running_loop(), ident="sandbox")
        self._world = world
        self._open_transports = open_transports

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet the client, unless connections are refused."""
        strike = self._world.faults.strike(Target.SMTP, CONNECT, [], self._world.clock.now())
        super().connection_made(transport)
        self._open_transports.add(transport)
        if strike.fault is not None and isinstance(transport, asyncio.WriteTransport):
            _log(self._world, CONNECT, [], None, strike, None)
            transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the connection."""
        if self.transport is not None:
            self._open_transports.discard(self.transport)
        super().connection_lost(error)


class Reception:
    """The SMTP commands that the sandbox answers in its own way."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse one recipient."""
        reply = self._world.refusals.refuse(address)
        if reply is not None:
            _log(self._world, "RCPT", [address], int(reply[:3]), Strike(), None)
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the message, then say so, unless a fault has it otherwise."""
        recipients = [str(recipient) for recipient in envelope.rcpt_tos]
        strike = self._world.faults.strike(Target.SMTP, "DATA", recipients, self._world.clock.now())
        content = _content(envelope)
        await asyncio.sleep(strike.delay_seconds)
        if strike.blocks:
            reply: str | None = _refusal(strike)
        else:
            message = read_message(content, envelope.mail_from or "", recipients, self._world.clock.now())
            self._world.mailbox.add(message)
            self._world.commit()
            reply = None if strike.loses_answer else ACCEPTED
        message_id = message_from_bytes(content).get("Message-ID")
        _log(self._world, "DATA", recipients, int(reply[:3]) if reply else None, strike, message_id)
        if reply is None and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return reply or ""


def _content(envelope: Envelope) -> bytes:
    content = envelope.content or b""
    return content.encode() if isinstance(content, str) else content


def _refusal(strike: Strike) -> str:
    if strike.fault is not None and strike.fault.kind is FaultKind.ERROR:
        return f"{strike.fault.status} {strike.fault.status // 100}.3.0 Arranged failure"
    return "421 4.3.2 Service not available, closing transmission channel"


def _log(
    world: World, method: str, recipients: list[str], status: int | None, strike: Strike, message_id: object
) -> None:
    call = CallRecord(
        seq=world.calls.next_seq(),
        at=world.clock.now(),
        target=Target.SMTP,
        method=method,
        path=", ".join(recipients),
        key=None if message_id is None else str(message_id),
        status=status,
        faults=strike.names,
    )
    world.calls.add(call)
