"""Making password reset links, and finding them by the key they were made under."""

from datetime import datetime

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from sandbox.doors import Problem, base_url
from sandbox.identity.accounts import PasswordReset, Standing
from sandbox.identity.known import account_of
from sandbox.once import OtherRequest
from sandbox.world import World

LONGEST_LIFE = 7 * 86_400


class ResetOrder(BaseModel):
    """How long a reset link lives, in seconds."""

    model_config = ConfigDict(extra="forbid")

    expires_in: int = Field(ge=1, le=LONGEST_LIFE)


class ResetMade(BaseModel):
    """A password reset as its maker gets it: with its link."""

    id: str
    user: str
    created: datetime
    expires: datetime
    url: str


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


def reset_routes(router: APIRouter, world: World) -> None:
    """``/users/{user}/password-resets`` and ``/password-resets``."""

    @router.post("/users/{user}/password-resets", status_code=201)
    async def make_reset(
        user: str, order: ResetOrder, request: Request, idempotency_key: str = Header(min_length=1, max_length=255)
    ) -> JSONResponse:
        """Make a reset link, once per Idempotency-Key: the same key brings the same link back for 24 hours."""
        account = account_of(world, user)
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
        made = ResetMade(id=reset.id, user=reset.user, created=reset.created, expires=reset.expires, url=url)
        return JSONResponse(made.model_dump(mode="json"), 201, headers)

    @router.get("/password-resets")
    async def find_reset(key: str) -> ResetsFound:
        """The reset made under an idempotency key, whenever that was."""
        reset = world.identity.resets.under(key)
        return ResetsFound(password_resets=[] if reset is None else [_reset(reset, world.clock.now())])


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
