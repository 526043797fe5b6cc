"""Templates as answers, with the headers that keep a page to itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    # The address holds a token. Not `no-referrer`: a form's Origin would become `null`.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def instant(at: datetime) -> str:
    """For people, to the minute, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["instant"] = instant


def page(template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page made of a template."""
    return HTMLResponse(_environment.get_template(template).render(**values), status, HEADERS)


def message(title: str, *lines: str, status: int = 200, sign_in: bool = False) -> HTMLResponse:
    """A page that says one thing; ``sign_in``: and offers to sign in."""
    return page("message.html", status, title=title, lines=lines, sign_in=sign_in)
