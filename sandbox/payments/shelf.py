"""Records of one kind, in the order they came, found by id or by an indexed field."""

from collections import defaultdict
from typing import Generic, TypeVar

from sandbox.payments.problems import missing
from sandbox.payments.records import Record

R = TypeVar("R", bound=Record)


class Shelf(Generic[R]):
    """Keeps records of one kind. Indexed fields must not change after a record was added."""

    def __init__(self, noun: str, *indexed: str) -> None:
        self._noun = noun
        self._records: dict[str, R] = {}
        self._indexes: dict[str, dict[str | None, list[R]]] = {field: defaultdict(list) for field in indexed}

    def add(self, record: R) -> None:
        """Keep a record.

        Raises:
            ValueError: There is one with that id already.
        """
        if record.id in self._records:
            raise ValueError(f"{self._noun} {record.id} exists already")
        self._records[record.id] = record
        for field, index in self._indexes.items():
            index[getattr(record, field)].append(record)

    def remove(self, record: R) -> None:
        """Forget a record."""
        del self._records[record.id]
        for field, index in self._indexes.items():
            index[getattr(record, field)].remove(record)

    def get(self, identity: str, param: str = "id") -> R:
        """The record, or Stripe's 404 naming the parameter that asked for it."""
        record = self._records.get(identity)
        if record is None:
            raise missing(self._noun, identity, param)
        return record

    def all(self) -> list[R]:
        """Every record, oldest addition first."""
        return list(self._records.values())

    def where(self, field: str, value: str | None) -> list[R]:
        """The records whose indexed field has this value."""
        return list(self._indexes[field].get(value, ()))

    def narrowed(self, field: str, value: str | None) -> list[R]:
        """As ``where``, but everything when no value is asked for."""
        return self.all() if value is None else self.where(field, value)
