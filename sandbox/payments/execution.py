"""Works a request: who asks, what is asked, once per idempotency key, on paper before the answer."""

import asyncio
import base64
import binascii
import hashlib
import json
from dataclasses import dataclass, field
from secrets import token_hex

from sandbox.payments import charges, customers, invoice_changes, invoice_payments, invoices, refunds, subscriptions
from sandbox.payments.expansion import expand
from sandbox.payments.idempotency import KeptAnswer
from sandbox.payments.operations import Inquiry, Operation
from sandbox.payments.parameters import Parameters, decode_form
from sandbox.payments.problems import StripeProblem
from sandbox.payments.records import Json
from sandbox.world import World

ROOMS = (customers, invoices, invoice_changes, invoice_payments, charges, refunds, subscriptions)
OPERATIONS = tuple(operation for room in ROOMS for operation in room.OPERATIONS)


@dataclass(frozen=True)
class GatewayRequest:
    """A request as it came in; ``encoded`` is its query (GET) or its body (POST)."""

    method: str
    path: str
    encoded: str
    authorization: str = ""
    key: str | None = None
    id: str = field(default_factory=lambda: f"req_{token_hex(7)}")


@dataclass(frozen=True)
class Answer:
    """What the gateway answers; ``replayed_from`` is the request that a kept answer was first given to."""

    status: int
    body: Json
    replayed_from: str | None = None


async def execute(world: World, request: GatewayRequest, delay_seconds: float = 0.0) -> Answer:
    """Answer a request. The delay passes while its idempotency key is held."""
    try:
        _authenticate(request.authorization)
        operation, arguments = _find(request)
        parameters = Parameters(decode_form(request.encoded))
        operation.check(parameters)
        kept = _begin(world, request, parameters)
    except StripeProblem as problem:
        return Answer(problem.status, problem.body())
    if kept is not None:
        return Answer(kept.status, kept.body, kept.request_id)
    try:
        await asyncio.sleep(delay_seconds)
        return _perform(world, request, operation, arguments, parameters)
    finally:
        if request.method == "POST" and request.key:
            world.answers.release(request.key)


def _perform(
    world: World, request: GatewayRequest, operation: Operation, arguments: dict[str, str], parameters: Parameters
) -> Answer:
    executed = True
    try:
        inquiry = Inquiry(world.books, parameters, arguments, request.path, world.clock.epoch())
        answer = Answer(200, expand(world.books, operation.perform(inquiry), parameters.expansions()))
    except StripeProblem as problem:
        answer, executed = Answer(problem.status, problem.body()), problem.executed
    if request.method in ("POST", "DELETE") and executed:
        if request.method == "POST" and request.key:
            world.answers.keep(_kept(world, request, parameters, answer))
        world.commit()
    return answer


def _begin(world: World, request: GatewayRequest, parameters: Parameters) -> KeptAnswer | None:
    if request.method != "POST" or not request.key:
        return None
    return world.answers.begin(request.key, request.path, _fingerprint(parameters), world.clock.epoch())


def _kept(world: World, request: GatewayRequest, parameters: Parameters, answer: Answer) -> KeptAnswer:
    return KeptAnswer(
        key=request.key or "",
        path=request.path,
        fingerprint=_fingerprint(parameters),
        created=world.clock.epoch(),
        status=answer.status,
        body=answer.body,
        request_id=request.id,
    )


def _fingerprint(parameters: Parameters) -> str:
    return hashlib.sha256(json.dumps(parameters.form, sort_keys=True).encode()).hexdigest()


def _find(request: GatewayRequest) -> tuple[Operation, dict[str, str]]:
    for operation in OPERATIONS:
        arguments = operation.arguments(request.method, request.path)
        if arguments is not None:
            return operation, arguments
    raise StripeProblem(404, f"Unrecognized request URL ({request.method}: {request.path}).")


def _authenticate(authorization: str) -> None:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            credentials = base64.b64decode(credentials).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            credentials = ""
    if scheme.lower() not in {"basic", "bearer"} or not credentials:
        raise StripeProblem(401, "You did not provide an API key.")
    if not credentials.startswith("sk_test_") or len(credentials) <= len("sk_test_"):
        raise StripeProblem(401, f"Invalid API Key provided: {credentials[:8]}****")
