"""Signing in with one's own token, for the pages that need to know who looks."""

from __future__ import annotations

import logging
import re

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from casewright.records import people
from starter.api.callers import MAX_TOKEN
from starter.api.pages.forms import fields
from starter.api.pages.rendering import HEADERS, message, page
from starter.api.pages.route import PageRoute
from starter.api.pages.visitors import farewell, links_of, welcome
from starter.api.parts import TheParts

router = APIRouter(route_class=PageRoute, include_in_schema=False)
# Only pages of ours that need it: a sign-in must not end on somebody else's site.
_PLACE = re.compile(r"/approve/[A-Za-z0-9._-]{1,1000}")
log = logging.getLogger("casewright.api")


@router.api_route("/sign-in", methods=["GET", "HEAD"])
async def ask(parts: TheParts, next: str = "") -> Response:
    """The form."""
    links_of(parts)
    return page("sign-in.html", next=_place(next), refused="")


@router.post("/sign-in")
async def sign_in(request: Request, parts: TheParts) -> Response:
    """Who it is follows from the token. It is looked up by its hash, the same way whether it is anybody's or not."""
    links_of(parts)
    form = await fields(request)
    token, place = form.get("token", "").strip()[:MAX_TOKEN], _place(form.get("next", ""))
    found = await people.by_token(parts.pool, token, parts.client.now())
    if found is None or found.kind != "person":
        log.warning("a sign-in was refused")
        return page("sign-in.html", 401, next=place, refused="That is not the token of an active member of the staff.")
    answer = RedirectResponse(place, 303, HEADERS) if place else message("You are signed in", "Open your link now.")
    welcome(answer, found, token, parts)
    return answer


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """In this browser."""
    await fields(request)
    answer = message("You are signed out", "Opening a link asks you to sign in again.")
    farewell(answer)
    return answer


def _place(wanted: str) -> str:
    return wanted if _PLACE.fullmatch(wanted) else ""
