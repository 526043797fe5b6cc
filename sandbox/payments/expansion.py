"""``expand``: an id's object in its place, or a sub-list that isn't shown otherwise."""

from collections.abc import Callable

from sandbox.payments.books import Books
from sandbox.payments.problems import invalid
from sandbox.payments.records import Json

MAX_DEPTH = 4


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


def _sublist(url: str, items: list[Json]) -> Json:
    return {"object": "list", "url": url, "has_more": False, "data": items}


def _refunds(books: Books, charge: Json) -> Json:
    newest_first = reversed(books.refunds.where("charge", charge["id"]))
    return _sublist(f"/v1/charges/{charge['id']}/refunds", [refund.to_stripe() for refund in newest_first])


def _payments(books: Books, invoice: Json) -> Json:
    """An invoice's payments, as API versions since 2025-03-31 show its way to the charge."""
    if invoice["metadata"].get("charge") is None:
        return _sublist("/v1/invoice_payments", [])
    charge = books.charges.get(invoice["metadata"]["charge"])
    payment = {
        "id": f"inpay_{charge.id}",
        "object": "invoice_payment",
        "amount_paid": invoice["amount_paid"],
        "amount_requested": invoice["amount_due"],
        "created": charge.created,
        "currency": charge.currency,
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"type": "charge", "charge": charge.id},
        "status": "paid" if charge.paid else "open",
    }
    return _sublist("/v1/invoice_payments", [payment])


_SUBLISTS: dict[tuple[str, str], Callable[[Books, Json], Json]] = {
    ("charge", "refunds"): _refunds,
    ("invoice", "payments"): _payments,
}
