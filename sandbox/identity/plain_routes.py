"""What an identity store offers beside SCIM, as plain JSON: login history, reset links, signing in."""

import base64
import binascii
from datetime import datetime

from fastapi import APIRouter, Header, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from sandbox.doors import Door, Problem, base_url, bearer_token
from sandbox.faults.rules import Target
from sandbox.identity.accounts import Account, Login, Outcome, PasswordReset, Standing
from sandbox.identity.resets import OtherRequest
from sandbox.world import World

PREFIX = "/identity/v1"
LONGEST_LIFE = 7 * 86_400
TOKEN_PREFIX = "test_"


class LoginShown(BaseModel):
    """One attempt to sign in."""

    id: str
    at: datetime
    outcome: Outcome
    address: str
    country: str | None


class LoginPage(BaseModel):
    """Attempts, newest first; ``next_cursor`` leads to older ones and is null at the end."""

    logins: list[LoginShown]
    next_cursor: str | None


class ResetOrder(BaseModel):
    """How long a reset link lives, in seconds."""

    model_config = ConfigDict(extra="forbid")

    expires_in: int = Field(ge=1, le=LONGEST_LIFE)


class ResetShown(BaseModel):
    """A password reset as it can be looked up: without its link. ``state`` is open, used or expired."""

    id: str
    user: str
    key: str
    created: datetime
    expires: datetime
    used_at: datetime | None
    state: str


class ResetsFound(BaseModel):
    """The latest reset made under a key, or none."""

    password_resets: list[ResetShown]


class SignIn(BaseModel):
    """An attempt to sign in; without an address the client's own is noted."""

    model_config = ConfigDict(extra="forbid")

    userName: str
    password: str
    address: str | None = None
    country: str | None = None


def identity_router(world: World) -> APIRouter:
    """``/identity/v1``."""
    door = Door(world, Target.IDENTITY, plain_error, _admit)
    router = door.router(PREFIX)
    _logins(router, world)
    _resets(router, world)
    _sign_in(router, world)
    return door.close(router)


def plain_error(problem: Problem) -> JSONResponse:
    """A problem as ``{"error": {"code", "message"}}``."""
    return JSONResponse({"error": {"code": problem.code, "message": problem.message}}, problem.status)


def _admit(request: Request) -> None:
    if not bearer_token(request, TOKEN_PREFIX):
        message = f"A bearer token is needed; here any that begins with {TOKEN_PREFIX}."
        raise Problem(401, message, "unauthorized")


def _logins(router: APIRouter, world: World) -> None:
    @router.get("/users/{user}/logins")
    async def list_logins(
        user: str,
        since: AwareDatetime | None = None,
        limit: int = Query(50, ge=1, le=200),
        cursor: str | None = None,
    ) -> LoginPage:
        """An account's attempts to sign in from ``since`` on, newest first."""
        logins = world.identity.logins(_account(world, user).id, since)
        if cursor is not None:
            logins = _after(logins, cursor)
        page = logins[:limit]
        more = len(logins) > limit
        return LoginPage(logins=[_login(login) for login in page], next_cursor=_cursor(page[-1]) if more else None)


def _resets(router: APIRouter, world: World) -> None:
    @router.post("/users/{user}/password-resets", status_code=201)
    async def make_reset(
        user: str, order: ResetOrder, request: Request, idempotency_key: str = Header(min_length=1, max_length=255)
    ) -> JSONResponse:
        """Make a reset link, once per Idempotency-Key: the same key brings the same link back for 24 hours."""
        account = _account(world, user)
        if account.status is not Standing.ACTIVE:
            raise Problem(409, f"The account is {account.status}.", "account_not_active")
        now = world.clock.now()
        try:
            reset, made_now = world.identity.resets.make(user, idempotency_key, order.expires_in, now)
        except OtherRequest as other:
            message = f"{idempotency_key} was used for another user or expires_in."
            raise Problem(422, message, "idempotency_key_reused") from other
        world.commit()
        url = f"{base_url(request)}/identity/reset/{world.identity.resets.token(reset.id)}"
        headers = None if made_now else {"Idempotent-Replayed": "true"}
        return JSONResponse(_made(reset, url), 201, headers)

    @router.get("/password-resets")
    async def find_reset(key: str) -> ResetsFound:
        """The reset made under an idempotency key, whenever that was."""
        reset = world.identity.resets.under(key)
        return ResetsFound(password_resets=[] if reset is None else [_reset(reset, world.clock.now())])


def _sign_in(router: APIRouter, world: World) -> None:
    @router.post("/sign-in")
    async def sign_in(attempt: SignIn, request: Request) -> Response:
        """Note an attempt to sign in and say how it ended; it locks nothing."""
        account = world.identity.by_user_name(attempt.userName)
        if account is None:
            return JSONResponse({"outcome": Outcome.FAILURE.value}, 401)
        fits = account.password is not None and account.password.fits(attempt.password)
        outcome = Outcome.SUCCESS if fits and account.status is Standing.ACTIVE else Outcome.FAILURE
        address = attempt.address or (request.client.host if request.client else "unknown")
        world.identity.attempt(account.id, world.clock.now(), outcome, address, attempt.country)
        world.commit()
        succeeded = outcome is Outcome.SUCCESS
        return JSONResponse({"outcome": outcome.value}, 200 if succeeded else 401)


def _account(world: World, user: str) -> Account:
    account = world.identity.get(user)
    if account is None:
        raise Problem(404, f"There is no user {user}.", "user_not_found")
    return account


def _login(login: Login) -> LoginShown:
    return LoginShown(
        id=f"lgn_{login.id}", at=login.at, outcome=login.outcome, address=login.address, country=login.country
    )


def _made(reset: PasswordReset, url: str) -> dict[str, str]:
    return {
        "id": reset.id,
        "user": reset.user,
        "created": reset.created.isoformat(),
        "expires": reset.expires.isoformat(),
        "url": url,
    }


def _reset(reset: PasswordReset, now: datetime) -> ResetShown:
    return ResetShown(
        id=reset.id,
        user=reset.user,
        key=reset.key,
        created=reset.created,
        expires=reset.expires,
        used_at=reset.used_at,
        state=reset.state(now),
    )


def _cursor(login: Login) -> str:
    return base64.urlsafe_b64encode(f"login:{login.id}".encode()).decode().rstrip("=")


def _after(logins: list[Login], cursor: str) -> list[Login]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise Problem(400, "The cursor isn't one of ours.", "invalid_cursor") from error
    place = next((index for index, login in enumerate(logins) if f"login:{login.id}" == text), None)
    if place is None:
        raise Problem(400, "The cursor isn't one of ours.", "invalid_cursor")
    return logins[place + 1 :]
