"""Starts one command as an unprivileged user that dies with the process that asked for it.

Run as a script, by path: `python -I -S launch.py PARENT SIGNAL UID GID COMMAND…`;
UID and GID are -1 to stay who we are.
A small process of its own, because `preexec_fn` is unsafe in a program with threads (the Temporal SDK has many), and
because the kernel forgets the death signal when the user changes: so the user first, then the signal, then the command.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, death_signal: int) -> None:
    """Have the kernel send `death_signal` to this process when `parent` ends; Linux only, elsewhere nothing happens."""
    prctl = getattr(ctypes.CDLL(None, use_errno=True), "prctl", None)
    if prctl is None:
        return
    if prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        # It ended before we could ask for the signal: nobody would ever stop the command.
        sys.exit("the parent process is gone")


def main(arguments: list[str]) -> None:
    """Become the unprivileged user, tie our life to the parent's, and turn into the command."""
    parent, death_signal, uid, gid = (int(argument) for argument in arguments[:4])
    command = arguments[4:]
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    die_with_parent(parent, death_signal)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
