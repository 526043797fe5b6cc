"""Fills the gateway's books from data: the YAML files in ``seeds/``, or a test's own JSON."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from sandbox.instants import Instant
from sandbox.payments.books import Books
from sandbox.payments.records import Charge, Customer, Invoice, Refund
from sandbox.world import World

DEFAULT_SEEDS = Path(__file__).parent / "seeds"


class SeedRefund(BaseModel):
    """A refund made before the story begins."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    charge: str
    amount: int = Field(gt=0)
    created: Instant
    reason: str | None = None
    metadata: dict[str, str] = {}


class SeedCredit(BaseModel):
    """A service credit given before the story begins; negative amounts are credit."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    customer: str
    amount: int
    currency: str = "usd"
    created: Instant
    description: str | None = None
    metadata: dict[str, str] = {}


class Seed(BaseModel):
    """What to add. Instants may be relative to the seeding, such as ``-3d`` or ``-8d+71h59m``."""

    model_config = ConfigDict(extra="forbid")

    customers: list[Customer] = []
    charges: list[Charge] = []
    invoices: list[Invoice] = []
    refunds: list[SeedRefund] = []
    credits: list[SeedCredit] = []


def plant(world: World, data: Any) -> Seed:
    """Add a seed to the books, all of it or none, counting its instants from the sandbox's present.

    Raises:
        ValueError: The data doesn't read as a seed, or an id exists already.
        StripeProblem: It names an object that isn't there, or moves money that can't be moved.
    """
    seed = Seed.model_validate(data, context={"now": world.clock.epoch()})
    # Tried on a copy, so that half a seed never stays.
    trial = Books(world.books.record().model_copy(deep=True))
    _add(trial, seed.model_copy(deep=True))
    _add(world.books, seed)
    world.commit()
    return seed


def plant_files(world: World, folder: Path) -> None:
    """Add every seed file of a folder, in the order of their names."""
    for path in sorted(folder.glob("*.yaml")):
        plant(world, yaml.safe_load(path.read_text(encoding="utf-8")))


def _add(books: Books, seed: Seed) -> None:
    for customer in seed.customers:
        books.customers.add(customer)
    for charge in seed.charges:
        books.customers.get(charge.customer, "customer")
        books.charges.add(charge)
    for invoice in seed.invoices:
        books.customers.get(invoice.customer, "customer")
        if invoice.charge is not None:
            books.charges.get(invoice.charge, "charge")
        books.invoices.add(invoice)
    for refund in seed.refunds:
        currency = books.charges.get(refund.charge, "charge").currency
        books.refund(Refund.model_validate({**refund.model_dump(), "currency": currency}))
    for credit in seed.credits:
        books.change_balance(
            credit.customer,
            amount=credit.amount,
            currency=credit.currency,
            now=credit.created,
            description=credit.description,
            note=credit.metadata,
        )
