"""How a page is asked for: whatever goes wrong becomes a page too, and says what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from casewright.links import BadLink, Flaw
from starter.api.pages.rendering import message
from starter.api.refusing import as_problem
from starter.api.route import REQUEST_SECONDS

_WORDS = {
    Flaw.TAMPERED: (404, "This address isn't one of ours", "Please check that it was copied whole."),
    Flaw.OTHER_PURPOSE: (404, "This link is for something else", "Please open the message's own link as it was sent."),
    Flaw.EXPIRED: (
        410,
        "This link has expired",
        "Nothing was changed. If something still waits for you, you are asked again.",
    ),
    Flaw.OTHER_PERSON: (
        403,
        "This link is somebody else's",
        "It was sent to one person, and works for that person only. Whoever may answer gets a mail of their own.",
    ),
}


class PageRoute(APIRoute):
    """A route that answers with pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, inside ours."""
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                async with asyncio.timeout(REQUEST_SECONDS):
                    return await handle(request)
            except BadLink as error:
                status, title, line = _WORDS[error.flaw]
                return message(title, line, status=status, sign_in=error.flaw is Flaw.OTHER_PERSON)
            except Exception as error:
                found = as_problem(error)
                said = found.error.message[:1].upper() + found.error.message[1:]
                return message("That didn't work", f"{said}.", found.error.what_to_do or "", status=found.status_code)

        return shown
