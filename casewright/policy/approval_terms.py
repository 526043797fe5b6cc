"""By when a request for approval is to be answered, and who is asked next (RULES §5)."""

from __future__ import annotations

from collections.abc import Sequence

from casewright.domain import spans
from casewright.domain.charter import Charter
from casewright.domain.clocks import CommitmentKind, Milestone
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
    sla = _rules_sla(commitments)
    span, own = (sla.span, sla.calendar) if sla is not None else (need.span, need.calendar)
    terms = {"span": span, "calendar": own or calendar}
    if need.one_of_each or need.ladder:
        return need.model_copy(update=terms)
    ladder = charter.ladder(need.roles)
    roles = tuple(dict.fromkeys((*need.roles, *(role for level in ladder for role in level))))
    return need.model_copy(update={**terms, "ladder": ladder, "roles": roles})


def _rules_sla(commitments: Sequence[Commitment]) -> Commitment | None:
    """The commitment that an approval is about: the shortest that doing what the rule asks for meets, which the verdict
    lets go on; without one, the shortest promise. A target of something else gives nobody a deadline to answer by.
    """
    acted = [c for c in commitments if c.met_by is Milestone.ACTED]
    promises = [c for c in commitments if c.kind is CommitmentKind.PROMISE]
    return min(acted or promises, key=lambda commitment: spans.minutes(commitment.span), default=None)
