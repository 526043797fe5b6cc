"""``expand``: an id's object in its place, or a sub-list that isn't shown otherwise."""

from collections.abc import Callable, Sequence

from sandbox.payments.books import Books
from sandbox.payments.invoice_payments import payments_of
from sandbox.payments.listing import newest_first
from sandbox.payments.problems import invalid
from sandbox.payments.records import Json, Record

MAX_DEPTH = 4
MAX_EMBEDDED = 10


def expand(books: Books, shown: Json, paths: list[str]) -> Json:
    """Expand each path in place and return the object."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > MAX_DEPTH:
            raise invalid(f"You cannot expand more than {MAX_DEPTH} levels of a property.", param="expand")
        _expand(books, shown, steps, path)
    return shown


def _expand(books: Books, shown: Json, steps: list[str], path: str) -> None:
    name, rest = steps[0], steps[1:]
    if name == "data" and isinstance(shown.get("data"), list):
        for item in shown["data"]:
            _expand(books, item, rest, path)
        return
    value = shown.get(name)
    if not isinstance(value, dict | list):
        value = shown[name] = _expanded(books, shown, name, path)
    if rest and isinstance(value, dict):
        _expand(books, value, rest, path)


def _expanded(books: Books, shown: Json, name: str, path: str) -> Json | None:
    maker = _SUBLISTS.get((shown["object"], name))
    if maker is not None:
        return maker(books, shown)
    if name not in shown or name not in _OBJECTS:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    identity = shown[name]
    return None if identity is None else _OBJECTS[name](books, identity)


_OBJECTS: dict[str, Callable[[Books, str], Json]] = {
    "charge": lambda books, identity: books.charges.get(identity).to_stripe(),
    "customer": lambda books, identity: books.customers.get(identity).to_stripe(),
    "invoice": lambda books, identity: books.invoices.get(identity).to_stripe(),
}


def _sublist(url: str, records: Sequence[Record]) -> Json:
    """The newest few, as Stripe embeds them: the rest is in the list of their own."""
    shown = [record.to_stripe() for record in newest_first(records)[:MAX_EMBEDDED]]
    return {"object": "list", "url": url, "has_more": len(records) > MAX_EMBEDDED, "data": shown}


def _refunds(books: Books, charge: Json) -> Json:
    return _sublist(f"/v1/charges/{charge['id']}/refunds", books.refunds.where("charge", charge["id"]))


def _payments(books: Books, invoice: Json) -> Json:
    return _sublist("/v1/invoice_payments", payments_of(books, books.invoices.get(invoice["id"])))


_SUBLISTS: dict[tuple[str, str], Callable[[Books, Json], Json]] = {
    ("charge", "refunds"): _refunds,
    ("invoice", "payments"): _payments,
}
