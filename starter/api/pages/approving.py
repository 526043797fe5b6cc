"""A request for approval by link: GET shows it, POST acts, and only for the person that the link was sent to."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from casewright.client import ActRefused
from casewright.domain.acts import Approve, Reject
from casewright.links import ApprovalLink
from casewright.records import reads
from starter.api.evidence import evidence
from starter.api.own_requests import own_request
from starter.api.pages import requests
from starter.api.pages.forms import fields
from starter.api.pages.rendering import HEADERS, page
from starter.api.pages.route import PageRoute
from starter.api.pages.taking import was_taken
from starter.api.pages.visitors import Visitor, links_of, require_addressee, require_seal, seal, visitor
from starter.api.parts import Parts, TheParts
from starter.api.refusing import REFUSALS
from starter.api.verdicts import require_possible

router = APIRouter(route_class=PageRoute, include_in_schema=False)
USED = 409
REASON = "A rejection needs a reason, of at most 2,000 characters: the staff reads why."


@router.api_route("/approve/{token}", methods=["GET", "HEAD"])
async def show(token: str, request: Request, parts: TheParts) -> Response:
    """The request as it stands now. Nothing is changed, whoever follows the link."""
    link = links_of(parts).read(ApprovalLink, token, parts.client.now())
    found = await visitor(request, parts)
    if found is None:
        return RedirectResponse(f"/sign-in?next=/approve/{token}", 303, HEADERS)
    require_addressee(found, link)
    return await _page(parts, link, found)


@router.post("/approve/{token}")
async def answer(token: str, request: Request, parts: TheParts) -> Response:
    """Approve or reject, in the name of whoever is signed in, once."""
    links = links_of(parts)
    link = links.read(ApprovalLink, token, parts.client.now())
    found = await visitor(request, parts)
    if found is None:
        return RedirectResponse(f"/sign-in?next=/approve/{token}", 303, HEADERS)
    require_addressee(found, link)
    form = await fields(request)
    require_seal(links, form.get("seal", ""), found, link)
    try:
        act = _act(form, link, found)
    except ValidationError:
        return await _page(parts, link, found, status=422, wrong=REASON, reason=form.get("reason", ""))
    if act is None:
        return await _page(parts, link, found, status=422, wrong="Choose one: approve or reject.")
    return await _taken(parts, link, found, act)


def _act(form: dict[str, str], link: ApprovalLink, found: Visitor) -> Approve | Reject | None:
    id, actor = requests.act_of(link), found.person.actor
    match form.get("verdict"):
        case "approve":
            return Approve(id=id, actor=actor, plan_hash=link.plan_hash)
        case "reject":
            return Reject(id=id, actor=actor, plan_hash=link.plan_hash, reason=form.get("reason", ""))
    return None


async def _taken(parts: Parts, link: ApprovalLink, found: Visitor, act: Approve | Reject) -> Response:
    if await was_taken(parts, link.ticket, act.id):
        return await _page(parts, link, found, status=USED)
    try:
        await require_possible(parts, link.ticket, act)
        taken = await parts.client.act(link.ticket, act)
    except ActRefused as refusal:
        status, _, _ = REFUSALS[refusal.refusal.kind]
        return await _page(parts, link, found, status=status, wrong=f"Nothing was done: {refusal.refusal.reason}.")
    if taken.repeated:
        return await _page(parts, link, found, status=USED)
    word = "approved" if isinstance(act, Approve) else "rejected"
    return page(
        "approve.html", ticket=link.ticket, visitor=found, said=f"You {word} it.", tone="good", wrong="", request=None,
        seal="", reason="",
    )  # fmt: skip


async def _page(
    parts: Parts, link: ApprovalLink, found: Visitor, *, status: int = 200, wrong: str = "", reason: str = ""
) -> Response:
    view = await parts.client.view(link.ticket)
    rows = await reads.rows(parts.pool, link.ticket)
    used = requests.act_of(link) in {row.act for row in rows}
    own = await own_request(parts, view, found.person.actor)
    over = requests.over(view.state, link, found.person.actor, used=used, own=own)
    shown = requests.shown(view.state, link, evidence(rows))
    return page(
        "approve.html",
        status,
        ticket=link.ticket,
        visitor=found,
        said=over or "",
        tone="",
        wrong=wrong,
        request=shown,
        seal=seal(links_of(parts), found, link) if over is None else "",
        reason=reason,
    )
