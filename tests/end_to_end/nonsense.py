"""What is sent to the API by mistake or in bad faith, and what it says to it."""

from __future__ import annotations

import json

from tests.end_to_end.api_calls import about

LIMIT = 256 * 1024


def raw(**fields: object) -> bytes:
    return json.dumps(about("ada", **fields)).encode()


def money(amount: str) -> bytes:
    """A claim whose amount is written as it is given."""
    return raw(claims={"amount": {"amount": "~", "currency": "USD"}}).replace(b'"~"', amount.encode())


REQUESTER = {"email": "ada@example.com"}
# What is sent, the status, and the field that is named.
BODIES: dict[str, tuple[bytes, int, str | None]] = {
    "nothing": (b"", 422, None),
    "no JSON": (b"subject=x", 400, None),
    "half an object": (b'{"policy": "A.1"', 400, None),
    "two objects": (raw() + raw(), 400, None),
    "a list": (b"[]", 422, None),
    "a text": (b'"A.1"', 422, None),
    "a number": (b"7", 422, None),
    "null": (b"null", 422, None),
    "an empty object": (b"{}", 422, "policy"),
    "invalid UTF-8": (raw(subject="~").replace(b"~", b"\xff\xfe"), 400, None),
    "overlong UTF-8": (raw(subject="~").replace(b"~", b"\xc0\xaf"), 400, None),
    "UTF-16": (json.dumps(about("ada")).encode("utf-16"), 400, None),
    "a byte order mark": (b"\xef\xbb\xbf" + raw(), 400, None),
    "NUL in the subject": (raw(subject="a\0b"), 400, "subject"),
    "NUL in the body": (raw(body="a\0b"), 400, "body"),
    "NUL in a claim": (raw(claims={"invoice": "INV\0"}), 400, "claims.invoice"),
    "NUL in a name": (raw(claims={"in\0voice": "INV"}), 400, "claims.in\\x00voice"),
    "NUL, not escaped": (raw(subject="~").replace(b"~", b"\0"), 400, None),
    "half a character": (raw(body="~").replace(b"~", b"\\ud800"), 400, "body"),
    "half a character in a key": (raw().replace(b'"subject"', b'"\\udfffsubject"'), 400, "\\udfffsubject"),
    "a bell": (raw(subject="\a"), 400, "subject"),
    "a header in the subject": (raw(subject="x\r\nBcc: all@example.com"), 422, "subject"),
    "a line break at the end": (raw(subject="x\n"), 422, "subject"),
    "a header in the name": (raw(requester={**REQUESTER, "name": "A\nBcc: b@example.com"}), 422, "requester.name"),
    "two addresses": (raw(requester={"email": "a@example.com,b@example.com"}), 422, "requester.email"),
    "a header in the address": (raw(requester={"email": "a@example.com\r\nBcc: b@c.com"}), 422, "requester.email"),
    "no address": (raw(requester={"email": "ada"}), 422, "requester.email"),
    "a key twice": (raw()[:-1] + b', "policy": "A.1"}', 400, "policy"),
    "a claim twice": (raw().replace(b'"invoice"', b'"invoice": "INV-1", "invoice"'), 400, "invoice"),
    "nested 10,000 deep": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400, None),
    "lists nested 100,000 deep": (b"[" * 100_000 + b"]" * 100_000, 400, None),
    "nested 17 deep": (b"[" * 17 + b"]" * 17, 400, None),
    "NaN": (money("NaN"), 400, None),
    "Infinity": (money("-Infinity"), 400, None),
    "NaN in words": (money('"NaN"'), 422, "claims.amount.amount"),
    "Infinity in words": (money('"Infinity"'), 422, "claims.amount.amount"),
    "1e400": (money("1e400"), 422, "claims.amount.amount"),
    "1e-400": (money("1e-400"), 422, "claims.amount.amount"),
    "1e999999999999": (money("1e999999999999"), 422, "claims.amount.amount"),
    "0e999999 in words": (money('"0e999999"'), 422, "claims.amount"),
    "a number of 5,000 digits": (money("9" * 5_000), 400, None),
    "a negative amount": (money('"-5.00"'), 422, "claims.amount"),
    "nothing as an amount": (money("0"), 422, "claims.amount"),
    "a thousandth of a dollar": (money("1.001"), 422, "claims.amount"),
    "true as an amount": (money("true"), 422, "claims.amount.amount"),
    "no currency": (raw(claims={"amount": {"amount": "1"}}), 422, "claims.amount.currency"),
    "an unknown part of money": (
        raw(claims={"amount": {"amount": "1", "currency": "USD", "x": 1}}),
        422,
        "claims.amount.x",
    ),
    "an amount in words": (raw(claims={"amount": "twenty"}), 422, "claims.amount"),
    "money as an invoice": (raw(claims={"invoice": {"amount": "1", "currency": "USD"}}), 422, "claims.invoice"),
    "a list as an invoice": (raw(claims={"invoice": ["INV-1"]}), 422, "claims.invoice"),
    "an invoice of another shape": (raw(claims={"invoice": "a; DROP TABLE"}), 422, "claims.invoice"),
    "a claim that A.1 doesn't know": (raw(claims={"invoise": "INV-1"}), 422, "claims.invoise"),
    "a claim of no name": (raw(claims={"": "x"}), 422, "claims."),
    "claims as a list": (raw(claims=["INV-1"]), 422, "claims"),
    "claims as null": (raw(claims=None), 422, "claims"),
    "21 claims": (raw(claims={f"c{number}": "x" for number in range(21)}), 422, "claims"),
    "a list as the subject": (raw(subject=["x"]), 422, "subject"),
    "a number as the subject": (raw(subject=5), 422, "subject"),
    "an empty subject": (raw(subject=""), 422, "subject"),
    "a subject of 201 characters": (raw(subject="x" * 201), 422, "subject"),
    "a body of 20,001 characters": (raw(body="x" * 20_001), 422, "body"),
    "a requester as a text": (raw(requester="ada@example.com"), 422, "requester"),
    "an unknown field": (raw(priorty="high"), 422, "priorty"),
    "a very long unknown field": (raw(**{"x" * 100_000: 1}), 422, "x" * 60 + "…"),
    "the facts themselves": (raw(facts=[]), 422, "facts"),
    "an unknown priority": (raw(priority="urgent"), 422, "priority"),
    "a policy that is not there": (raw(policy="L.9"), 422, "policy"),
    "a path as a policy": (raw(policy="../../etc/passwd"), 422, "policy"),
    "one byte too much": (raw() + b" " * (LIMIT + 1 - len(raw())), 413, None),
}

