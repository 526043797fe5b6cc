"""Who looks at a page: signed in by a cookie that only the API can make, still active, and with the token they had."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Request, Response

from casewright.links import SIGN_IN, ApprovalLink, BadLink, Flaw, FormSeal, Links, SignIn, refusal
from casewright.records import people
from casewright.records.people import Person
from starter.api.parts import Parts
from starter.api.problems import Code, problem, unavailable

COOKIE = "casewright_sign_in"


@dataclass(frozen=True)
class Visitor:
    """A person, and the sign-in that they come by."""

    person: Person
    sign_in: SignIn

    @property
    def name(self) -> str:
        """As people call them."""
        return self.person.name


def links_of(parts: Parts) -> Links:
    """What signs and reads tokens.

    Raises:
        ApiProblem: 503; there is no key.
    """
    if parts.links is None:
        raise unavailable("links aren't set up here", "Whoever runs Casewright sets CASEWRIGHT_LINK_KEY.")
    return parts.links


async def visitor(request: Request, parts: Parts) -> Visitor | None:
    """Who is signed in, with the roles held now; None: nobody who may come in, or no more by the token they had."""
    cookie = request.cookies.get(COOKIE)
    if cookie is None:
        return None
    links = links_of(parts)
    try:
        sign_in = links.read(SignIn, cookie, datetime.now(UTC))
    except BadLink:
        return None
    async with parts.pool.acquire() as connection:
        known = (await people.acting(connection, [sign_in.person], parts.client.now())).get(sign_in.person)
        kept = await people.token_hash_of(connection, sign_in.person)
    if known is None or known.kind != "person" or kept is None:
        return None
    return Visitor(known, sign_in) if hmac.compare_digest(_digest(links, known, kept), sign_in.token) else None


def welcome(response: Response, person: Person, token: str, parts: Parts) -> None:
    """Have whoever came by this token signed in from now on, until it is changed or some hours have passed."""
    links = links_of(parts)
    sign_in = SignIn(
        nonce=secrets.token_hex(16),
        expires=datetime.now(UTC) + SIGN_IN,
        person=person.id,
        token=_digest(links, person, people.hash_token(token)),
    )
    response.set_cookie(
        COOKIE,
        links.sign(sign_in),
        max_age=int(SIGN_IN.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=parts.pages_url.startswith("https://"),
    )


def _digest(links: Links, person: Person, token_hash: str) -> str:
    """Tells one token of a person from another, and nothing of either: the cookie can be read by whoever has it."""
    return links.nonce("sign-in", person.id, token_hash)


def farewell(response: Response) -> None:
    """Have them signed in no longer, in this browser."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")


def require_addressee(found: Visitor, link: ApprovalLink) -> None:
    """Keep out whom a link was forwarded to.

    Raises:
        BadLink: it was sent to somebody else.
    """
    if found.person.id != link.person:
        raise refusal(link.purpose, Flaw.OTHER_PERSON, link.ticket)


def seal(links: Links, found: Visitor, link: ApprovalLink) -> str:
    """What a form must bring along to count: it was on a page that this sign-in was shown for this link."""
    return links.sign(FormSeal(nonce=found.sign_in.nonce, expires=found.sign_in.expires, page=link.nonce))


def require_seal(links: Links, token: str, found: Visitor, link: ApprovalLink) -> None:
    """Refuse a form that another site had the browser send.

    Raises:
        ApiProblem: 403.
    """
    stale = problem(
        403, Code.FORBIDDEN, "this form isn't from the page as you were shown it", what_to_do="Open the link again."
    )
    try:
        said = links.read(FormSeal, token, datetime.now(UTC))
    except BadLink as error:
        raise stale from error
    if (said.nonce, said.page) != (found.sign_in.nonce, link.nonce):
        raise stale
