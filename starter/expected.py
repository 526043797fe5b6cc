"""What a value should have looked like, in words and with an example: never the expression that checked it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.fields import FieldInfo

from casewright.domain import acts, money, people, ticket

CURSOR = r"^(none|2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z)~T-[0-9A-Z]{16}$"
"""Of a page of tickets. The instant in UTC, so that nothing in it has to be escaped in an address; or none, if it has
no deadline."""
KEY = r"^[\x20-\x7e]+$"
"""Of an idempotency key."""
SCOPE = r"^[A-L](\.[1-9])?$"
"""Of an emergency stop."""
CUSTOMER = r"^[A-Za-z0-9_-]{1,64}$"
"""Of a customer's account."""
MONEY_IN_JSON = '{"amount": "12.50", "currency": "USD"}'
UNNAMED = "isn't written as it must be here; the description at /docs has the form"
MAX_LETTERS = 300


def _pattern(field: object) -> str:
    """The expression of an annotated type or of a model's field; the last one where several hold."""
    known: tuple[FieldInfo, ...] = (field,) if isinstance(field, FieldInfo) else getattr(field, "__metadata__", ())
    return [str(one.pattern) for info in known for one in info.metadata if getattr(one, "pattern", None)][-1]


_ONE_OF_MANY = "must be lower-case letters, digits and -, beginning with a letter, such as"
WORDS = {
    _pattern(ticket.PolicyId): "must be a policy: a letter from A to L, a dot and a digit from 1 to 9, such as A.1",
    _pattern(ticket.TicketId): "must be a ticket's id: T- and 16 capital letters or digits, such as T-0123456789ABCDEF",
    _pattern(ticket.Email): "must be one mail address, such as ada@example.com",
    _pattern(ticket.Line): "must be a single line, such as Charged twice",
    _pattern(ticket.Text): "must be text without NUL characters",
    _pattern(ticket.ClaimName): "must be lower-case letters, digits and _, beginning with a letter, such as invoice",
    CUSTOMER: "must be letters, digits, _ and - (at most 64), such as cus_ada",
    _pattern(people.PersonId): "must be the id of a person or a service, such as manager-gwen",
    _pattern(people.RoleName): f"{_ONE_OF_MANY} billing-specialists",
    _pattern(money.Currency): "must be a currency in three capital letters, such as USD",
    _pattern(
        acts.ActId
    ): "must be letters, digits and _.:- (at most 100), beginning with a letter or digit, such as act-1",
    _pattern(acts.Reason): "must say something, such as They waited for weeks",
    _pattern(acts.PlanHash): "must be the plan's whole hash as the ticket shows it: 64 digits and letters from a to f",
    _pattern(acts.Resolve.model_fields["code"]): f"{_ONE_OF_MANY} settled-by-phone",
    _pattern(acts.Retry.model_fields["step"]): f"{_ONE_OF_MANY} d1-refund",
    CURSOR: "must be the `after` that the page before ended with",
    KEY: "must be printable ASCII characters, such as order-1001-refund",
    SCOPE: "must be a policy, such as A.1, or a category's letter, such as A",
}
"""Expression → what is said to whoever sent something else."""
_OBJECT = "must be an object, with names and values"
_PLAIN = {
    "missing": "is required",
    "extra_forbidden": "there is no such field",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "int_type": "must be a whole number, such as 50",
    "int_parsing": "must be a whole number, such as 50",
    "int_parsing_size": "is too large a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "decimal_type": 'must be an amount in digits, such as "12.50"',
    "decimal_parsing": 'must be an amount in digits, such as "12.50"',
    "finite_number": "must be a finite number",
    "decimal_max_digits": "must have at most 15 digits",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "tuple_type": "must be a list",
    "list_type": "must be a list",
}


def said(error: Mapping[str, Any]) -> str:
    """What one error of pydantic's comes to, without the value that was sent.

    Args:
        error: As ``ValidationError.errors()`` gives them.
    """
    kind, context = str(error["type"]), error.get("ctx") or {}
    if kind == "string_pattern_mismatch":
        return WORDS.get(str(context.get("pattern")), UNNAMED)
    if context.get("class_name") == "Money":
        return f"must be money, as {MONEY_IN_JSON}"
    if kind in _PLAIN:
        return _PLAIN[kind]
    return _measured(kind, context) or str(error["msg"]).removeprefix("Value error, ")[:MAX_LETTERS]


def _measured(kind: str, context: Mapping[str, Any]) -> str | None:
    match kind:
        case "string_too_long":
            return f"must have at most {context['max_length']} characters"
        case "too_long":
            return f"must have at most {context['max_length']} entries"
        case "greater_than_equal":
            return f"must be {context['ge']} or more"
        case "less_than_equal":
            return f"must be {context['le']} or less"
        case "enum" | "literal_error":
            return f"must be one of {_unquoted(context['expected'])}"
        case "union_tag_invalid":
            return f"must be one of {_unquoted(context['expected_tags'])}"
        case "union_tag_not_found":
            return "is required"
        case _:
            return None


def _unquoted(names: object) -> str:
    return str(names).replace("'", "").replace(" or ", ", ")
