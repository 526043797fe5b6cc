"""Addresses that the mail server doesn't take mail for."""

from fnmatch import fnmatchcase
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Refusal(BaseModel):
    """An address, or a glob such as ``*@gone.example.com``, that bounces (550) or is refused for now (451)."""

    model_config = ConfigDict(extra="forbid")

    address: str = Field(min_length=3)
    code: Literal[550, 451] = 550
    times: int | None = Field(default=None, ge=1, description="How many recipients it refuses; null: all")
    hits: int = 0

    def reply(self) -> str:
        """The SMTP reply to the recipient command."""
        if self.code == 550:
            return "550 5.1.1 Mailbox unavailable: no such recipient here"
        return "451 4.3.0 Temporary failure, please try again later"


class RefusalList:
    """The refusals in force, one per address."""

    def __init__(self, refusals: list[Refusal] | None = None) -> None:
        self._refusals = {refusal.address.casefold(): refusal for refusal in refusals or []}

    def set(self, refusal: Refusal) -> None:
        """Refuse an address from now on."""
        self._refusals[refusal.address.casefold()] = refusal

    def remove(self, address: str) -> bool:
        """Take mail for the address again; False when it wasn't refused."""
        return self._refusals.pop(address.casefold(), None) is not None

    def all(self) -> list[Refusal]:
        """Every refusal, spent ones too, with its hits."""
        return list(self._refusals.values())

    def refuse(self, address: str) -> str | None:
        """The reply that refuses this recipient, counting it; None when mail is taken."""
        for pattern, refusal in self._refusals.items():
            spent = refusal.times is not None and refusal.hits >= refusal.times
            if not spent and fnmatchcase(address.casefold(), pattern):
                refusal.hits += 1
                return refusal.reply()
        return None
