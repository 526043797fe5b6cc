"""What a person orders instead of the table's verdict, as steps (HB 7)."""

from __future__ import annotations

from typing import NamedTuple

from casewright.domain.decision import ApprovalNeed
from casewright.domain.steps import Step


class RemedyImpossible(ValueError):
    """What a person wants to give can't be given; the message says why."""


class PreparedRemedy(NamedTuple):
    """A person's remedy as steps, and who may authorise it."""

    steps: tuple[Step, ...]
    need: ApprovalNeed
