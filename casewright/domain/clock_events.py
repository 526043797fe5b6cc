"""Events of a ticket's commitments."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from casewright.domain.clocks import Clock, ClockId
from casewright.domain.entitlement import Entitlement
from casewright.domain.model import Frozen


class ClocksSet(Frozen):
    """The commitments that apply to the ticket now, whole; one that was set before keeps its start."""

    type: Literal["clocks_set"] = "clocks_set"
    entitlement: Entitlement


class FollowUpSet(Frozen):
    """A commitment that something set which happened to the ticket."""

    type: Literal["follow_up_set"] = "follow_up_set"
    clock: Clock


class AtRisk(Frozen):
    """Most of a commitment's time is used."""

    type: Literal["at_risk"] = "at_risk"
    clock: ClockId
    deadline: datetime


class NearlyDue(Frozen):
    """A long commitment has 15 minutes left."""

    type: Literal["nearly_due"] = "nearly_due"
    clock: ClockId
    deadline: datetime


class Breached(Frozen):
    """A commitment was not met by its deadline."""

    type: Literal["breached"] = "breached"
    clock: ClockId
    deadline: datetime


class StillOverdue(Frozen):
    """Commitments were broken a day or more ago and are still to be met: colleagues are reminded."""

    type: Literal["still_overdue"] = "still_overdue"
    clocks: tuple[ClockId, ...]
