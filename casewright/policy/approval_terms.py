"""By when a request for approval is to be answered, and who is asked next (RULES §5)."""

from __future__ import annotations

from collections.abc import Sequence

from casewright.domain.charter import Charter
from casewright.domain.decision import ApprovalNeed, Commitment, Decision


def in_time(decision: Decision, charter: Charter) -> Decision:
    """A decision whose request for approval has a deadline for each level: the rule's own SLA, else the default."""
    ruling = decision.ruling
    if ruling.approval is None:
        return decision
    calendar = charter.team(ruling.team).calendar
    need = with_ladder(ruling.approval, charter, ruling.commitments, calendar)
    return decision.model_copy(update={"ruling": ruling.model_copy(update={"approval": need})})


def with_ladder(
    need: ApprovalNeed, charter: Charter, commitments: Sequence[Commitment] = (), calendar: str | None = None
) -> ApprovalNeed:
    """A need with the levels that are asked one after the other; whoever is asked may answer.

    Where each of several roles must be heard, all are asked at once. A ladder of authority over money is kept as it is:
    nobody above or beside it may give more than the matrix says.
    """
    span = commitments[0].span if commitments else need.span
    terms = {"span": span, "calendar": need.calendar or calendar}
    if need.one_of_each or need.ladder:
        return need.model_copy(update=terms)
    ladder = charter.ladder(need.roles)
    roles = tuple(dict.fromkeys((*need.roles, *(role for level in ladder for role in level))))
    return need.model_copy(update={**terms, "ladder": ladder, "roles": roles})
