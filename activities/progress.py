"""What one attempt of a step that goes to several people leaves for the next: whom it has dealt with.

Temporal keeps it with the activity, as its heartbeat's details, and forgets it when the activity is over. It survives
an attempt that failed; what was noted in the last moments of a worker that was killed may be lost, and is done again.
"""

from __future__ import annotations

from temporalio import activity

from casewright.domain.model import Frozen
from casewright.domain.people import PersonId


class Told(Frozen):
    """Who needs no other try, by id: never by address, as histories keep it."""

    reached: tuple[PersonId, ...] = ()
    refused: tuple[PersonId, ...] = ()
    """Whom the outside system will never take."""

    def knows(self, person: PersonId) -> bool:
        """Whether this person was dealt with."""
        return person in self.reached or person in self.refused


class Progress:
    """Remembers across the attempts of the activity that it is asked in; outside any, it remembers nothing."""

    def so_far(self) -> Told:
        """What the attempts before this one kept."""
        details = activity.info().heartbeat_details if activity.in_activity() else ()
        return Told.model_validate(details[0]) if details else Told()

    def keep(self, told: Told) -> None:
        """For the attempts to come; it replaces what was kept."""
        if activity.in_activity():
            activity.heartbeat(told.model_dump(mode="json"))
