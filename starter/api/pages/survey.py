"""The survey after a ticket's closure (RULES §7): whoever has its link answers once.

It tells nothing but the ticket's id, so a neutral policy's page is like any other's.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from casewright.client import ActRefused
from casewright.domain.acts import Rate
from casewright.domain.people import Actor, ActorKind
from casewright.domain.refuse import RefusalKind
from casewright.domain.state import Phase, TicketState
from casewright.links import SurveyLink
from starter.api.pages.forms import fields
from starter.api.pages.rendering import message, page
from starter.api.pages.route import PageRoute
from starter.api.pages.taking import was_taken
from starter.api.pages.visitors import links_of
from starter.api.parts import Parts, TheParts

router = APIRouter(route_class=PageRoute, include_in_schema=False)
CUSTOMER = Actor(id="customer", kind=ActorKind.CUSTOMER)
SCORES = ((1, "not at all"), (2, ""), (3, ""), (4, ""), (5, "very"))
WRONG = "Please choose a score from 1 to 5; a comment has at most 2,000 characters."


@router.api_route("/survey/{token}", methods=["GET", "HEAD"])
async def show(token: str, parts: TheParts) -> Response:
    """The form, unless it was answered. Nothing is changed, whoever follows the link."""
    link = links_of(parts).read(SurveyLink, token, parts.client.now())
    return await _over(parts, link) or _form(link)


@router.post("/survey/{token}")
async def answer(token: str, request: Request, parts: TheParts) -> Response:
    """The customer's rating, once."""
    link = links_of(parts).read(SurveyLink, token, parts.client.now())
    form = await fields(request)
    score, comment = form.get("score", ""), form.get("comment", "")
    try:
        rating = Rate.model_validate({"id": _act_of(link), "actor": CUSTOMER, "score": score, "comment": comment})
    except ValidationError:
        return _form(link, 422, wrong=WRONG, chosen=score, comment=comment)
    if (over := await _over(parts, link, 409)) is not None:
        return over
    try:
        taken = await parts.client.act(link.ticket, rating)
    except ActRefused as refusal:
        return _closed(409) if refusal.refusal.kind is RefusalKind.CLOSED else _answered(409)
    if taken.repeated:
        return _answered(409)
    return message("Thank you", "Your answer was taken.")


def _act_of(link: SurveyLink) -> str:
    return f"survey-{link.nonce}"


async def _over(parts: Parts, link: SurveyLink, status: int = 200) -> Response | None:
    state: TicketState = (await parts.client.view(link.ticket)).state
    if 0 < state.surveys <= state.ratings or await was_taken(parts, link.ticket, _act_of(link)):
        return _answered(status)
    return _closed(status) if state.phase is Phase.CLOSED else None


def _answered(status: int) -> Response:
    return message("Thank you", "The survey was already answered; the first answer counts.", status=status)


def _closed(status: int) -> Response:
    return message("The survey is over", "The time to answer it has passed. Nothing was changed.", status=status)


def _form(link: SurveyLink, status: int = 200, *, wrong: str = "", chosen: str = "", comment: str = "") -> Response:
    return page(
        "survey.html",
        status,
        ticket=link.ticket,
        scores=SCORES,
        wrong=wrong,
        chosen=chosen,
        comment=comment,
    )
