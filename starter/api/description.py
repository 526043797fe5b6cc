"""The page that describes the API, from files of its own: it works where there is no internet."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

_FILES = "/docs/files"


def describe(app: FastAPI) -> None:
    """Serve the description at ``/docs``; Swagger UI comes with a package, in a version that reads OpenAPI 3.1."""
    app.mount(_FILES, StaticFiles(directory=str(files("fastapi_offline") / "static")), name="description-files")

    @app.get("/docs", include_in_schema=False)
    async def page() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=app.openapi_url or "/openapi.json",
            title=f"{app.title} API",
            swagger_js_url=f"{_FILES}/swagger-ui-bundle.js",
            swagger_css_url=f"{_FILES}/swagger-ui.css",
            swagger_favicon_url=f"{_FILES}/favicon.png",
        )
