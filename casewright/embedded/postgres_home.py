"""Where an embedded PostgreSQL keeps its files, and the user it runs as.

PostgreSQL refuses to run as root, so as root we run it as an unprivileged user. We never widen the rights of a folder
that exists: where that user can't get to, files go to a folder of ours that it can reach.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from casewright.embedded.errors import EmbeddedServerError
from casewright.embedded.processes import Account, Progress
from casewright.embedded.reach import can_reach, digest, shared_folder, unprivileged_account

# A unix socket's address holds 107 bytes on Linux and 103 on macOS.
_SOCKET_PATH_LIMIT = 103
_SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True)
class PostgresHome:
    """The folders of one embedded PostgreSQL."""

    data_dir: Path
    account: Account | None

    @property
    def server_dir(self) -> Path:
        """Belongs to the server's user: a folder in the data folder, or a link to one where that user can't go."""
        return (self.data_dir / "server").resolve()

    @property
    def cluster_dir(self) -> Path:
        """PostgreSQL's own data."""
        return self.server_dir / "cluster"

    @property
    def socket_dir(self) -> Path:
        """Beside the cluster while the socket's path is short enough, else a private folder in the temporary one."""
        beside = self.server_dir / "socket"
        if len(os.fsencode(beside / _SOCKET_NAME)) <= _SOCKET_PATH_LIMIT:
            return beside
        return shared_folder() / f"casewright-socket-{digest(self.server_dir)}"

    def own(self, path: Path) -> None:
        """Hand a file or folder to the server's user."""
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)


def prepare_home(data_dir: Path, progress: Progress) -> PostgresHome:
    """Create what is missing of a data folder and decide which user the server runs as.

    Raises:
        EmbeddedServerError: the kept data belong to another user, or that user can't reach them.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    server = data_dir / "server"
    if not server.exists():
        server.unlink(missing_ok=True)  # a link whose target somebody cleaned away
        home = PostgresHome(data_dir, unprivileged_account())
        if home.account is None or can_reach(home.account, data_dir):
            server.mkdir(mode=0o700)
        else:
            elsewhere = _fresh_folder_elsewhere(data_dir)
            server.symlink_to(elsewhere)
            progress(f"PostgreSQL's user can't enter {data_dir}, so its files are in {elsewhere} (linked from there)")
        home.own(server)
    home = PostgresHome(data_dir, _account_of(server))
    if home.account is not None and not can_reach(home.account, home.server_dir):
        raise EmbeddedServerError(f"User {home.account.uid}, who owns the data in {home.server_dir}, can't enter it.")
    if not home.socket_dir.exists():
        home.socket_dir.mkdir(mode=0o700)
        home.own(home.socket_dir)
    elif home.socket_dir.stat().st_uid != server.stat().st_uid:
        raise EmbeddedServerError(f"{home.socket_dir} belongs to somebody else: remove it.")
    return home


def discard_data(data_dir: Path) -> None:
    """Remove a data folder, and what of it had to be kept elsewhere; only while no server runs on it."""
    home = PostgresHome(data_dir, None)
    for folder in (home.socket_dir, home.server_dir):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(data_dir, ignore_errors=True)


def _account_of(server: Path) -> Account | None:
    owner = server.stat()
    if owner.st_uid == os.geteuid():
        return None
    if os.geteuid() != 0:
        raise EmbeddedServerError(f"The data in {server} belong to user {owner.st_uid}: start as that user or as root.")
    return Account(owner.st_uid, owner.st_gid)


def _fresh_folder_elsewhere(data_dir: Path) -> Path:
    folder = shared_folder() / f"casewright-data-{digest(data_dir)}"
    if folder.exists():
        shutil.rmtree(folder)  # left by a data folder that has since been removed
    folder.mkdir(mode=0o700)
    return folder
