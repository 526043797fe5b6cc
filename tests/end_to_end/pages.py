"""How tests use the pages: links as they were mailed, browsers that sign in, forms as the pages have them."""

from __future__ import annotations

import re

import httpx

from tests.end_to_end.api_calls import Api, token

_LINK = re.compile(r"http://api(/(?:approve|survey)/\S+)")
_SEAL = re.compile(r'name="seal" value="([^"]+)"')


async def mailed(api: Api, to: str, subject: str) -> list[str]:
    """The paths of the links in the mails to an address, oldest first."""
    found = (await api.world.http.get("/mailbox", params={"to": to, "subject": subject})).json()
    messages = sorted(found["data"] if isinstance(found, dict) else found, key=lambda one: one["received_at"])
    return [path for one in messages for path in _LINK.findall(_unfolded(one["text"]))]


def _unfolded(text: str) -> str:
    return text.replace("=\n", "")


async def asked(api: Api, ticket: str, who: str) -> str:
    """The link that a member of the staff was sent to approve a plan of this ticket."""
    (path,) = await mailed(api, f"{who}@staff.example.com", ticket)
    return path


async def signed_in(api: Api, who: str) -> httpx.AsyncClient:
    """A browser in which somebody signed in."""
    browser = api.browser()
    answer = await browser.post("/sign-in", data={"token": token(who)})
    assert answer.status_code == 200, answer.text
    return browser


def seal(page: httpx.Response) -> str:
    """What the page's forms bring along."""
    found = _SEAL.search(page.text)
    assert found is not None, page.text
    return found[1]


async def send(browser: httpx.AsyncClient, path: str, verdict: str, reason: str = "") -> httpx.Response:
    """Open the page, and send its form."""
    form = {"seal": seal(await browser.get(path)), "verdict": verdict, "reason": reason}
    return await browser.post(path, data=form)
