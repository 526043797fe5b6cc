"""Which policies have code of their own: one line per policy."""

from __future__ import annotations

from casewright.policy.derivation import AnyInputsModule
from casewright.policy.inputs import a_1, a_2, b_1, c_1, h_1, i_2

INPUTS_MODULES: dict[str, AnyInputsModule] = {
    "A.1": a_1.MODULE,
    "A.2": a_2.MODULE,
    "B.1": b_1.MODULE,
    "C.1": c_1.MODULE,
    "H.1": h_1.MODULE,
    "I.2": i_2.MODULE,
}
