"""The unprivileged user that servers run as when we are root, and what that user can get to."""

import hashlib
import os
import pwd
import subprocess
import tempfile
from pathlib import Path

from casewright.embedded.processes import Account


def unprivileged_account() -> Account | None:
    """The user to run servers as: `nobody` when we are root, else None (who we are)."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(65534, 65534)
    return Account(nobody.pw_uid, nobody.pw_gid)


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
