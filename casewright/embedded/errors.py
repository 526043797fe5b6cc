"""What goes wrong with embedded servers, said so that a newcomer can act on it."""

from pathlib import Path

_TAIL_LINES = 15
_LINE_WIDTH = 300  # Temporal's can run to pages


class EmbeddedServerError(RuntimeError):
    """An embedded server can't be had, started or reached; the message says why and what to do."""


def log_tail(log_file: Path) -> str:
    """The last lines of a server's log, to be put at the end of an error's message."""
    try:
        lines = log_file.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
    except OSError:
        return ""
    return "".join(f"\n  | {line[:_LINE_WIDTH]}" for line in lines)
