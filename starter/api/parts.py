"""What every endpoint works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from casewright.client import Client
from casewright.handbook import Handbook
from casewright.links import Links
from casewright.records.postgres import Pool


@dataclass(frozen=True)
class Parts:
    """The client, the journal's database, and what the company decided."""

    client: Client
    pool: Pool
    handbook: Handbook
    links: Links | None = None
    """Signs and reads the links to pages; None: there are none."""
    pages_url: str = "http://127.0.0.1:8080"
    """What the addresses of pages begin with."""


def parts_of(request: Request) -> Parts:
    """Those of the application that the request came to."""
    found: Parts = request.app.state.parts
    return found


TheParts = Annotated[Parts, Depends(parts_of)]
