"""The memory of the shop's warranty desk and the carrier's label machine."""

from datetime import datetime
from secrets import token_hex

from pydantic import BaseModel

from sandbox.once import OtherRequest, latest_under, remembered
from sandbox.shipping.depot import Depot
from sandbox.shipping.warranty import Replacement, ReturnLabel, Unit


class ReturnsRecord(BaseModel):
    """Units, labels and replacements as written to the state file."""

    units: list[Unit] = []
    labels: list[ReturnLabel] = []
    replacements: list[Replacement] = []


class NotReplaceable(Exception):
    """The shop sends nothing for it; ``code`` says why in its own word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Returns:
    """Units by serial number, labels and replacements by id."""

    def __init__(self, record: ReturnsRecord | None = None) -> None:
        record = record or ReturnsRecord()
        self._units = {unit.serial.casefold(): unit for unit in record.units}
        self._labels = list(record.labels)
        self._replacements = list(record.replacements)

    def record(self) -> ReturnsRecord:
        """Everything as data."""
        return ReturnsRecord(units=self.units(), labels=self.labels(), replacements=self.replacements())

    def add(self, unit: Unit, depot: Depot) -> None:
        """Keep a unit of an order.

        Raises:
            ValueError: Its serial number is taken, or there is no such order.
        """
        if self.unit(unit.serial) is not None:
            raise ValueError(f"serial number {unit.serial} exists already")
        if depot.order(unit.order) is None:
            raise ValueError(f"no order {unit.order}")
        self._units[unit.serial.casefold()] = unit

    def make_label(self, order: str, key: str, now: datetime) -> tuple[ReturnLabel, bool]:
        """Make a label, or give the one made under this key, and whether it was made now.

        Raises:
            OtherRequest: The key belongs to a label of another order.
        """
        earlier = remembered(self._labels, key, now)
        if earlier is not None:
            if earlier.order != order:
                raise OtherRequest
            return earlier, False
        number = f"RET{token_hex(5).upper()}"
        label = ReturnLabel(id=f"lbl_{token_hex(12)}", key=key, order=order, tracking_number=number, created=now)
        self._labels.append(label)
        return label, True

    def replace(self, unit: Unit, key: str, now: datetime) -> tuple[Replacement, bool]:
        """Send another piece, or give what was sent under this key, and whether it was sent now.

        Raises:
            OtherRequest: The key belongs to another piece.
            NotReplaceable: It was replaced before, or there is none left.
        """
        earlier = remembered(self._replacements, key, now)
        if earlier is not None:
            if earlier.serial != unit.serial:
                raise OtherRequest
            return earlier, False
        if self.replacement_of(unit) is not None:
            raise NotReplaceable("already_replaced", f"{unit.serial} was replaced before.")
        if not unit.in_stock:
            raise NotReplaceable("out_of_stock", f"There is no {unit.product.sku} left.")
        identity = f"rpl_{token_hex(12)}"
        sent = Replacement(id=identity, key=key, serial=unit.serial, order=unit.order, created=now)
        self._replacements.append(sent)
        return sent, True

    def unit(self, serial: str) -> Unit | None:
        """One unit; serial numbers are the same in any case of letters."""
        return self._units.get(serial.casefold())

    def replacement_of(self, unit: Unit) -> Replacement | None:
        """What was sent instead of it."""
        return next((sent for sent in self._replacements if sent.serial == unit.serial), None)

    def label(self, identity: str) -> ReturnLabel | None:
        """One label."""
        return next((label for label in self._labels if label.id == identity), None)

    def label_under(self, key: str) -> ReturnLabel | None:
        """The latest label made under a key, whenever that was."""
        return latest_under(self._labels, key)

    def replacement_under(self, key: str) -> Replacement | None:
        """What was sent under a key, whenever that was."""
        return latest_under(self._replacements, key)

    def units(self) -> list[Unit]:
        """Every unit, oldest addition first."""
        return list(self._units.values())

    def labels(self) -> list[ReturnLabel]:
        """Every label, oldest first."""
        return list(self._labels)

    def replacements(self) -> list[Replacement]:
        """Every replacement, oldest first."""
        return list(self._replacements)
