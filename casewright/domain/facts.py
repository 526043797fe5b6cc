"""Facts: what a real system said, when, or why it could not say (RULES §2.1)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, JsonValue, model_validator

from casewright.domain.model import Frozen

FactName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
Model = TypeVar("Model", bound=BaseModel)


class Availability(StrEnum):
    """Known, known to be absent, or not to be had."""

    VALUE = "value"
    NONE = "none"
    UNAVAILABLE = "unavailable"


class FactUnavailable(LookupError):
    """A fact was read that its system could not give."""


class Fact(Frozen):
    """One fact: a value, known-absent (``none``: a value too), or unavailable with its reason."""

    name: FactName
    availability: Availability
    source: str
    observed_at: datetime
    value: JsonValue = None
    reason: str | None = None

    @model_validator(mode="after")
    def _says_what_it_is(self) -> Fact:
        if (self.availability is Availability.VALUE) != (self.value is not None):
            raise ValueError(f"fact {self.name}: a value belongs to availability 'value', and only there")
        if self.availability is Availability.UNAVAILABLE and not self.reason:
            raise ValueError(f"fact {self.name}: an unavailable fact says why")
        return self

    @classmethod
    def of(cls, name: str, source: str, at: datetime, value: BaseModel | None) -> Fact:
        """A known fact; ``None`` means that the system knows there is none."""
        if value is None:
            return cls(name=name, availability=Availability.NONE, source=source, observed_at=at)
        return cls(
            name=name,
            availability=Availability.VALUE,
            source=source,
            observed_at=at,
            value=value.model_dump(mode="json"),
        )

    @classmethod
    def unavailable(cls, name: str, source: str, at: datetime, reason: str) -> Fact:
        """A fact its system could not give."""
        return cls(name=name, availability=Availability.UNAVAILABLE, source=source, observed_at=at, reason=reason)

    def read(self, model: type[Model]) -> Model | None:
        """The value as its model, or None when known to be absent.

        Raises:
            FactUnavailable: the system could not say.
        """
        if self.availability is Availability.UNAVAILABLE:
            raise FactUnavailable(f"{self.name}: {self.reason}")
        return None if self.availability is Availability.NONE else model.model_validate(self.value)
