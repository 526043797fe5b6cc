"""docs/production.md lists every setting with its default."""

from __future__ import annotations

import re
from enum import Enum

from pydantic import SecretStr

from casewright.settings import Settings
from tests.deploy.shape import ROOT, services

PAGE = (ROOT / "docs" / "production.md").read_text(encoding="utf-8")
LISTED = dict(re.findall(r"^\| `CASEWRIGHT_([A-Z_]+)` +\| (?:`([^`]+)`|\u2013) +\|", PAGE, re.MULTILINE))


def as_listed(default: object) -> str:
    """A default as the page writes it; empty: unset."""
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    if isinstance(default, Enum):
        return str(default.value)
    return "" if default is None else str(default)


def test_every_setting_is_listed_with_its_default() -> None:
    assert {name.upper(): as_listed(field.default) for name, field in Settings.model_fields.items()} == LISTED


def test_every_service_is_listed() -> None:
    processes = PAGE.partition("## Processes")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z-]+)` +\|", processes, re.MULTILINE)) == services().keys()


def test_the_page_says_that_the_containers_were_not_run() -> None:
    assert "have *not* been run" in PAGE
