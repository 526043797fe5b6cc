"""Fills the sandbox from data: the YAML files in ``seeds/``, or a test's own JSON."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from sandbox.chat.channels import Channel, Chat
from sandbox.identity.seeds import SeedIdentity
from sandbox.identity.store import IdentityStore
from sandbox.instants import Instant
from sandbox.payments.books import Books
from sandbox.payments.records import Charge, Customer, Invoice, Refund
from sandbox.payments.subscription_records import Subscription
from sandbox.shipping.depot import Depot
from sandbox.shipping.records import Order, Shipment
from sandbox.shipping.returns import Returns
from sandbox.shipping.warranty import Unit
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
    subscriptions: list[Subscription] = []
    refunds: list[SeedRefund] = []
    credits: list[SeedCredit] = []
    identities: list[SeedIdentity] = []
    orders: list[Order] = []
    shipments: list[Shipment] = []
    units: list[Unit] = []
    channels: list[Channel] = []


def plant(world: World, data: Any) -> Seed:
    """Add a seed to the sandbox, all of it or none, counting its instants from the sandbox's present.

    Raises:
        ValueError: The data doesn't read as a seed, or an id exists already.
        StripeProblem: It names an object that isn't there, or moves money that can't be moved.
    """
    seed = Seed.model_validate(data, context={"now": world.clock.epoch()})
    # Tried on copies, so that half a seed never stays.
    _add(_copies(world), seed.model_copy(deep=True))
    _add(_Rooms(world.books, world.identity, world.depot, world.returns, world.chat), seed)
    world.commit()
    return seed


def plant_files(world: World, folder: Path) -> None:
    """Add every seed file of a folder, in the order of their names."""
    for path in sorted(folder.glob("*.yaml")):
        plant(world, yaml.safe_load(path.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class _Rooms:
    """What a seed is added to."""

    books: Books
    identity: IdentityStore
    depot: Depot
    returns: Returns
    chat: Chat


def _copies(world: World) -> _Rooms:
    books = Books(world.books.record().model_copy(deep=True))
    identity = IdentityStore(b"", world.identity.record())
    depot = Depot(world.depot.record().model_copy(deep=True))
    return _Rooms(books, identity, depot, Returns(world.returns.record()), Chat(world.chat.record()))


def _add(rooms: _Rooms, seed: Seed) -> None:
    _add_money(rooms.books, seed)
    for identity in seed.identities:
        identity.add_to(rooms.identity)
    for order in seed.orders:
        rooms.depot.add_order(order)
    for shipment in seed.shipments:
        rooms.depot.add_shipment(shipment)
    for unit in seed.units:
        rooms.returns.add(unit, rooms.depot)
    for channel in seed.channels:
        rooms.chat.add(channel)


def _add_money(books: Books, seed: Seed) -> None:
    for customer in seed.customers:
        books.customers.add(customer)
    for charge in seed.charges:
        books.customers.get(charge.customer, "customer")
        books.charges.add(charge)
    for subscription in seed.subscriptions:
        books.customers.get(subscription.customer, "customer")
        books.subscriptions.add(subscription)
    for invoice in seed.invoices:
        if invoice.subscription is not None:
            books.subscriptions.get(invoice.subscription, "subscription")
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
