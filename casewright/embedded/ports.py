"""Ports on this machine."""

import socket

from casewright.embedded.errors import EmbeddedServerError

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def require_free(port: int, what: str) -> None:
    """Check a port that somebody asked for.

    Raises:
        EmbeddedServerError: it is taken; the message names it.
    """
    with socket.socket() as probe:
        # As servers do: a connection that lingers from the last run doesn't make the port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as reason:
            raise EmbeddedServerError(
                f"{what} can't use port {port} ({reason.strerror}): stop what listens there, or choose another."
            ) from reason
