"""Requests for approval: who is asked, level by level, whose yes counts, and when they suffice (RULES §5)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from casewright.domain import events as ev
from casewright.domain.decision import ApprovalNeed
from casewright.domain.people import Actor, RoleName
from casewright.domain.state import Approval, TicketState
from casewright.domain.steps import ApprovalMailStep, NoticeStep, StepId

OPERATIONS_MANAGER = "operations-manager"


def level_of(need: ApprovalNeed, level: int) -> tuple[RoleName, ...]:
    """The roles that are asked at a level, from 0; without a ladder all are asked at once."""
    return need.ladder[level] if need.ladder else need.roles


def suffices(need: ApprovalNeed, people: Sequence[Actor]) -> bool:
    """Whether these people's yes is enough: different people, and one for each role where each must be heard."""
    voters = list({person.id: person for person in people}.values())
    if not need.one_of_each:
        return len(voters) >= need.quorum
    if len(voters) < len(need.roles):
        return False
    return any(
        all(voter.holds((role,)) for voter, role in zip(seated, need.roles, strict=True))
        for seated in permutations(voters, len(need.roles))
    )


def wrong_voter(state: TicketState, approval: Approval, actor: Actor) -> str | None:
    """Why this person may not give a verdict, or None: nobody approves what they asked for, by no deputy either."""
    own = (approval.requested_by.id, state.submitter.id)
    if actor.id in own:
        return "nobody approves their own request"
    if not actor.holds(approval.need.roles):
        return f"this needs one of {', '.join(approval.need.roles)} ({approval.need.why})"
    impartial = actor
    for person in own:
        impartial = impartial.without(person)
    if not impartial.holds(approval.need.roles):
        return "nobody approves as the deputy of whoever asked for it"
    return None


def ask(plan_hash: str, need: ApprovalNeed, not_to: tuple[str, ...], step: StepId) -> ev.StepPlanned:
    """The mail to those who are asked first; not to whoever asks, or submitted the ticket."""
    mail = ApprovalMailStep(id=step, plan_hash=plan_hash, roles=level_of(need, 0), not_to=tuple(dict.fromkeys(not_to)))
    return ev.StepPlanned(step=mail)


def unanswered(state: TicketState, approval: Approval) -> list[ev.Event]:
    """The deadline of a level passed: the next one is asked; at the top, a reminder. Never a silent yes."""
    step = f"approval-{state.seq + 1}"
    if not approval.at_the_top:
        level = approval.level + 1
        roles = level_of(approval.need, level)
        up = ev.ApprovalPassedUp(plan_hash=approval.plan_hash, level=level, roles=roles)
        return [up, ev.StepPlanned(step=_mail(state, approval, step, roles))]
    roles = level_of(approval.need, approval.level)
    told = NoticeStep(
        id=f"notice-{state.seq + 2}",
        template="staff-approval-unanswered",
        team=state.team,
        to=(OPERATIONS_MANAGER,),
        values={"roles": ", ".join(roles)},
    )
    reminder = _mail(state, approval, step, roles).model_copy(update={"reminder": True})
    reminded = ev.ApprovalReminded(plan_hash=approval.plan_hash)
    return [reminded, ev.StepPlanned(step=reminder), ev.StepPlanned(step=told)]


def _mail(state: TicketState, approval: Approval, step: StepId, roles: tuple[RoleName, ...]) -> ApprovalMailStep:
    said_yes = (voter.id for voter in approval.votes)
    not_to = tuple(dict.fromkeys((approval.requested_by.id, state.submitter.id, *said_yes)))
    return ApprovalMailStep(id=step, plan_hash=approval.plan_hash, roles=roles, not_to=not_to)
