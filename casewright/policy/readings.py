"""From a derivation to the table's readings: nothing is silently known."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from casewright.domain.model import Frozen
from casewright.policy.derivation import Derived
from casewright.policy.grammar import Policy, Reading, Unavailable


def readings_of(policy: Policy, derived: Derived[Frozen, Frozen]) -> dict[str, Reading]:
    """Each input's reading. One that is None without being declared absent-able counts as unavailable."""
    found: dict[str, Reading] = {}
    for name, column in policy.inputs.items():
        value = getattr(derived.inputs, name)
        if name in derived.unavailable:
            found[name] = Unavailable(derived.unavailable[name])
        elif value is None:
            found[name] = None if column.absent else Unavailable(f"{name} came out as nothing")
        else:
            found[name] = _plain(value)
    return found


def _plain(value: Reading | Enum | int) -> Reading:
    if isinstance(value, Enum):
        return str(value.value)
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
