"""Signing in, and the history of it."""

import base64
import binascii
from datetime import datetime

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict
from starlette.responses import JSONResponse

from sandbox.doors import Problem
from sandbox.identity.accounts import Login, Outcome, Standing
from sandbox.identity.known import account_of
from sandbox.world import World


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


class SignIn(BaseModel):
    """An attempt to sign in; without an address the client's own is noted."""

    model_config = ConfigDict(extra="forbid")

    userName: str
    password: str
    address: str | None = None
    country: str | None = None


def login_routes(router: APIRouter, world: World) -> None:
    """``/users/{user}/logins``."""

    @router.get("/users/{user}/logins")
    async def list_logins(
        user: str,
        since: AwareDatetime | None = None,
        limit: int = Query(50, ge=1, le=200),
        cursor: str | None = None,
    ) -> LoginPage:
        """An account's attempts to sign in from ``since`` on, newest first."""
        logins = world.identity.logins(account_of(world, user).id, since)
        if cursor is not None:
            logins = _after(logins, cursor)
        page = logins[:limit]
        more = len(logins) > limit
        return LoginPage(logins=[_login(login) for login in page], next_cursor=_cursor(page[-1]) if more else None)


def sign_in_routes(router: APIRouter, world: World) -> None:
    """``/sign-in``."""

    @router.post("/sign-in")
    async def sign_in(attempt: SignIn, request: Request) -> JSONResponse:
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


def _login(login: Login) -> LoginShown:
    return LoginShown(
        id=f"lgn_{login.id}", at=login.at, outcome=login.outcome, address=login.address, country=login.country
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
