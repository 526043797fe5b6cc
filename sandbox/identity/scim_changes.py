"""What SCIM clients change: a new account, a whole replacement, and PATCH's operations."""

from datetime import datetime
from typing import Any

from sandbox.doors import Problem
from sandbox.identity.accounts import Account
from sandbox.identity.scim_attributes import READ_ONLY, set_attribute, set_status
from sandbox.identity.scim_shapes import ACCOUNT, PATCH, USER, Json

REMOVABLE = {"displayname": "display_name", "externalid": "external_id", "emails": "emails"}


def new_account(body: Json, now: datetime) -> Account:
    """The account that a POST asks for; what only the store sets is ignored, as RFC 7644 §3.3 has it."""
    account = Account(user_name=_user_name(body), created=now, modified=now)
    _fill(account, body)
    return account


def replaced(account: Account, body: Json, now: datetime) -> Account:
    """The account as a PUT wants it: what isn't given is unset, but the password and the status stay."""
    changed = account.model_copy(
        update={"user_name": _user_name(body), "external_id": None, "display_name": None, "emails": []}
    )
    _fill(changed, body)
    return _marked(account, changed, now)


def patched(account: Account, body: Json, now: datetime) -> Account:
    """The account after all of a PATCH's operations; one that can't be done undoes the others.

    Raises:
        Problem: 400 with a ``scimType``.
    """
    operations = body.get("Operations")
    if PATCH not in _texts(body.get("schemas")) or not isinstance(operations, list) or not operations:
        raise Problem(400, f"A PATCH has schemas [{PATCH}] and Operations.", "invalidSyntax")
    changed = account.model_copy(deep=True)
    for operation in operations:
        if not isinstance(operation, dict):
            raise Problem(400, "An operation is an object with op, path and value.", "invalidSyntax")
        _operate(changed, operation)
    return _marked(account, changed, now)


def _operate(account: Account, operation: Json) -> None:
    op, path = str(operation.get("op", "")).casefold(), operation.get("path")
    if op == "remove":
        _remove(account, path)
        return
    if op not in {"add", "replace"}:
        raise Problem(400, "op is add, replace or remove.", "invalidSyntax")
    if "value" not in operation:
        raise Problem(400, f"{op} needs a value.", "invalidValue")
    value = operation["value"]
    if path is not None:
        _set(account, _plain(path), value, op)
        return
    if not isinstance(value, dict):
        raise Problem(400, "Without a path the value is an object of attributes.", "invalidValue")
    for name, inner in value.items():
        _set(account, name, inner, op)


def _set(account: Account, path: str, value: Any, op: str) -> None:
    if path.casefold() == f"{ACCOUNT}:status".casefold():
        set_status(account, value)
        return
    if op == "add" and path.casefold() == "emails" and isinstance(value, list):
        value = [*(email.model_dump() for email in account.emails), *value]
    set_attribute(account, path, value)


def _remove(account: Account, path: object) -> None:
    if path is None:
        raise Problem(400, "remove needs a path.", "noTarget")
    name = _plain(path).casefold()
    if name not in REMOVABLE:
        kind = "mutability" if name in READ_ONLY | {"username", "active"} else "invalidPath"
        raise Problem(400, f"{path} can't be removed.", kind)
    setattr(account, REMOVABLE[name], [] if name == "emails" else None)


def _plain(path: object) -> str:
    if not isinstance(path, str) or not path:
        raise Problem(400, "path is a text such as active.", "invalidPath")
    return path[len(USER) + 1 :] if path.casefold().startswith(f"{USER.casefold()}:") else path


def _fill(account: Account, body: Json) -> None:
    for name, value in body.items():
        if name.casefold() not in {*READ_ONLY, "username"} and value is not None:
            set_attribute(account, name, value)


def _user_name(body: Json) -> str:
    value = next((inner for name, inner in body.items() if name.casefold() == "username"), None)
    if USER not in _texts(body.get("schemas")):
        raise Problem(400, f"A user has schemas [{USER}].", "invalidSyntax")
    if not isinstance(value, str) or not value.strip():
        raise Problem(400, "userName is needed.", "invalidValue")
    return value


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _marked(before: Account, after: Account, now: datetime) -> Account:
    if after == before:
        return before
    return after.model_copy(update={"version": before.version + 1, "modified": now})
