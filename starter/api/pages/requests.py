"""A request for approval as its page shows it: what it is, and whether it still waits for this person."""

from __future__ import annotations

from dataclasses import dataclass

from casewright.approval_words import amounts, steps_of, what_happens
from casewright.domain.alarms import approval_deadline
from casewright.domain.approvals import wrong_voter
from casewright.domain.people import Actor
from casewright.domain.state import Approval, ApprovalStatus, TicketState
from casewright.links import ApprovalLink
from starter.api.pages.rendering import instant
from starter.shown.evidence import ShownEvidence, ShownSource


@dataclass(frozen=True)
class Request:
    """What there is to decide: words only, and nothing that a customer wrote."""

    steps: tuple[str, ...]
    amount: str
    requested_by: str
    roles: str
    why: str
    quorum: int
    yes: str
    deadline: str
    rule: str
    reason: str
    conditions: tuple[tuple[str, str], ...]
    sources: tuple[ShownSource, ...]


def act_of(link: ApprovalLink) -> str:
    """The id of the act that a link brings: so it counts once."""
    return f"link-{link.nonce}"


def over(state: TicketState, link: ApprovalLink, actor: Actor, *, used: bool, own: str | None = None) -> str | None:
    """Why the request doesn't wait for this person, in words; None: it does. ``own``: why it is theirs."""
    approval = state.approval
    if used:
        return "This link was used already; its first verdict stands."
    if approval is None or approval.plan_hash != link.plan_hash:
        return "The plan has changed since this link was sent, so nothing can be decided by it any more."
    by = f" by {approval.verdict_by.id}" if approval.verdict_by else ""
    match approval.status:
        case ApprovalStatus.GIVEN:
            return f"It was already approved{by}."
        case ApprovalStatus.REJECTED:
            return f"It was already rejected{by}."
        case ApprovalStatus.CANCELLED:
            return "The request was withdrawn: nobody needs to decide it any more."
        case ApprovalStatus.PENDING:
            return _not_theirs(state, approval, actor, own)


def _not_theirs(state: TicketState, approval: Approval, actor: Actor, own: str | None) -> str | None:
    if actor.id in [voter.id for voter in approval.votes]:
        return "Your yes was counted already; somebody else's is needed too."
    reason = own or wrong_voter(state, approval, actor)
    return f"You may not decide it: {reason}." if reason else None


def shown(state: TicketState, link: ApprovalLink, evidence: ShownEvidence | None) -> Request | None:
    """The request of a link; None: the ticket has another one by now."""
    approval = state.approval
    if approval is None or approval.plan_hash != link.plan_hash:
        return None
    steps, ruling, need = steps_of(state, approval), state.ruling, approval.need
    pending = approval.status is ApprovalStatus.PENDING
    return Request(
        steps=tuple(what_happens(step) for step in steps),
        amount=amounts(steps),
        requested_by=approval.requested_by.id,
        roles=" or ".join(need.roles),
        why=need.why,
        quorum=len(need.roles) if need.one_of_each else need.quorum,
        yes=", ".join(voter.id for voter in approval.votes),
        deadline=f"{instant(approval_deadline(state, approval))} UTC" if pending else "",
        rule=(ruling.rule or ruling.policy) if ruling else "",
        reason=ruling.reason if ruling else state.owned_because,
        conditions=tuple(evidence.conditions.items()) if evidence else (),
        sources=evidence.sources if evidence else (),
    )
