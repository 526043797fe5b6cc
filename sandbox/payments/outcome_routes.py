"""Arranging over HTTP what becomes of refunds."""

from fastapi import APIRouter, HTTPException

from sandbox.payments.outcomes import RefundChange, RefundOutcome
from sandbox.payments.problems import StripeProblem
from sandbox.payments.records import Json
from sandbox.world import World


def outcomes_router(world: World) -> APIRouter:
    """``/_sandbox/refund-outcomes`` and ``/_sandbox/refunds/{id}``."""
    router = APIRouter(prefix="/_sandbox", tags=["faults"])

    @router.get("/refund-outcomes")
    async def list_outcomes() -> list[RefundOutcome]:
        """The outcomes that no refund has met yet."""
        return world.books.outcomes.all()

    @router.post("/refund-outcomes", status_code=201)
    async def arrange_outcome(outcome: RefundOutcome) -> RefundOutcome:
        """Let the next refunds, of one charge or of any, begin in another status than ``succeeded``."""
        world.books.outcomes.add(outcome)
        world.commit()
        return outcome

    @router.post("/refunds/{refund_id}")
    async def change_refund(refund_id: str, change: RefundChange) -> Json:
        """Let a refund go on, for instance from ``pending`` to ``failed``, which gives the charge its amount back."""
        try:
            refund = world.books.change_refund(refund_id, change)
        except StripeProblem as problem:
            raise HTTPException(404 if problem.status == 404 else 409, problem.message) from problem
        world.commit()
        return refund.to_stripe()

    return router
