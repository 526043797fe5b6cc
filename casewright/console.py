"""The ``casewright`` command: starts the project's command line, which the client's wheel alone doesn't carry."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec

ONLY_THE_CLIENT = """\
The casewright command works in a checkout of the project. What is installed here is the client library, for other
services: import casewright.client, or clone the project and run `make run`.
"""


def main() -> None:
    """Run the command line.

    Raises:
        SystemExit: with the command's exit code; 2 when only the client library is installed.
    """
    if find_spec("starter") is None or find_spec("starter.cli") is None:
        sys.stderr.write(ONLY_THE_CLIENT)
        raise SystemExit(2)
    import_module("starter.cli").app()
