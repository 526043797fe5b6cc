"""The sandbox's HTTP application: gateway, mailbox, admin API and pages on one port."""

from fastapi import FastAPI

from sandbox.admin.fault_routes import fault_router
from sandbox.admin.pages import pages_router
from sandbox.admin.world_routes import world_router
from sandbox.chat.routes import chat_router
from sandbox.identity.plain_routes import identity_router
from sandbox.identity.reset_page import reset_page_router
from sandbox.identity.scim_routes import scim_router
from sandbox.mail.routes import mailbox_router
from sandbox.payments.gateway import payments_router
from sandbox.shipping.routes import carrier_router, shop_router, tracking_router
from sandbox.sms.routes import sms_router
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
        scim_router(world),
        identity_router(world),
        reset_page_router(world),
        carrier_router(world),
        shop_router(world),
        tracking_router(world),
        sms_router(world),
        chat_router(world),
        fault_router(world),
        world_router(world),
        pages_router(world),
    ):
        application.include_router(router)
    return application
