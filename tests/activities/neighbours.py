"""The smaller outside systems and the mail server from the other side, and one that answers oddly."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path

import httpx
from pydantic import SecretStr

from activities.outside import Outside, outside
from activities.smtp import Smtp
from casewright.domain.requests import AssessRequest
from casewright.domain.tempo import WALL_CLOCK
from casewright.domain.ticket import ClaimValue, Priority, Requester
from casewright.handbook import Handbook
from casewright.settings import Settings
from sandbox import RunningSandbox
from sandbox.mail.message import StoredMessage

HANDBOOK = Handbook.load(Path(__file__).parent.parent.parent / "handbook")
TOKEN = "test_activities"


@dataclass
class Neighbours:
    """Seeds and faults at a running sandbox, and our own clients of it."""

    sandbox: RunningSandbox
    http: httpx.AsyncClient
    ours: Outside

    @property
    def smtp(self) -> Smtp:
        """Our way to its mail server."""
        return Smtp(self.sandbox.smtp_host, self.sandbox.smtp_port, "support@example.com")

    @property
    def mails(self) -> list[StoredMessage]:
        """Every message that was accepted, oldest first."""
        return self.sandbox.world.mailbox.all()

    def letter(self, place: int) -> EmailMessage:
        """An accepted message as its reader has it."""
        return message_from_bytes(self.mails[place].source.encode("latin-1"), policy=modern)

    async def seed(self, **seed: object) -> None:
        """Plant identities, orders, shipments or units."""
        (await self.http.post("/_sandbox/seed", json=seed)).raise_for_status()

    async def identity(self, id: str, *addresses: str, **fields: object) -> None:
        """An account; the first address is its registered one and its user name."""
        account = {"id": id, "user_name": addresses[0], "display_name": "Sample", "emails": list(addresses)}
        await self.seed(identities=[{**account, "created": "-400d", **fields}])

    async def standing(self, id: str, status: str) -> None:
        """Let an account become locked, deactivated or active."""
        path = "urn:casewright:params:scim:schemas:extension:account:2.0:User:status"
        patch = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": path, "value": status}],
        }
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        (await self.http.patch(f"/identity/scim/v2/Users/{id}", json=patch, headers=bearer)).raise_for_status()

    async def order(self, number: str, address: str) -> None:
        """An order of one lamp, placed ten days ago."""
        price = {"amount": "20.00", "currency": "USD"}
        line = {"sku": "SKU-1", "description": "Lamp", "quantity": 1, "unit_price": price}
        await self.seed(orders=[{"number": number, "customer_email": address, "placed_at": "-10d", "lines": [line]}])

    async def unit(self, serial: str, order: str, **fields: object) -> None:
        """A piece of an order, under warranty for two years."""
        piece = {
            "serial": serial,
            "order": order,
            "product": {"sku": "SKU-1", "name": "Lamp"},
            "delivered_to": {"country": "DE", "time_zone": "Europe/Berlin"},
            "warranty_months": 24,
        }
        await self.seed(units=[{**piece, **fields}])

    async def fault(self, target: str, **order: object) -> None:
        """Arrange for something to go wrong."""
        (await self.http.post("/_sandbox/faults", json={"target": target, **order})).raise_for_status()

    async def mended(self) -> None:
        """End every fault."""
        (await self.http.delete("/_sandbox/faults")).raise_for_status()


def case(address: str, **claims: ClaimValue) -> AssessRequest:
    """A ticket of whoever writes from this address."""
    return AssessRequest(
        ticket="T-0000000000000001",
        submitted_at=WALL_CLOCK.now(),
        policy="B.1",
        version=None,
        priority=Priority.LOW,
        requester=Requester(email=address),
        claims=claims,
    )


def settings_for(base: str, token: str = TOKEN) -> Settings:
    """Settings under which all the smaller systems are at one address."""
    return Settings(
        intake_key=SecretStr("a test's intake key"),
        identity_url=f"{base}/identity",
        identity_token=SecretStr(token),
        shop_url=f"{base}/shop/v1",
        shop_token=SecretStr(token),
        carrier_url=f"{base}/carrier/v1/",
        carrier_token=SecretStr(token),
    )


@dataclass
class OddSystem:
    """A server that gives everybody the same answer, however little sense it makes, and keeps what it was asked."""

    base: str
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    by_path: Mapping[str, bytes] = field(default_factory=dict)
    """Bodies for paths that contain this text, instead of ``body``."""
    asked: list[str] = field(default_factory=list)
    """Whole heads of requests."""

    def forget(self) -> None:
        """As it was at first."""
        self.status, self.body, self.headers, self.by_path, self.asked = 200, b"", {}, {}, []

    def answer(self, head: str) -> bytes:
        """The bytes to send back."""
        path = head.split(" ", 2)[1]
        body = next((body for text, body in self.by_path.items() if text in path), self.body)
        lines = {"Content-Type": "application/json", "Content-Length": str(len(body)), **self.headers}
        told = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"HTTP/1.1 {self.status} Odd\r\n{told}Connection: close\r\n\r\n".encode() + body


@contextlib.asynccontextmanager
async def odd_system() -> AsyncIterator[tuple[OddSystem, Outside]]:
    """One, and our clients of it."""
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        await reader.readexactly(_body_length(head))
        odd.asked.append(head)
        writer.write(odd.answer(head))
        with contextlib.suppress(ConnectionError):
            await writer.drain()
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    odd = OddSystem(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server, outside(settings_for(odd.base)) as ours:
        yield odd, ours
        await asyncio.gather(*serving)


def _body_length(head: str) -> int:
    lengths = [line.partition(":")[2] for line in head.split("\r\n") if line.lower().startswith("content-length:")]
    return int(lengths[0]) if lengths else 0
