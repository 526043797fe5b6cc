"""The base of what goes over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """An immutable value; fields that a newer API adds are kept by an older reader, not refused."""

    model_config = ConfigDict(frozen=True, extra="allow")
