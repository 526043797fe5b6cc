"""The calls for what comes back: the shop's serial numbers and replacements, and the carrier's labels."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field

from activities.json_api import JsonApi, Shape
from casewright.domain.effects import Refused, Unreachable

_PDF = b"%PDF-"
_NEVER = {
    "already_replaced": "the shop has replaced this piece before",
    "out_of_stock": "the shop has none left to send",
    "serial_not_found": "the shop has no such serial number any more",
    "order_not_found": "the carrier has no such order",
    "idempotency_key_reused": "the key is known for another request",
}
"""What is refused for good, by the system's own word for it."""


class SoldProduct(BaseModel):
    """An article as the shop sells it."""

    name: str


class Serial(BaseModel):
    """One piece as the shop tells it."""

    serial: str
    product: SoldProduct
    order: str
    customer_email: str
    purchase_date: date
    time_zone: str
    warranty_months: int = Field(ge=0)
    replacement: str | None


class Label(BaseModel):
    """A label to send something back; whoever has the link may print it."""

    id: str
    tracking_number: str = Field(pattern=r"^[A-Za-z0-9-]{1,60}$")
    label_url: str = Field(pattern=r"^https?://\S+$")

    def __repr__(self) -> str:
        """Without its link."""
        return f"Label({self.id})"

    __str__ = __repr__


class _Labels(BaseModel):
    labels: tuple[Label, ...]


class Sent(BaseModel):
    """A replacement that is on its way."""

    id: str


class _AllSent(BaseModel):
    replacements: tuple[Sent, ...]


class _Error(BaseModel):
    code: str


class _Problem(BaseModel):
    error: _Error


class Returns:
    """Serial numbers, replacements and labels. Every method raises ``Unreachable``."""

    def __init__(self, shop: JsonApi, carrier: JsonApi) -> None:
        self._shop, self._carrier = shop, carrier

    async def serial(self, number: str) -> Serial | None:
        """What was sold with a serial number."""
        return await self._shop.get(f"serials/{quote(number, safe='')}", Serial)

    async def sent_under(self, key: str) -> Sent | None:
        """What was sent under a key, however long ago."""
        found = await self._shop.get("replacements", _AllSent, key=key)
        return found.replacements[0] if found is not None and found.replacements else None

    async def send(self, serial: str, key: str) -> Sent:
        """Another piece for this one.

        Raises:
            Refused: it was replaced before, there is none left, or there is no such piece.
        """
        return await _made(self._shop, "replacements", {"serial": serial}, key, Sent)

    async def label_for(self, order: str, key: str) -> Label:
        """The key's label: the one that was made under it, however long ago, else one made now.

        Raises:
            Refused: the carrier has no such order.
        """
        found = await self._carrier.get("labels", _Labels, key=key)
        if found is not None and found.labels:
            return found.labels[0]
        return await _made(self._carrier, "labels", {"order": order}, key, Label)

    async def file(self, label: Label) -> bytes:
        """The label as a PDF."""
        content = await self._carrier.file(label.label_url)
        if not content.startswith(_PDF):
            raise Unreachable("the carrier's label is no PDF")
        return content


async def _made(api: JsonApi, path: str, body: dict[str, str], key: str, shape: type[Shape]) -> Shape:
    got = await api.call("POST", path, body=body, headers={"Idempotency-Key": key})
    if got.is_client_error and (never := _NEVER.get(_code(got))) is not None:
        raise Refused(never)
    return api.read(got, shape)


def _code(got: httpx.Response) -> str:
    try:
        return _Problem.model_validate_json(got.content).error.code
    except ValueError:
        return ""
