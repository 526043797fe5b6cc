"""The base of every value that crosses a room: immutable, and strict about what it is given."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value; unknown fields are refused, so a misspelt one never passes in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")
