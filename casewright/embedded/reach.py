"""The unprivileged user that servers run as when we are root, and what that user can get to."""

import hashlib
import os
import pwd
import subprocess
import tempfile
from pathlib import Path

from casewright.embedded.errors import EmbeddedServerError
from casewright.embedded.processes import Account


def unprivileged_account() -> Account | None:
    """The user to run servers as: `nobody`, or one that exists, when we are root, else None (who we are).

    Raises:
        EmbeddedServerError: there is only root; `initdb` refuses to run as a user without a name.
    """
    if os.geteuid() != 0:
        return None
    ordinary = [user for user in pwd.getpwall() if user.pw_uid != 0]
    if not ordinary:
        raise EmbeddedServerError("PostgreSQL won't run as root, and there is no other user: create one.")
    chosen = min(ordinary, key=lambda user: (user.pw_name != "nobody", user.pw_uid))
    return Account(chosen.pw_uid, chosen.pw_gid)


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


def shared_folder() -> Path:
    """A folder that every user can enter, and that outlives a reboot where there is one."""
    kept_over_a_reboot = Path("/var/tmp")
    return kept_over_a_reboot if kept_over_a_reboot.is_dir() else Path(tempfile.gettempdir())


def digest(path: Path) -> str:
    """A short name for a path, the same at every start."""
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]
