"""SCIM's shapes (RFC 7643, RFC 7644): a user, a list, an error, and reading what clients send."""

import json
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from sandbox.doors import Problem
from sandbox.identity.accounts import Account

Json = dict[str, Any]

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ACCOUNT = "urn:casewright:params:scim:schemas:extension:account:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

SCIM_TYPES = frozenset(
    {"invalidFilter", "uniqueness", "mutability", "invalidSyntax", "invalidPath", "noTarget", "invalidValue"}
)


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
