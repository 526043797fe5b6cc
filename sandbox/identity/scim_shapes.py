"""SCIM's shapes (RFC 7643, RFC 7644): a user, a list, an error, and reading what clients send."""

import json
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from sandbox.doors import Problem
from sandbox.identity.accounts import MAX_PASSWORD, MIN_PASSWORD, Account, Email, PasswordHash, Standing

Json = dict[str, Any]

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ACCOUNT = "urn:casewright:params:scim:schemas:extension:account:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

ATTRIBUTES = {
    name.casefold(): name for name in ("userName", "externalId", "displayName", "emails", "active", "password")
}
READ_ONLY = frozenset({"id", "meta", "schemas"})

_emails = TypeAdapter(list[Email])


class ScimAnswer(JSONResponse):
    """JSON under SCIM's media type."""

    media_type = "application/scim+json"


def error_answer(problem: Problem) -> ScimAnswer:
    """A problem in SCIM's error shape; its code is the ``scimType``, where RFC 7644 has one."""
    body: Json = {"schemas": [ERROR], "status": str(problem.status), "detail": problem.message}
    if problem.status in {400, 409} and problem.code in SCIM_TYPES:
        body["scimType"] = problem.code
    headers = {"WWW-Authenticate": 'Bearer realm="identity"'} if problem.status == 401 else None
    return ScimAnswer(body, problem.status, headers)


SCIM_TYPES = frozenset(
    {"invalidFilter", "uniqueness", "mutability", "invalidSyntax", "invalidPath", "noTarget", "invalidValue"}
)


def to_scim(account: Account, base: str) -> Json:
    """The account as a SCIM user; ``base`` is the address of the SCIM service."""
    shown: Json = {
        "schemas": [USER, ACCOUNT],
        "id": account.id,
        "externalId": account.external_id,
        "userName": account.user_name,
        "displayName": account.display_name,
        "active": account.active,
        "emails": [email.model_dump(exclude_none=True) for email in account.emails],
        ACCOUNT: {"status": account.status.value},
        "meta": {
            "resourceType": "User",
            "created": instant(account.created),
            "lastModified": instant(account.modified),
            "location": f"{base}/Users/{account.id}",
            "version": version(account),
        },
    }
    return {name: value for name, value in shown.items() if value not in (None, [])}


def version(account: Account) -> str:
    """The weak ETag of the account as it is now."""
    return f'W/"{account.version}"'


def instant(moment: datetime) -> str:
    """An instant in UTC as RFC 3339 writes it, to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def read_body(request: Request) -> Json:
    """The JSON object in the request's body."""
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise Problem(400, "The request's body isn't JSON.", "invalidSyntax") from error
    if not isinstance(body, dict):
        raise Problem(400, "The request's body isn't a JSON object.", "invalidSyntax")
    return body


def set_attribute(account: Account, name: str, value: object) -> None:
    """Set one attribute by its SCIM name, in any case of letters; the extension by its URN.

    Raises:
        Problem: 400 with ``mutability``, ``invalidPath`` or ``invalidValue``.
    """
    if name.casefold() in READ_ONLY:
        raise Problem(400, f"{name} can't be changed.", "mutability")
    if name.casefold() == ACCOUNT.casefold():
        _set_extension(account, value)
        return
    known = ATTRIBUTES.get(name.casefold())
    if known is None:
        raise Problem(400, f"There is no attribute {name} here.", "invalidPath")
    if known == "active":
        account.activate(_boolean(value))
    elif known == "emails":
        account.emails = _read_emails(value)
    elif known == "password":
        account.password = PasswordHash.of(check_password(value))
    elif known == "userName":
        account.user_name = _text(known, value)
    elif known == "displayName":
        account.display_name = _text(known, value)
    else:
        account.external_id = _text(known, value)


def set_status(account: Account, value: object) -> None:
    """Set the extension's ``status``."""
    if not isinstance(value, str) or value not in set(Standing):
        raise Problem(400, f"status is one of {', '.join(Standing)}.", "invalidValue")
    account.status = Standing(value)


def check_password(value: object) -> str:
    """The password, if it can be taken as one."""
    if not isinstance(value, str) or not MIN_PASSWORD <= len(value) <= MAX_PASSWORD:
        raise Problem(400, f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters.", "invalidValue")
    return value


def _set_extension(account: Account, value: object) -> None:
    if not isinstance(value, dict):
        raise Problem(400, f"{ACCOUNT} is an object with status.", "invalidValue")
    for name, inner in value.items():
        if name.casefold() == "schemas":
            continue  # Which client libraries put into every object they send.
        if name.casefold() != "status":
            raise Problem(400, f"There is no attribute {ACCOUNT}:{name} here.", "invalidPath")
        set_status(account, inner)


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise Problem(400, "active is true or false.", "invalidValue")
    return value


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Problem(400, f"{name} is a text that isn't empty.", "invalidValue")
    return value


def _read_emails(value: object) -> list[Email]:
    try:
        emails = _emails.validate_python(value, strict=True)
    except ValidationError as error:
        raise Problem(400, "emails is a list of objects with value, type and primary.", "invalidValue") from error
    if sum(email.primary for email in emails) > 1:
        raise Problem(400, "At most one address is primary.", "invalidValue")
    return emails
