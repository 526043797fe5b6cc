"""Arranging faults and refused addresses over HTTP."""

from fastapi import APIRouter, HTTPException

from sandbox.faults.rules import FaultOrder, FaultRule
from sandbox.mail.refusals import Refusal
from sandbox.world import World


def fault_router(world: World) -> APIRouter:
    """``/_sandbox/faults`` and ``/_sandbox/refusals``."""
    router = APIRouter(prefix="/_sandbox", tags=["faults"])

    @router.get("/faults")
    async def list_faults() -> list[FaultRule]:
        """Every rule, spent ones too, with how often it was hit."""
        return world.faults.rules()

    @router.post("/faults", status_code=201)
    async def add_fault(order: FaultOrder) -> FaultRule:
        """Arrange a latency, an error, a lost answer or an outage."""
        rule = world.faults.add(order)
        world.commit()
        return rule

    @router.delete("/faults", status_code=204)
    async def remove_all_faults() -> None:
        """End every fault."""
        world.faults.clear()
        world.commit()

    @router.delete("/faults/{rule_id}", status_code=204)
    async def remove_fault(rule_id: str) -> None:
        """End one fault."""
        if not world.faults.remove(rule_id):
            raise HTTPException(404, f"no fault {rule_id}")
        world.commit()

    @router.get("/refusals")
    async def list_refusals() -> list[Refusal]:
        """The addresses that mail isn't taken for."""
        return world.refusals.all()

    @router.post("/refusals", status_code=201)
    async def refuse_address(refusal: Refusal) -> Refusal:
        """Let an address bounce (550) or be refused for now (451)."""
        world.refusals.set(refusal)
        world.commit()
        return refusal

    @router.delete("/refusals/{address}", status_code=204)
    async def accept_address(address: str) -> None:
        """Take mail for the address again."""
        if not world.refusals.remove(address):
            raise HTTPException(404, f"{address} isn't refused")
        world.commit()

    return router
