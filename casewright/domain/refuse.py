"""Whether an act is refused, and why: pure, asked before anything is recorded."""

from __future__ import annotations

from enum import StrEnum

from casewright.domain import acts as a
from casewright.domain.approvals import wrong_voter
from casewright.domain.charter import Charter
from casewright.domain.evolve import act_digest
from casewright.domain.model import Frozen
from casewright.domain.people import ActorKind
from casewright.domain.state import Phase, StepStatus, TicketState
from casewright.domain.steps import ReservedStep

MAX_ACTS = 2_000


class RefusalKind(StrEnum):
    """What sort of no it is; the API maps it to a status."""

    CLOSED = "closed"
    FORBIDDEN = "forbidden"
    CONFLICT = "conflict"


class Refusal(Frozen):
    """A no, in words: what was wrong and what to do."""

    kind: RefusalKind
    reason: str


def refuse(state: TicketState, act: a.Act, charter: Charter) -> Refusal | None:
    """Why the act can't be taken, or None when it can. A resend of a taken act is never refused."""
    taken = state.acts.get(act.id)
    if taken is not None:
        if taken.digest == act_digest(act):
            return None
        return _conflict(f"act id {act.id!r} was already used for another act; send a new one under a new id")
    if len(state.acts) >= MAX_ACTS:
        return _conflict(f"the ticket has taken {MAX_ACTS} acts, its limit; open a linked ticket")
    return (
        _wrong_actor(act, charter)
        or _wrong_phase(state, act)
        or _wrong_moment(state, act)
        or _unknown_team(act, charter)
    )


def overtaken(state: TicketState, act: a.Act) -> Refusal | None:
    """Why an act that was let in can't be taken after what was due before it: its actor was looked at already."""
    return _wrong_phase(state, act) or _wrong_moment(state, act)


def refuse_told(state: TicketState, act: a.Act) -> Refusal | None:
    """The part of ``refuse`` that needs no charter: for messages of customers that nobody waits on."""
    if not isinstance(act, a.CustomerAnswer):
        return Refusal(kind=RefusalKind.FORBIDDEN, reason=f"{act.type} needs an answer: send it as an update")
    return refuse(state, act, Charter.model_construct(acts={}, matrix=()))


def _conflict(reason: str) -> Refusal:
    return Refusal(kind=RefusalKind.CONFLICT, reason=reason)


def _forbidden(reason: str) -> Refusal:
    return Refusal(kind=RefusalKind.FORBIDDEN, reason=reason)


def _wrong_actor(act: a.Act, charter: Charter) -> Refusal | None:
    if isinstance(act, a.CustomerAnswer | a.Rate):
        if act.actor.kind is ActorKind.PERSON:
            return _forbidden("a customer's answer comes from the customer, or from the service that received it")
        return None
    if act.actor.kind is not ActorKind.PERSON:
        return _forbidden(f"{act.type} is for people; {act.actor.id} is a {act.actor.kind}")
    needed = charter.acts.get(act.type)
    if not act.actor.all_roles:
        return _forbidden(f"{act.actor.id} holds no role")
    if needed is not None and not act.actor.holds(needed):
        return _forbidden(f"{act.type} may be done by {', '.join(needed)}; {act.actor.id} is none of these")
    return None


def _wrong_phase(state: TicketState, act: a.Act) -> Refusal | None:
    if state.phase is Phase.OPEN or isinstance(act, a.InternalNote | a.CustomerAnswer | a.Rate):
        if state.phase is not Phase.CLOSED:
            return None
        return Refusal(kind=RefusalKind.CLOSED, reason="the ticket is closed; submit a new one")
    words = {
        Phase.RESOLVING: "the ticket is being resolved",
        Phase.RESOLVED: "the ticket is resolved; the customer's answer reopens it",
        Phase.CLOSED: "the ticket is closed; submit a new one",
    }
    return Refusal(kind=RefusalKind.CLOSED, reason=words[state.phase])


def _wrong_moment(state: TicketState, act: a.Act) -> Refusal | None:
    if isinstance(act, a.Approve | a.Reject):
        return _wrong_verdict(state, act)
    if isinstance(act, a.Resolve | a.Override):
        return _unfinished_business(state)
    if isinstance(act, a.Retry):
        return _not_uncertain(state, act)
    if isinstance(act, a.Rate):
        return _unasked_rating(state)
    if isinstance(act, a.Claim) and state.assignee == act.actor.id:
        return _conflict("the ticket is yours already")
    if isinstance(act, a.Claim) and state.assignee is not None:
        return _conflict(
            f"{state.assignee} has the ticket; hand it over by reassigning it to yourself, with the reason"
        )
    return None


def _unasked_rating(state: TicketState) -> Refusal | None:
    if state.surveys == 0:
        return _conflict("the customer has not been asked for a rating yet")
    if state.ratings >= state.surveys:
        return _conflict("the survey was answered already; the first answer stands")
    return None


def _not_uncertain(state: TicketState, act: a.Retry) -> Refusal | None:
    uncertain = [record.step.id for record in state.with_status(StepStatus.UNCERTAIN)]
    if act.step in uncertain:
        return None
    return _conflict(f"only a step of uncertain outcome is tried again; here: {', '.join(uncertain) or 'none'}")


def _unknown_team(act: a.Act, charter: Charter) -> Refusal | None:
    if not isinstance(act, a.Reassign) or not charter.teams or act.team in charter.teams:
        return None
    return _conflict(f"there is no team {act.team!r}, and nobody would look there; known: {', '.join(charter.teams)}")


def _wrong_verdict(state: TicketState, act: a.Approve | a.Reject) -> Refusal | None:
    approval = state.approval
    if approval is None:
        return _conflict("nothing on this ticket waits for approval")
    if not state.awaits_approval:
        by = f" by {approval.verdict_by.id}" if approval.verdict_by else ""
        return _conflict(f"the request for approval was already {approval.status}{by}; the first verdict stands")
    if act.plan_hash != approval.plan_hash:
        return _conflict("the plan has changed since it was shown; look at it again")
    if reason := wrong_voter(state, approval, act.actor):
        return _forbidden(reason)
    if act.actor.id in [voter.id for voter in approval.votes]:
        return _conflict("your yes was counted already; somebody else's is needed too")
    return None


def _unfinished_business(state: TicketState) -> Refusal | None:
    """An act that ends or replaces the plan must not race with money that is on its way."""
    for record in state.steps.values():
        if not isinstance(record.step, ReservedStep) or record.status.over:
            continue
        approved = record.gate is None or not state.awaits_approval
        if record.status is StepStatus.STARTED or approved:
            return _conflict(f"a {record.step.kind} is on its way ({record.step.id}); wait until its result is known")
    if state.remedy is not None:
        return _conflict(f"{state.remedy.by.id}'s remedy is being prepared; wait until its result is known")
    return None
