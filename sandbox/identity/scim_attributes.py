"""Setting one attribute of an account by its SCIM name."""

from pydantic import TypeAdapter, ValidationError

from sandbox.doors import Problem
from sandbox.identity.accounts import MAX_PASSWORD, MIN_PASSWORD, Account, Email, PasswordHash, Standing
from sandbox.identity.scim_shapes import ACCOUNT

ATTRIBUTES = {
    name.casefold(): name for name in ("userName", "externalId", "displayName", "emails", "active", "password")
}
READ_ONLY = frozenset({"id", "meta", "schemas"})

_emails = TypeAdapter(list[Email])


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
