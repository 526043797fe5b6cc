"""The mailbox over HTTP, as JSON and as a message's source."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from sandbox.mail.message import StoredMessage
from sandbox.world import World


def mailbox_router(world: World) -> APIRouter:
    """``/mailbox``."""
    router = APIRouter(tags=["mailbox"])

    @router.get("/mailbox")
    async def list_mail(
        to: str | None = None, subject: str | None = None, message_id: str | None = None
    ) -> list[StoredMessage]:
        """Accepted messages, oldest first: to this recipient, with this text in the subject, with this Message-ID."""
        return world.mailbox.find(to, subject, message_id)

    @router.get("/mailbox/{identity}/source")
    async def read_source(identity: str) -> Response:
        """A message exactly as it was accepted, attachments included."""
        message = world.mailbox.get(identity)
        if message is None:
            raise HTTPException(404, f"no message {identity}")
        return Response(message.source.encode("latin-1"), media_type="message/rfc822")

    return router
