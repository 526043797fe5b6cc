"""The shop's and the carrier's memory."""

from pydantic import BaseModel

from sandbox.shipping.records import Order, Shipment, TrackingEvent


class DepotRecord(BaseModel):
    """Orders and shipments as written to the state file."""

    orders: list[Order] = []
    shipments: list[Shipment] = []


class Depot:
    """Orders by number and shipments by tracking number."""

    def __init__(self, record: DepotRecord | None = None) -> None:
        record = record or DepotRecord()
        self._orders = {order.number: order for order in record.orders}
        self._shipments = {shipment.tracking_number: shipment for shipment in record.shipments}

    def record(self) -> DepotRecord:
        """Everything as data."""
        return DepotRecord(orders=self.orders(), shipments=self.shipments())

    def add_order(self, order: Order) -> None:
        """Keep an order.

        Raises:
            ValueError: Its number is taken.
        """
        if order.number in self._orders:
            raise ValueError(f"order {order.number} exists already")
        self._orders[order.number] = order

    def add_shipment(self, shipment: Shipment) -> None:
        """Keep a shipment and name it in its order.

        Raises:
            ValueError: Its tracking number is taken, or there is no such order.
        """
        if shipment.tracking_number in self._shipments:
            raise ValueError(f"shipment {shipment.tracking_number} exists already")
        order = self._orders.get(shipment.order)
        if order is None:
            raise ValueError(f"no order {shipment.order}")
        self._shipments[shipment.tracking_number] = shipment
        if shipment.tracking_number not in order.shipments:
            order.shipments.append(shipment.tracking_number)

    def scan(self, shipment: Shipment, event: TrackingEvent) -> None:
        """Add to what happened to a shipment."""
        shipment.events.append(event)
        shipment.events.sort(key=lambda earlier: earlier.at)

    def order(self, number: str) -> Order | None:
        """One order."""
        return self._orders.get(number)

    def shipment(self, tracking_number: str) -> Shipment | None:
        """One shipment."""
        return self._shipments.get(tracking_number)

    def orders(self, customer_email: str | None = None) -> list[Order]:
        """Orders, all or of one customer in any case of letters, oldest addition first."""
        return [
            order
            for order in self._orders.values()
            if customer_email is None or order.customer_email.casefold() == customer_email.casefold()
        ]

    def shipments(self, order: str | None = None) -> list[Shipment]:
        """Shipments, all or of one order, oldest addition first."""
        return [shipment for shipment in self._shipments.values() if order is None or shipment.order == order]
