"""The application: its routes, and one shape for every no."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from casewright.client import Client
from casewright.handbook import Handbook
from casewright.links import Links
from casewright.records.postgres import Pool
from starter.api import absences, acting, health, intake, looking, pages, stopping
from starter.api.description import describe
from starter.api.parts import Parts
from starter.api.problems import ErrorAnswer, answer
from starter.api.refusing import as_problem

_DESCRIPTION = """
Customer-support policies, run as durable workflows. Requests come in as tickets; tables decide; people approve.

Every request but `/health` and `/ready` needs `Authorization: Bearer <token>`. Every no has the same shape:
`{"error": {"code", "message", "field", "what_to_do", "problems"}}`. A 503 says nothing about whether a submission or
an act arrived: send it again under the same key or id, and it counts once.
"""
_REFUSALS: dict[int | str, dict[str, object]] = {
    status: {"model": ErrorAnswer, "description": words}
    for status, words in {
        400: "The body is not JSON that we take.",
        401: "No token, or nobody's.",
        403: "Not within the caller's roles.",
        404: "There is no such ticket or stop.",
        409: "The ticket is closed, or something has changed since.",
        413: "The body is too large.",
        415: "The body is not application/json.",
        422: "Fields are wrong; `problems` lists them.",
        503: "Something we need gives no answer; send the same again.",
    }.items()
}

ROUTERS = tuple(module.router for module in (intake, looking, acting, stopping, absences))
"""Of everything that needs a token."""


def create_app(
    client: Client, pool: Pool, handbook: Handbook, *, links: Links | None = None, pages_url: str = ""
) -> FastAPI:
    """The API over parts that whoever calls this opens and closes; its pages need ``links``."""
    app = FastAPI(title="Casewright", description=_DESCRIPTION, version="1", docs_url=None, redoc_url=None)
    app.state.parts = Parts(client, pool, handbook, links, pages_url)
    for router in ROUTERS:
        app.include_router(router, responses=_REFUSALS)
    app.include_router(health.router)
    for router in pages.ROUTERS:
        app.include_router(router)
    describe(app)
    app.add_exception_handler(HTTPException, _refuse)
    return app


async def _refuse(_: Request, error: Exception) -> Response:
    """What comes to no route: unknown paths and methods."""
    return answer(as_problem(error))
