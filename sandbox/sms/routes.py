"""Twilio's messages over HTTP: send, list, read."""

import base64
import binascii
import re
from typing import Any
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse

from sandbox.doors import Door, Problem
from sandbox.faults.rules import Target
from sandbox.sms.messages import VERSION, TextMessage
from sandbox.world import World

SERVICE = "/sms"
PREFIX = f"{SERVICE}/{VERSION}/Accounts"
LONGEST = 1_600
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{5,6}|[A-Za-z0-9 ]{1,11}")


def sms_router(world: World) -> APIRouter:
    """``/sms/2010-04-01/Accounts/{sid}/Messages``."""
    door = Door(world, Target.SMS, _error, _admit)
    router = door.router(PREFIX)

    @router.post("/{account}/Messages.json")
    async def send(account: str, request: Request) -> JSONResponse:
        """Take a text message: form fields To, From and Body. Sent again, it is a second message."""
        fields = parse_qs((await request.body()).decode("utf-8", "replace"))
        message = _message(account, {name: values[-1] for name, values in fields.items()}, world)
        world.sms.add(message)
        world.commit()
        return JSONResponse(message.to_twilio("queued"), 201)

    @router.get("/{account}/Messages.json")
    async def list_messages(
        account: str,
        request: Request,
        To: str | None = None,
        From: str | None = None,
        PageSize: int = Query(50, ge=1, le=1_000),
        Page: int = Query(0, ge=0),
    ) -> JSONResponse:
        """Messages to a number, newest first."""
        return JSONResponse(_page(world.sms.find(account, To, From), request, PageSize, Page))

    @router.get("/{account}/Messages/{sid}.json")
    async def read(account: str, sid: str) -> JSONResponse:
        """One message."""
        message = world.sms.get(account, sid)
        if message is None:
            raise Problem(404, f"The requested resource {PREFIX}/{account}/Messages/{sid}.json was not found")
        return JSONResponse(message.to_twilio("delivered"))

    return door.close(router)


def _message(account: str, fields: dict[str, str], world: World) -> TextMessage:
    to, sender, body = fields.get("To", ""), fields.get("From", ""), fields.get("Body", "")
    if not to:
        raise Problem(400, "A 'To' phone number is required.", "21604")
    if not _NUMBER.fullmatch(to):
        raise Problem(400, f"Invalid 'To' Phone Number: {to}", "21211")
    if not sender:
        raise Problem(400, "A 'From' phone number is required.", "21603")
    if not _SENDER.fullmatch(sender):
        raise Problem(400, f"The 'From' number {sender} is not a valid phone number.", "21212")
    if not body:
        raise Problem(400, "Message body is required.", "21602")
    if len(body) > LONGEST:
        raise Problem(400, f"The concatenated message body exceeds the {LONGEST} character limit.", "21617")
    return TextMessage(account=account, to=to, sender=sender, body=body, taken_at=world.clock.now())


def _page(found: list[TextMessage], request: Request, size: int, page: int) -> dict[str, Any]:
    shown = found[page * size : (page + 1) * size]
    return {
        "messages": [message.to_twilio("delivered") for message in shown],
        "page": page,
        "page_size": size,
        "start": page * size,
        "end": page * size + max(len(shown) - 1, 0),
        "uri": _uri(request, size, page),
        "first_page_uri": _uri(request, size, 0),
        "previous_page_uri": _uri(request, size, page - 1) if page else None,
        "next_page_uri": _uri(request, size, page + 1) if (page + 1) * size < len(found) else None,
    }


def _uri(request: Request, size: int, page: int) -> str:
    kept = {name: value for name, value in request.query_params.items() if name not in {"PageSize", "Page"}}
    return f"{request.url.path.removeprefix(SERVICE)}?{urlencode({**kept, 'PageSize': size, 'Page': page})}"


def _admit(request: Request) -> None:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user = password = ""
    account = request.path_params.get("account", user)
    if scheme.lower() != "basic" or not user.startswith("AC") or user != account or not password:
        raise Problem(401, "Authenticate")


def _error(problem: Problem) -> JSONResponse:
    known = int(problem.code) if problem.code.isdigit() else _general(problem.status)
    more = f"https://www.twilio.com/docs/errors/{known}"
    body = {"code": known, "message": problem.message, "more_info": more, "status": problem.status}
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if problem.status == 401 else None
    return JSONResponse(body, problem.status, headers)


def _general(status: int) -> int:
    # Twilio's general codes are 20000 and the HTTP status, but for the missing login.
    return 20_003 if status == 401 else 20_000 + status
