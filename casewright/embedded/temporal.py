"""An embedded Temporal: the CLI's development server, on ports of its own, gone with us."""

import signal
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from temporalio.client import Client

from casewright.embedded.errors import EmbeddedServerError
from casewright.embedded.locks import exclusive
from casewright.embedded.ports import LOOPBACK, free_port, require_free
from casewright.embedded.processes import ChildProcess, Progress, spawn
from casewright.embedded.search_attributes import register_search_attributes
from casewright.embedded.temporal_binary import temporal_binary

__all__ = ["TemporalServer", "dev_server", "temporal_binary"]

_START_PATIENCE_SECONDS = 60.0
_START_ATTEMPTS = 3


@dataclass(frozen=True)
class TemporalServer:
    """Where a running server answers: `address` is host:port, `ui_url` None without the Web UI."""

    address: str
    ui_url: str | None


@dataclass(frozen=True)
class _Wish:
    """What was asked for; ports are None to choose free ones."""

    db_file: Path | None
    ui: bool
    namespace: str
    search_attributes: Mapping[str, str]
    port: int | None
    ui_port: int | None
    log_file: Path
    codec_endpoint: str | None


@asynccontextmanager
async def dev_server(
    db_file: Path | None,
    ui: bool,
    namespace: str = "default",
    search_attributes: Mapping[str, str] | None = None,
    *,
    progress: Progress,
    port: int | None = None,
    ui_port: int | None = None,
    ui_codec_endpoint: str | None = None,
) -> AsyncIterator[TemporalServer]:
    """Run a Temporal server while the block runs; it answers and knows the search attributes when the block begins.

    Args:
        db_file: Keeps the workflows (its log lies beside it); None keeps them in memory only.
        ui: Whether to serve the Web UI.
        namespace: Created unless it exists.
        search_attributes: Name → type (`Keyword`, `Text`, `Int`, `Double`, `Bool`, `Datetime`, `KeywordList`).
        progress: Told what takes time.
        port: Of the service; None to choose a free one. Likewise `ui_port`.
        ui_port: Of the Web UI.
        ui_codec_endpoint: A codec server's URL, which the Web UI asks for plain text.

    Raises:
        EmbeddedServerError: it can't be had or started, a wanted port is taken, or another process has the file.
    """
    binary = await temporal_binary(progress)
    with ExitStack() as held:
        if db_file is None:
            log_file = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="casewright-"))) / "temporal.log"
        else:
            db_file = db_file.absolute()
            db_file.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(exclusive(db_file.with_name(f"{db_file.name}.lock"), f"The Temporal data in {db_file}"))
            log_file = db_file.with_name("temporal.log")
        wish = _Wish(
            db_file, ui, namespace, search_attributes or {}, port, ui_port, log_file, codec_endpoint=ui_codec_endpoint
        )
        child, server = await _start(binary, wish)
        try:
            yield server
        finally:
            await child.stop(signal.SIGINT)


async def _start(binary: Path, wish: _Wish) -> tuple[ChildProcess, TemporalServer]:
    for port, what in ((wish.port, "Temporal"), (wish.ui_port if wish.ui else None, "Temporal's Web UI")):
        if port is not None:
            require_free(port, what)
    for attempt in range(1, _START_ATTEMPTS + 1):
        server = _choose_ports(wish)
        # SIGKILL: SQLite's log keeps what was committed, and the file and the ports are free at once.
        child = spawn("Temporal", _command(binary, wish, server), wish.log_file, death_signal=signal.SIGKILL)
        try:
            client = await child.until_ready(
                partial(Client.connect, server.address, namespace=wish.namespace),
                (RuntimeError,),
                _START_PATIENCE_SECONDS,
            )
            await register_search_attributes(client, wish.search_attributes)
            return child, server
        except EmbeddedServerError:
            # A port that was free when we looked may be taken by now, the server's inner ones too: choose again.
            gave_up = child.exit_code is None or attempt == _START_ATTEMPTS
            await child.stop()
            if gave_up:
                raise
        except BaseException:
            await child.stop()
            raise
    raise AssertionError("the last attempt returns or raises")


def _choose_ports(wish: _Wish) -> TemporalServer:
    address = f"{LOOPBACK}:{wish.port or free_port()}"
    return TemporalServer(address, f"http://{LOOPBACK}:{wish.ui_port or free_port()}" if wish.ui else None)


def _command(binary: Path, wish: _Wish, server: TemporalServer) -> list[str | Path]:
    command: list[str | Path] = [binary, "server", "start-dev", "--ip", LOOPBACK, "--log-level", "warn"]
    command += ["--port", server.address.rpartition(":")[2], "--namespace", wish.namespace]
    command += ["--ui-port", server.ui_url.rpartition(":")[2]] if server.ui_url else ["--headless"]
    command += ["--dynamic-config-value", "system.enableActivityEagerExecution=true"]
    if wish.codec_endpoint:
        command += ["--ui-codec-endpoint", wish.codec_endpoint]
    if wish.db_file is not None:
        # Without these a database file makes the server eight times slower.
        command += ["--db-filename", wish.db_file]
        command += ["--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"]
    for name, kind in wish.search_attributes.items():
        command += ["--search-attribute", f"{name}={kind}"]  # heeded with a new database only, see _start
    return command