# What is sent as an act, and the field that is named.
ACTS: dict[str, tuple[bytes, str | None]] = {
    "no type": (b'{"id": "a"}', "type"),
    "an unknown type": (b'{"id": "a", "type": "pay"}', "type"),
    "a list as the type": (b'{"id": "a", "type": ["claim"]}', "type"),
    "an actor": (b'{"id": "a", "type": "claim", "actor": {"id": "manager-1", "kind": "person"}}', "actor"),
    "an id that is none": (b'{"id": "a b", "type": "claim"}', "id"),
    "a number as the id": (b'{"id": 1, "type": "claim"}', "id"),
    "null as the id": (b'{"id": null, "type": "claim"}', "id"),
    "an unknown field": (b'{"id": "a", "type": "claim", "team": "x"}', "team"),
    "no message": (b'{"id": "a", "type": "reply"}', "message"),
    "an empty message": (b'{"id": "a", "type": "reply", "message": ""}', "message"),
    "a plan that is none": (b'{"id": "a", "type": "approve", "plan_hash": "yes"}', "plan_hash"),
    "no reason": (b'{"id": "a", "type": "override", "justification": "  "}', "justification"),
    "a negative remedy": (
        b'{"id": "a", "type": "override", "justification": "x",'
        b' "remedy": {"kind": "refund", "amount": {"amount": "-1", "currency": "USD"}}}',
        "remedy",
    ),
    "an endless remedy": (
        b'{"id": "a", "type": "override", "justification": "x",'
        b' "remedy": {"kind": "refund", "amount": {"amount": 1e400, "currency": "USD"}}}',
        "remedy.amount.amount",
    ),
    "a claim that A.1 doesn't know": (
        b'{"id": "a", "type": "customer_answer", "message": "x", "claims": {"refund_me": "yes"}}',
        "claims.refund_me",
    ),
    "a list": (b"[]", None),
}
