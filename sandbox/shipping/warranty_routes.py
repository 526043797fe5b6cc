"""The shop's serial numbers and replacements, and the carrier's labels."""

from datetime import date, datetime

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

from sandbox.doors import Problem, base_url
from sandbox.once import OtherRequest
from sandbox.shipping.label_pdf import label_pdf
from sandbox.shipping.returns import NotReplaceable
from sandbox.shipping.warranty import Product, Replacement, ReturnLabel, Unit
from sandbox.world import World


class UnitShown(BaseModel):
    """A unit as the shop tells it; the purchase date is by the calendar of ``time_zone``, where it was delivered."""

    serial: str
    product: Product
    order: str
    customer_email: str
    purchase_date: date
    time_zone: str
    warranty_months: int
    replacement: str | None


class ReplacementOrder(BaseModel):
    """Which piece to replace."""

    model_config = ConfigDict(extra="forbid")

    serial: str


class ReplacementsFound(BaseModel):
    """What was sent under a key, or nothing."""

    replacements: list[Replacement]


class LabelOrder(BaseModel):
    """Which order something is sent back of."""

    model_config = ConfigDict(extra="forbid")

    order: str


class LabelShown(BaseModel):
    """A label; the file behind ``label_url`` needs the same token as everything else."""

    id: str
    order: str
    tracking_number: str
    label_url: str
    created: datetime


class LabelsFound(BaseModel):
    """The latest label made under a key, or none."""

    labels: list[LabelShown]


def warranty_routes(router: APIRouter, world: World) -> None:
    """``/serials`` and ``/replacements`` of the shop."""

    @router.get("/serials/{serial}")
    async def get_serial(serial: str) -> UnitShown:
        """What was sold with this serial number, to whom, when, and for how long it is under warranty."""
        return _unit_shown(_unit(world, serial), world)

    @router.post("/replacements", status_code=201)
    async def replace(
        order: ReplacementOrder, idempotency_key: str = Header(min_length=1, max_length=255)
    ) -> JSONResponse:
        """Send another piece, once per piece, and once per Idempotency-Key for 24 hours."""
        unit = _unit(world, order.serial)
        try:
            sent, now = world.returns.replace(unit, idempotency_key, world.clock.now())
        except OtherRequest as other:
            raise _reused(idempotency_key) from other
        except NotReplaceable as refusal:
            raise Problem(409, str(refusal), refusal.code) from refusal
        world.commit()
        return _made(sent, now=now)

    @router.get("/replacements")
    async def find_replacement(key: str) -> ReplacementsFound:
        """What was sent under an idempotency key, whenever that was."""
        sent = world.returns.replacement_under(key)
        return ReplacementsFound(replacements=[] if sent is None else [sent])


def label_routes(router: APIRouter, world: World) -> None:
    """``/labels`` of the carrier."""

    @router.post("/labels", status_code=201)
    async def make_label(
        order: LabelOrder, request: Request, idempotency_key: str = Header(min_length=1, max_length=255)
    ) -> JSONResponse:
        """Make a label, once per Idempotency-Key: the same key brings the same label back for 24 hours."""
        if world.depot.order(order.order) is None:
            raise Problem(404, f"There is no order {order.order}.", "order_not_found")
        try:
            label, now = world.returns.make_label(order.order, idempotency_key, world.clock.now())
        except OtherRequest as other:
            raise _reused(idempotency_key) from other
        world.commit()
        return _made(_label_shown(label, request), now=now)

    @router.get("/labels")
    async def find_label(key: str, request: Request) -> LabelsFound:
        """The label made under an idempotency key, whenever that was."""
        label = world.returns.label_under(key)
        return LabelsFound(labels=[] if label is None else [_label_shown(label, request)])

    @router.get("/labels/{identity}/file")
    async def label_file(identity: str) -> Response:
        """The label as a PDF."""
        label = world.returns.label(identity)
        if label is None:
            raise Problem(404, f"There is no label {identity}.", "label_not_found")
        return Response(label_pdf(label), media_type="application/pdf")


def _unit(world: World, serial: str) -> Unit:
    unit = world.returns.unit(serial)
    if unit is None:
        raise Problem(404, f"There is no serial number {serial}.", "serial_not_found")
    return unit


def _unit_shown(unit: Unit, world: World) -> UnitShown:
    order, sent = world.depot.order(unit.order), world.returns.replacement_of(unit)
    assert order is not None, "a unit is kept with its order only"
    return UnitShown(
        serial=unit.serial,
        product=unit.product,
        order=unit.order,
        customer_email=order.customer_email,
        purchase_date=unit.bought_on(order.placed_at),
        time_zone=unit.delivered_to.time_zone,
        warranty_months=unit.warranty_months,
        replacement=None if sent is None else sent.id,
    )


def _label_shown(label: ReturnLabel, request: Request) -> LabelShown:
    return LabelShown(
        id=label.id,
        order=label.order,
        tracking_number=label.tracking_number,
        label_url=f"{base_url(request)}/carrier/v1/labels/{label.id}/file",
        created=label.created,
    )


def _reused(key: str) -> Problem:
    return Problem(422, f"{key} was used for another request.", "idempotency_key_reused")


def _made(what: BaseModel, *, now: bool) -> JSONResponse:
    return JSONResponse(what.model_dump(mode="json"), 201, None if now else {"Idempotent-Replayed": "true"})
