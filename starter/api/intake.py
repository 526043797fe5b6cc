"""Submitting: one request, one ticket, however often it is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Response

from casewright.domain.ticket import Submission
from casewright.handbook import Handbook, NoPolicy
from casewright.policy.grammar import Policy
from starter.api.callers import Reader
from starter.api.claims import check_claims
from starter.api.parts import TheParts
from starter.api.problems import FieldProblem, invalid
from starter.api.route import StrictRoute
from starter.expected import KEY
from starter.shown.receipts import Receipt

router = APIRouter(route_class=StrictRoute, tags=["tickets"])
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=KEY,
        description="The sender's own name for this request: the same key again is the same ticket.",
    ),
]


@router.post(
    "/tickets",
    summary="Submit a request; the same Idempotency-Key again is the same ticket",
    status_code=201,
    responses={200: {"model": Receipt, "description": "The key had started this ticket before."}},
)
async def submit(submission: Submission, key: Key, caller: Reader, parts: TheParts, response: Response) -> Receipt:
    """Starts a ticket of one policy. Claims are the customer's structured fields, as the policy declares them."""
    # A resend is answered whatever the policy declares by now: its ticket keeps the version it was submitted under.
    if not await parts.client.knows(parts.client.ticket_of(caller.id, key)):
        check_claims(_in_force(parts.handbook, submission.policy, parts.client.now()), submission.claims)
    submitted = await parts.client.submit(submission, submitter=caller.id, key=key, kind=caller.actor.kind)
    response.headers["Location"] = f"/tickets/{submitted.ticket}"
    if submitted.already:
        response.status_code = 200
    return Receipt.model_validate(submitted.model_dump())


def _in_force(handbook: Handbook, policy: str, at: datetime) -> Policy:
    try:
        return handbook.version_in_force(policy, at)
    except NoPolicy as error:
        raise invalid((FieldProblem(field="policy", message=str(error)),)) from error
