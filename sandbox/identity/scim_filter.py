"""SCIM's ``filter``, as far as the store takes it: ``eq`` on three attributes, joined by ``and``."""

import json
import re
from collections.abc import Callable

from sandbox.doors import Problem
from sandbox.identity.accounts import Account
from sandbox.identity.scim_shapes import USER

_TERM = re.compile(r'\s*([\w.:-]+)\s+(\w+)\s+("(?:[^"\\]|\\.)*")\s*')
_AND = re.compile(r"and\s", re.IGNORECASE)

Matches = Callable[[Account], bool]


def _same_name(account: Account, wanted: str) -> bool:
    return account.user_name.casefold() == wanted.casefold()


def _same_id(account: Account, wanted: str) -> bool:
    return account.id == wanted


_KNOWN: dict[str, Callable[[Account, str], bool]] = {
    "username": _same_name,
    "emails.value": Account.has_address,
    "emails": Account.has_address,
    "id": _same_id,
}


def read_filter(text: str) -> Matches:
    """Which accounts a filter is true of.

    Raises:
        Problem: 400 ``invalidFilter``.
    """
    terms: list[tuple[Callable[[Account, str], bool], str]] = []
    position = 0
    while True:
        match = _TERM.match(text, position)
        if match is None:
            raise _unreadable(text)
        terms.append(_term(match.group(1), match.group(2), match.group(3)))
        position = match.end()
        if position == len(text):
            return lambda account: all(test(account, value) for test, value in terms)
        joined = _AND.match(text, position)
        if joined is None:
            raise _unreadable(text)
        position = joined.end()


def _term(path: str, operator: str, literal: str) -> tuple[Callable[[Account, str], bool], str]:
    name = path.casefold().removeprefix(f"{USER.casefold()}:")
    if name not in _KNOWN:
        raise Problem(400, f"{path} can't be filtered by; userName, emails.value and id can.", "invalidFilter")
    if operator.casefold() != "eq":
        raise Problem(400, f"The operator {operator} isn't supported; eq is.", "invalidFilter")
    try:
        return _KNOWN[name], str(json.loads(literal))
    except ValueError as error:
        raise Problem(400, f"{literal} isn't a JSON string.", "invalidFilter") from error


def _unreadable(text: str) -> Problem:
    return Problem(
        400, f'This filter can\'t be read: {text} (userName eq "…" and emails.value eq "…").', "invalidFilter"
    )
