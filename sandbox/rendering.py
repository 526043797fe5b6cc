"""Renders the sandbox's templates."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse


def _money(minor: int, currency: str) -> str:
    return f"{minor / 100:,.2f} {currency.upper()}"


def _moment(instant: int | datetime) -> str:
    moment = instant if isinstance(instant, datetime) else datetime.fromtimestamp(instant, UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= {"money": _money, "moment": _moment}


def render(template: str, status: int = 200, headers: dict[str, str] | None = None, **values: Any) -> HTMLResponse:
    """A page made of a template."""
    return HTMLResponse(_templates.get_template(template).render(**values), status, headers)
