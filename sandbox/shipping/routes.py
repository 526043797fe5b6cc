"""The carrier's and the shop's APIs, and the page behind a tracking link."""

from datetime import date, datetime

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import HTMLResponse, JSONResponse

from sandbox.doors import Door, Problem, base_url, bearer_token
from sandbox.faults.rules import Target
from sandbox.rendering import render
from sandbox.shipping.records import Destination, Order, Shipment, ShipmentStatus, TrackingEvent
from sandbox.shipping.warranty_routes import label_routes, warranty_routes
from sandbox.world import World

TOKEN_PREFIX = "test_"


class ShipmentShown(BaseModel):
    """A shipment as the carrier tells it; the delivery date is the destination's, events are oldest first."""

    tracking_number: str
    order: str
    customer_email: str
    status: ShipmentStatus
    estimated_delivery_date: date | None
    destination: Destination
    tracking_url: str
    events: list[TrackingEvent]


class ShipmentsFound(BaseModel):
    """An order's shipments."""

    shipments: list[ShipmentShown]


class OrdersFound(BaseModel):
    """A customer's orders, newest first."""

    orders: list[Order]


class Scan(BaseModel):
    """What happened to a shipment just now."""

    model_config = ConfigDict(extra="forbid")

    status: ShipmentStatus
    location: str
    description: str


def carrier_router(world: World) -> APIRouter:
    """``/carrier/v1`` and the tracking pages."""
    door = Door(world, Target.CARRIER, _error, _admit)
    router = door.router("/carrier/v1")

    @router.get("/shipments")
    async def list_shipments(request: Request, order: str = Query(min_length=1)) -> ShipmentsFound:
        """An order's shipments; none when the carrier knows no such order."""
        now, base = world.clock.now(), base_url(request)
        return ShipmentsFound(shipments=[_shown(shipment, now, base) for shipment in world.depot.shipments(order)])

    @router.get("/shipments/{tracking_number}")
    async def get_shipment(tracking_number: str, request: Request) -> ShipmentShown:
        """One shipment."""
        return _shown(_found(world, tracking_number), world.clock.now(), base_url(request))

    label_routes(router, world)
    return door.close(router)


def shop_router(world: World) -> APIRouter:
    """``/shop/v1``."""
    door = Door(world, Target.SHOP, _error, _admit)
    router = door.router("/shop/v1")

    @router.get("/orders")
    async def list_orders(customer_email: str = Query(min_length=1)) -> OrdersFound:
        """A customer's orders, newest first; none when nobody ordered under that address."""
        orders = world.depot.orders(customer_email)
        return OrdersFound(orders=sorted(orders, key=lambda order: order.placed_at, reverse=True))

    @router.get("/orders/{number}")
    async def get_order(number: str) -> Order:
        """One order."""
        order = world.depot.order(number)
        if order is None:
            raise Problem(404, f"There is no order {number}.", "order_not_found")
        return order

    warranty_routes(router, world)
    return door.close(router)


def tracking_router(world: World) -> APIRouter:
    """The page behind a tracking link, and the scans that tests and people add."""
    router = APIRouter(tags=["carrier"])

    @router.get("/carrier/track/{tracking_number}")
    async def track(tracking_number: str, request: Request) -> HTMLResponse:
        """What the carrier tells whoever has the tracking link."""
        shipment = world.depot.shipment(tracking_number)
        if shipment is None:
            raise HTTPException(404, f"no shipment {tracking_number}")
        return render("tracking.html", shipment=_shown(shipment, world.clock.now(), base_url(request)))

    @router.post("/_sandbox/shipments/{tracking_number}/events", status_code=201)
    async def add_scan(tracking_number: str, scan: Scan) -> TrackingEvent:
        """Let something happen to a shipment now."""
        shipment = world.depot.shipment(tracking_number)
        if shipment is None:
            raise HTTPException(404, f"no shipment {tracking_number}")
        event = TrackingEvent(at=world.clock.now(), **scan.model_dump())
        world.depot.scan(shipment, event)
        world.commit()
        return event

    return router


def _admit(request: Request) -> None:
    if not bearer_token(request, TOKEN_PREFIX):
        message = f"A bearer token is needed; here any that begins with {TOKEN_PREFIX}."
        raise Problem(401, message, "unauthorized")


def _error(problem: Problem) -> JSONResponse:
    return JSONResponse({"error": {"code": problem.code, "message": problem.message}}, problem.status)


def _found(world: World, tracking_number: str) -> Shipment:
    shipment = world.depot.shipment(tracking_number)
    if shipment is None:
        raise Problem(404, f"There is no shipment {tracking_number}.", "shipment_not_found")
    return shipment


def _shown(shipment: Shipment, now: datetime, base: str) -> ShipmentShown:
    return ShipmentShown(
        tracking_number=shipment.tracking_number,
        order=shipment.order,
        customer_email=shipment.customer_email,
        status=shipment.status(now),
        estimated_delivery_date=shipment.estimated_delivery_date,
        destination=shipment.destination,
        tracking_url=f"{base}/carrier/track/{shipment.tracking_number}",
        events=shipment.seen(now),
    )
