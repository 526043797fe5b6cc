"""The smaller outside systems, connected as the settings say."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from activities.identity.store import IdentityStore
from activities.json_api import connected
from activities.shipping.returns import Returns
from activities.shipping.tracking import Tracking
from casewright.settings import Settings


@dataclass(frozen=True)
class Outside:
    """Who is asked about identities, parcels and what comes back."""

    identity: IdentityStore
    tracking: Tracking
    returns: Returns


@contextlib.asynccontextmanager
async def outside(settings: Settings) -> AsyncIterator[Outside]:
    """All of them; one whose address isn't set says so whenever it is asked."""
    async with (
        connected(settings.identity_url, settings.identity_token.get_secret_value(), "the identity store") as identity,
        connected(settings.shop_url, settings.shop_token.get_secret_value(), "the shop") as shop,
        connected(settings.carrier_url, settings.carrier_token.get_secret_value(), "the carrier") as carrier,
    ):
        yield Outside(IdentityStore(identity), Tracking(shop, carrier), Returns(shop, carrier))
