"""The sandbox's clock, its calls, its state, and filling and emptying it, over HTTP."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, HTTPException
from pydantic import BaseModel, Field

from sandbox.faults.calls import CallRecord
from sandbox.faults.rules import Target
from sandbox.payments.problems import StripeProblem
from sandbox.seeding import DEFAULT_SEEDS, plant, plant_files
from sandbox.world import Snapshot, World

SEED_EXAMPLE = {
    "customers": [{"id": "cus_x", "name": "Sample Customer X", "email": "x@example.com", "created": "-1d"}],
    "charges": [{"id": "ch_x", "customer": "cus_x", "amount": 4900, "currency": "usd", "created": "-3h"}],
}


class ClockAdvance(BaseModel):
    """How far to move the clock forward."""

    advance_seconds: float = Field(ge=0, le=10 * 366 * 86_400)


class ClockReading(BaseModel):
    """The sandbox's time, and how many of its seconds pass in a real one."""

    now: datetime
    speed: float


class ResetOrder(BaseModel):
    """Whether to plant the sandbox's own seeds again afterwards."""

    seeds: bool = False


def world_router(world: World) -> APIRouter:
    """``/_sandbox/clock``, ``calls``, ``state``, ``seed`` and ``reset``."""
    router = APIRouter(prefix="/_sandbox", tags=["world"])

    @router.get("/clock")
    async def read_clock() -> ClockReading:
        """The sandbox's time."""
        return ClockReading(now=world.clock.now(), speed=world.clock.speed)

    @router.post("/clock")
    async def advance_clock(advance: ClockAdvance) -> ClockReading:
        """Move the clock forward, for instance past the life of idempotency keys."""
        world.clock.advance(advance.advance_seconds)
        world.commit()
        return ClockReading(now=world.clock.now(), speed=world.clock.speed)

    @router.get("/calls")
    async def list_calls(target: Target | None = None, path: str | None = None, since: int = 0) -> list[CallRecord]:
        """The latest calls, oldest first: those numbered above ``since`` whose path contains ``path``."""
        return world.calls.find(target, path, since)

    @router.get("/state")
    async def read_state() -> Snapshot:
        """Everything the sandbox remembers, as the state file has it."""
        return world.snapshot()

    @router.post("/seed", status_code=201)
    async def add_seed(seed: Annotated[dict[str, Any], Body(examples=[SEED_EXAMPLE])]) -> dict[str, int]:
        """Add customers, charges, identities, orders, shipments and more, all or none; answers how many of each."""
        try:
            planted = plant(world, seed)
        except StripeProblem as problem:
            raise HTTPException(422, problem.message) from problem
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        return {name: len(getattr(planted, name)) for name in type(planted).model_fields}

    @router.post("/reset", status_code=204)
    async def reset(order: ResetOrder | None = None) -> None:
        """Forget everything, the clock's advance too."""
        world.reset()
        if order is not None and order.seeds:
            plant_files(world, DEFAULT_SEEDS)
        world.commit()

    return router
