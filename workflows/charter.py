"""The charter that this worker's workflows refuse acts by.

Only update validators read it, and a replay never runs those: so it may change from one start to the next.
"""

from casewright.domain.charter import Charter

_in_force: list[Charter] = []


def install(charter: Charter) -> None:
    """Set the charter, once, before the worker starts."""
    _in_force[:] = [charter]


def in_force() -> Charter:
    """The charter of this worker.

    Raises:
        LookupError: none was installed.
    """
    if not _in_force:
        raise LookupError("the worker was started without a charter")
    return _in_force[0]
