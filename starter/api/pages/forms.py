"""What a page's form sends: few short fields, from our own pages."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from fastapi import Request

from starter.api.parts import parts_of
from starter.api.problems import ApiProblem, Code, problem

MAX_FORM = 32 * 1024
MAX_FIELDS = 10
FORM = "application/x-www-form-urlencoded"
_BACK = "Go back, open the page again, and send it from there."


async def fields(request: Request) -> dict[str, str]:
    """The form's fields, each once; line breaks as one character.

    Raises:
        ApiProblem: it comes from another site's page, or is no small form.
    """
    _require_own_page(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise problem(415, Code.UNSUPPORTED_MEDIA_TYPE, "this takes the form of its own page", what_to_do=_BACK)
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_FORM:
            raise problem(413, Code.TOO_LARGE, "that is more than the form can hold", what_to_do="Shorten it.")
    return _read(bytes(content))


def _read(content: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(content.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise _malformed() from error
    found = {name: value.replace("\r\n", "\n").replace("\r", "\n") for name, value in pairs}
    if len(found) != len(pairs) or any("\x00" in value for value in found.values()):
        raise _malformed()
    return found


def _malformed() -> ApiProblem:
    return problem(400, Code.MALFORMED, "the form can't be read", what_to_do=_BACK)


def _require_own_page(request: Request) -> None:
    """A browser tells which site a form comes from; what isn't a browser tells nothing."""
    origin = request.headers.get("origin")
    ours = {request.headers.get("host"), urlsplit(parts_of(request).pages_url).netloc}
    if origin is not None and urlsplit(origin).netloc not in ours:
        raise problem(403, Code.FORBIDDEN, "this form was sent by another site's page", what_to_do=_BACK)
