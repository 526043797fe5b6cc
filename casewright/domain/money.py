"""Money: a decimal amount with its currency, never a float and never converted."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator

from casewright.domain.model import Frozen

# ISO 4217 currencies whose minor unit is not a hundredth.
_EXPONENTS = {"BHD": 3, "CLP": 0, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3, "TND": 3, "VND": 0}

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were compared or added."""


def minor_unit_exponent(currency: str) -> int:
    """Decimal places of a currency's minor unit (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


class Money(Frozen):
    """An exact amount in major units (``Decimal("12.50")``) of an ISO 4217 currency.

    Raises:
        ValueError: the amount is not finite, or finer than the currency's minor unit.
    """

    amount: Annotated[Decimal, Field(max_digits=15)]
    currency: Currency

    @model_validator(mode="after")
    def _fits_the_minor_unit(self) -> Money:
        exponent = minor_unit_exponent(self.currency)
        if not self.amount.is_finite():
            raise ValueError("an amount of money must be a finite number")
        if self.amount != self.amount.quantize(Decimal(1).scaleb(-exponent)):
            raise ValueError(f"{self.amount} {self.currency} is finer than {exponent} decimal places")
        return self

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> Money:
        """From a payment gateway's integer of minor units (cents) and its lower- or upper-case currency."""
        code = currency.upper()
        return cls(amount=Decimal(minor).scaleb(-minor_unit_exponent(code)), currency=code)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in a currency."""
        return cls.from_minor(0, currency)

    @property
    def minor(self) -> int:
        """The amount as an integer of minor units."""
        return int(self.amount.scaleb(minor_unit_exponent(self.currency)))

    def __add__(self, other: Money) -> Money:
        return Money.from_minor(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money.from_minor(self.minor - self._same(other).minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other).minor

    def __str__(self) -> str:
        return f"{self.amount:.{minor_unit_exponent(self.currency)}f} {self.currency}"

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self} and {other} are of different currencies")
        return other
