"""Where programs that were downloaded or built once are kept for the next start."""

import os
from pathlib import Path


def binary_cache() -> Path:
    """Our folder for programs, created: `$XDG_CACHE_HOME/casewright/bin`, else under `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "casewright" / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
