"""What to do instead of an act that was refused."""

from __future__ import annotations

from casewright.client import ActRefused
from casewright.domain.acts import Act, Approve, Claim, CustomerAnswer, Rate, Reject, Resolve, Retry
from casewright.domain.people import ActorKind
from casewright.domain.refuse import RefusalKind
from starter.api.problems import ApiProblem, problem
from starter.api.refusing import REFUSALS

_LOOK = "Look at the ticket as it is now. Another act needs an id of its own; the same act again keeps its id."
_VERDICT = "Look at the ticket's `approval` as it is now: a verdict is given once, on exactly the plan that was shown."
_CONFLICT = {
    Claim: "Go on with it: reply, ask the customer, resolve or reassign it. Another act needs an id of its own.",
    Approve: _VERDICT,
    Reject: _VERDICT,
    Resolve: "Wait until nothing is on its way (the ticket's `steps`), then resolve it.",
    Retry: "Look at the ticket's `steps`: what has another status than uncertain needs no other try.",
}
_PEOPLE_ONLY = "People do this, with their own tokens; a service passes on what the customer wrote as customer_answer."
_NO_CUSTOMER = "The service that submitted the ticket passes it on; what else you know, leave as an internal_note."


def refused(refusal: ActRefused, act: Act) -> ApiProblem:
    """The no to this act, with a way on that fits it."""
    status, code, usual = REFUSALS[refusal.refusal.kind]
    return problem(status, code, refusal.refusal.reason, what_to_do=_way_on(refusal.refusal.kind, act) or usual)


def _way_on(kind: RefusalKind, act: Act) -> str | None:
    if kind is RefusalKind.CONFLICT:
        return _CONFLICT.get(type(act), _LOOK)
    if kind is not RefusalKind.FORBIDDEN:
        return None
    if isinstance(act, CustomerAnswer | Rate):
        return _NO_CUSTOMER
    return _PEOPLE_ONLY if act.actor.kind is not ActorKind.PERSON else None
