"""The sandbox's HTTP application: gateway, mailbox, admin API and pages on one port."""

from fastapi import FastAPI

from sandbox.admin.fault_routes import fault_router
from sandbox.admin.pages import pages_router
from sandbox.admin.world_routes import world_router
from sandbox.mail.routes import mailbox_router
from sandbox.payments.gateway import payments_router
from sandbox.world import World

ABOUT = (
    "Looks into the sandbox and arranges what goes wrong. The payment gateway under /v1 is described by Stripe's own"
    " documentation and, where it differs, by the sandbox's README."
)


def build_application(world: World) -> FastAPI:
    """Everything that the sandbox serves over HTTP."""
    # FastAPI's own documentation page loads its scripts from elsewhere; ours is a plain page.
    application = FastAPI(title="Sandbox", description=ABOUT, version="1", docs_url=None, redoc_url=None)
    for router in (
        payments_router(world),
        mailbox_router(world),
        fault_router(world),
        world_router(world),
        pages_router(world),
    ):
        application.include_router(router)
    return application
