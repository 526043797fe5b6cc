"""A file that always holds one whole state, also after a crash in mid-write."""

import os
from pathlib import Path
from secrets import token_bytes


class StateFile:
    """Replaces its content atomically."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> str | None:
        """The last state written; None when there is none yet."""
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def write(self, text: str) -> None:
        """Write beside the file, flush to the disk, then take its place."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(self._path.name + ".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)


def kept_secret(state: Path) -> bytes:
    """Random bytes in a file beside the state, made at the first start and readable by its owner only."""
    path = state.with_name(state.name + ".secret")
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with open(path.with_name(path.name + ".new"), "wb", opener=_private) as file:
            file.write(token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        path.with_name(path.name + ".new").replace(path)
    return path.read_bytes()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
