"""The gateway's HTTP door: meets the arranged faults, notes each call, and answers or drops the connection."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox.connections import DroppedConnection
from sandbox.faults.board import Strike
from sandbox.faults.calls import CallRecord
from sandbox.faults.rules import ErrorBody, FaultKind, FaultRule, Target
from sandbox.payments.execution import Answer, GatewayRequest, execute
from sandbox.payments.outcome_routes import outcomes_router
from sandbox.payments.problems import StripeProblem
from sandbox.world import World


def payments_router(world: World) -> APIRouter:
    """The gateway under ``/v1``, and what is arranged to become of its refunds."""
    router = APIRouter()
    router.include_router(outcomes_router(world))

    @router.api_route("/v1/{path:path}", methods=["GET", "POST", "DELETE"], include_in_schema=False)
    async def answer(request: Request) -> Response:
        return await _serve(world, await _read(request))

    return router


async def _read(request: Request) -> GatewayRequest:
    body = (await request.body()).decode("utf-8", "replace")
    return GatewayRequest(
        method=request.method,
        path=request.url.path,
        encoded=body if request.method == "POST" else request.url.query,
        authorization=request.headers.get("authorization", ""),
        key=request.headers.get("idempotency-key"),
    )


async def _serve(world: World, request: GatewayRequest) -> Response:
    seq = world.calls.next_seq()
    strike = world.faults.strike(Target.PAYMENTS, request.method, [request.path], world.clock.now())
    replayed = False
    if strike.fault is not None and strike.blocks:
        await asyncio.sleep(strike.delay_seconds)
        response = _blocked(strike.fault, request)
    else:
        answer = await execute(world, request, strike.delay_seconds)
        replayed = answer.replayed_from is not None
        response = _answered(answer, request)
        if strike.fault is not None and strike.loses_answer:
            response = _lost(strike.fault)
    world.calls.add(_call(world, seq, request, response, strike, replayed))
    return response


def _answered(answer: Answer, request: GatewayRequest) -> Response:
    headers = {"Request-Id": request.id, "Stripe-Version": "sandbox"}
    if request.key:
        headers["Idempotency-Key"] = request.key
    if answer.replayed_from is not None:
        headers |= {"Idempotent-Replayed": "true", "Original-Request": answer.replayed_from}
    return JSONResponse(answer.body, answer.status, headers)


def _blocked(fault: FaultRule, request: GatewayRequest) -> Response:
    if fault.refuses_connections:
        return DroppedConnection()
    status = 503 if fault.kind is FaultKind.OUTAGE else fault.status
    headers = {"Request-Id": request.id}
    if fault.body is ErrorBody.HTML:
        return HTMLResponse(f"<html><body><h1>{status}</h1></body></html>", status, headers)
    if fault.body is ErrorBody.EMPTY:
        return Response(status_code=status, headers=headers)
    problem = StripeProblem(status, "An arranged failure of the sandbox.", kind="api_error")
    if status == 429:
        problem.code = "rate_limit"
    return JSONResponse(problem.body(), status, headers)


def _lost(fault: FaultRule) -> Response:
    """The connection's end instead of the answer, or what a proxy made of it."""
    if fault.body is ErrorBody.HTML:
        return HTMLResponse("<html><body>Welcome to the network</body></html>")
    return Response() if fault.body is ErrorBody.EMPTY else DroppedConnection()


def _call(
    world: World, seq: int, request: GatewayRequest, response: Response, strike: Strike, replayed: bool
) -> CallRecord:
    return CallRecord(
        seq=seq,
        at=world.clock.now(),
        target=Target.PAYMENTS,
        method=request.method,
        path=request.path,
        key=request.key,
        status=None if isinstance(response, DroppedConnection) else response.status_code,
        replayed=replayed,
        faults=strike.names,
        request_id=request.id,
    )
