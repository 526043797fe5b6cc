"""The page behind a reset link: looking changes nothing, sending a new password uses the link up."""

from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from sandbox.doors import Door, Problem
from sandbox.faults.rules import Target
from sandbox.identity.accounts import MAX_PASSWORD, MIN_PASSWORD, Account, PasswordHash, PasswordReset, Standing
from sandbox.identity.scim_attributes import check_password
from sandbox.rendering import render
from sandbox.world import World

PREFIX = "/identity/reset"
# A link is as good as a password: it isn't kept by caches, nor told to other sites.
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
DEAD = "This link doesn't work any more: it has expired, was used already, or never was one. Please ask for a new one."


def reset_page_router(world: World) -> APIRouter:
    """``/identity/reset/{token}``."""
    door = Door(world, Target.IDENTITY, _refusal, logged=lambda path: f"{PREFIX}/…")
    router = door.router(PREFIX)

    @router.get("/{token}")
    async def show_form(token: str) -> HTMLResponse:
        """A form for a new password; shows whether the link works and changes nothing."""
        _opened(world, token)
        return _page(200, form=True, notice="")

    @router.post("/{token}")
    async def set_password(token: str, request: Request) -> HTMLResponse:
        """Set the password sent as the form field ``password``, and use the link up."""
        fields = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        # Nothing is awaited from here on, so that a link opened twice at once is still used once.
        reset, account = _opened(world, token)
        try:
            password = check_password(fields.get("password", [""])[0])
        except Problem as unfit:
            return _page(400, form=True, notice=unfit.message)
        now = world.clock.now()
        changes = {"password": PasswordHash.of(password), "version": account.version + 1, "modified": now}
        world.identity.replace(account.model_copy(update=changes))
        reset.used_at = now
        world.commit()
        return _page(200, form=False, notice="Your new password is set. You can sign in with it now.")

    return router


def _opened(world: World, token: str) -> tuple[PasswordReset, Account]:
    reset = world.identity.resets.opened_by(token)
    if reset is None or reset.state(world.clock.now()) != "open":
        raise Problem(410, DEAD)
    account = world.identity.get(reset.user)
    if account is None or account.status is not Standing.ACTIVE:
        raise Problem(410, DEAD)
    return reset, account


def _refusal(problem: Problem) -> HTMLResponse:
    return _page(problem.status, form=False, notice=problem.message)


def _page(status: int, *, form: bool, notice: str) -> HTMLResponse:
    bounds = {"shortest": MIN_PASSWORD, "longest": MAX_PASSWORD}
    return render("reset.html", status, PRIVATE, form=form, notice=notice, **bounds)
