"""One spelling of a value, so that its hash means the value."""

from __future__ import annotations

import hashlib
import json

from pydantic import BaseModel
from pydantic_core import to_jsonable_python


def canonical(value: object) -> bytes:
    """Sorted keys, no spaces, UTF-8; models by their JSON form."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else to_jsonable_python(value)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(value: object) -> str:
    """SHA-256 of the canonical form, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()
