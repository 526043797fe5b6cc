"""Acting on a ticket."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Response

from casewright.client import ActRefused
from casewright.domain.acts import Act, CustomerAnswer
from casewright.records.views import TicketView
from starter.api.act_body import ActBody, read_act
from starter.api.callers import Reader
from starter.api.claims import check_claims
from starter.api.customer import over_for_customer
from starter.api.instead import refused
from starter.api.parts import Parts, TheParts
from starter.api.reach import reached
from starter.api.route import StrictRoute
from starter.api.verdicts import require_possible
from starter.shown.receipts import Taken

router = APIRouter(route_class=StrictRoute, tags=["acts"])
Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", max_length=100, description="The act's id, where the body has none."),
]


@router.post(
    "/tickets/{ticket}/acts",
    summary="Act on a ticket: claim, reply, approve, reject, resolve, override, …",
    responses={202: {"model": Taken, "description": "Taken, but not known to be in the journal yet."}},
)
async def act(
    ticket: str, body: ActBody, caller: Reader, parts: TheParts, response: Response, key: Key = None
) -> Taken:
    """The answer comes when the journal has the act. The same id with the same content counts once.

    A service may pass on the customer's answer to a ticket that it submitted itself; everything else is done by people,
    within their roles.
    """
    asked = read_act(body, caller.actor, key)
    if isinstance(asked, CustomerAnswer) or caller.kind != "person":
        view = await reached(ticket, caller, parts)
        if caller.kind != "person" and (over := over_for_customer(view, parts)) is not None:
            raise refused(ActRefused.of(over), asked)
        _check_claims(parts, view, asked)
    try:
        await require_possible(parts, ticket, asked)
        taken = await parts.client.act(ticket, asked)
    except ActRefused as refusal:
        raise refused(refusal, asked) from refusal
    if not taken.journalled:
        response.status_code = 202
    told = taken.model_dump() if caller.kind == "person" else {**taken.model_dump(), "seq": None}
    return Taken.model_validate(told)


def _check_claims(parts: Parts, view: TicketView, asked: Act) -> None:
    """Claims that come with an answer are those of the version that the ticket lives by."""
    if not isinstance(asked, CustomerAnswer) or not asked.claims:
        return
    version = view.state.ruling.version if view.state.ruling else None
    check_claims(parts.handbook.policy_for(view.policy, version, view.submitted_at), asked.claims)
