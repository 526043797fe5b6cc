"""The pages' one stylesheet."""

from __future__ import annotations

from fastapi import APIRouter, Response

from starter.api.pages.rendering import TEMPLATES

router = APIRouter(include_in_schema=False)
_CSS = (TEMPLATES / "pages.css").read_text(encoding="utf-8")


@router.api_route("/pages.css", methods=["GET", "HEAD"])
async def stylesheet() -> Response:
    """As it lies beside the templates."""
    return Response(_CSS, media_type="text/css", headers={"X-Content-Type-Options": "nosniff"})
