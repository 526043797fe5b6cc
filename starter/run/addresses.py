"""Where to look at a run."""

from __future__ import annotations

from pathlib import Path

from starter.run.folder import DataFolder
from starter.run.stack import Stack


def addresses(stack: Stack) -> dict[str, str]:
    """What there is to open in a browser."""
    found = {"api_docs": f"{stack.places.api_url}/docs", "sandbox": stack.places.sandbox_url}
    if stack.places.temporal_ui is not None:
        found = {"temporal_web_ui": stack.places.temporal_ui, **found}
    return found


def in_words(stack: Stack, folder: DataFolder) -> str:
    """The same for people."""
    titles = {
        "temporal_web_ui": "Temporal Web UI",
        "api_docs": "API, described",
        "sandbox": "Sandbox (payments, mailbox, faults)",
    }
    lines = [f"  {titles[name]:<37}{url}" for name, url in addresses(stack).items()]
    lines.append(f"  {'Logs':<37}{_shortest(folder.logs)}")
    return "\n".join(["", *lines, "", "Ctrl-C stops everything; the data are kept. What moves follows here."])


def _shortest(path: Path) -> Path:
    """From where one is, if it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
