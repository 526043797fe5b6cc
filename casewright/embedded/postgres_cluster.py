"""An embedded PostgreSQL's cluster: created once, with passwords of its own, roles and a database."""

import asyncio
import json
import os
import secrets
import shutil
import signal
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg  # type: ignore[import-untyped, unused-ignore]

from casewright.embedded.errors import EmbeddedServerError
from casewright.embedded.postgres_home import PostgresHome
from casewright.embedded.processes import Progress, run_to_end, spawn

DATABASE = "casewright"
OWNER_ROLE = "casewright_owner"
APPLICATION_ROLE = "casewright_app"
_SUPERUSER = "postgres"


@dataclass(frozen=True)
class Passwords:
    """Random, made with the cluster, kept in the data folder for its owner's eyes."""

    superuser: str
    owner: str
    application: str


def server_environment() -> dict[str, str]:
    """Ours without PG* variables (PGPORT would move the socket), in a locale that every machine has."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**ours, "LC_ALL": "C", "TZ": "UTC"}


def socket_url(home: PostgresHome, role: str, password: str, database: str = DATABASE) -> str:
    """A URL that asyncpg and libpq understand, over the unix socket; with the port, as PGPORT would move it."""
    return f"postgresql://{role}:{quote(password)}@/{quote(database)}?host={quote(str(home.socket_dir))}&port=5432"


async def prepare_cluster(home: PostgresHome, binaries: Path, progress: Progress, *, fast: bool) -> Passwords:
    """Create the cluster unless it is there, and return its passwords.

    Raises:
        EmbeddedServerError: `initdb` failed, or the passwords of kept data are gone.
    """
    kept = home.data_dir / "passwords.json"
    if home.cluster_dir.exists():
        try:
            return Passwords(**json.loads(kept.read_text()))
        except (OSError, ValueError, TypeError) as reason:
            raise EmbeddedServerError(f"The data in {home.data_dir} can't be opened without {kept}.") from reason
    progress(f"Creating a PostgreSQL data folder in {home.data_dir}")
    passwords = Passwords(*(secrets.token_urlsafe(24) for _ in range(3)))
    _write_private(kept, json.dumps(asdict(passwords)))
    await _initdb(home, binaries, passwords.superuser, progress, fast=fast)
    return passwords


async def _initdb(home: PostgresHome, binaries: Path, password: str, progress: Progress, *, fast: bool) -> None:
    # Under another name until it is complete: a start that was interrupted begins again.
    unfinished = home.server_dir / "cluster.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    password_file = home.server_dir / "initial-password"
    _write_private(password_file, password)
    home.own(password_file)
    # The builtin locale sorts the same on every machine.
    command: list[str | Path] = [
        binaries / "initdb",
        "-D",
        unfinished,
        "-U",
        _SUPERUSER,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
    ]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
    command += [f"--pwfile={password_file}", *(["--no-sync"] if fast else [])]
    log = home.data_dir / "initdb.log"
    try:
        child = spawn(
            "initdb",
            command,
            log,
            death_signal=signal.SIGKILL,
            account=home.account,
            environment=server_environment(),
        )
        await run_to_end(child, progress)
    finally:
        password_file.unlink()
    unfinished.rename(home.cluster_dir)


async def connect_superuser(home: PostgresHome, passwords: Passwords) -> Any:
    """A connection to the maintenance database: asyncpg has no types."""
    return await asyncpg.connect(socket_url(home, _SUPERUSER, passwords.superuser, "postgres"), timeout=5)


async def ensure_roles(connection: Any, passwords: Passwords) -> None:
    """Create the owner, the application's role and the database, whatever of them is missing."""
    # The owner may create databases too: tests copy a migrated one. The passwords need no quoting: see token_urlsafe.
    roles = {
        OWNER_ROLE: f"LOGIN CREATEROLE CREATEDB PASSWORD '{passwords.owner}'",
        APPLICATION_ROLE: f"LOGIN PASSWORD '{passwords.application}'",
    }
    for role, options in roles.items():
        known = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
        await connection.execute(f"{'ALTER' if known else 'CREATE'} ROLE {role} {options}")
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
        await connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")


async def wait_for_predecessor(cluster_dir: Path, patience: float = 15.0) -> bool:
    """Wait until a server whose parent was killed has ended; True when the last one didn't end cleanly.

    A pid file may also name a process that has nothing to do with it (after a reboot, in a container): PostgreSQL would
    refuse to start, so that file is removed. We hold the folder's lock, so nobody else is starting.

    Raises:
        EmbeddedServerError: it is still there after `patience` seconds.
    """
    pid_file = cluster_dir / "postmaster.pid"
    unclean = pid_file.exists()
    for _ in range(int(patience / 0.05)):
        pid = _pid_in(pid_file)
        if pid is None or not Path(f"/proc/{pid}").exists():
            return unclean
        if Path(f"/proc/{pid}/cwd").resolve() != cluster_dir:
            pid_file.unlink()
            return unclean
        await asyncio.sleep(0.05)
    raise EmbeddedServerError(f"An earlier PostgreSQL (process {pid}) still runs on {cluster_dir}: stop it first.")


def _pid_in(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
