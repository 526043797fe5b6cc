"""A parcel as H.1 looks at it: late, silent, or on its way; and of several the most worrying one (HB H.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from casewright.domain.shipping import Parcel, ParcelStatus
from casewright.policy.inputs.zones import date_there

_LEAST_WORRYING = (
    ParcelStatus.DELIVERED,
    ParcelStatus.OUT_FOR_DELIVERY,
    ParcelStatus.IN_TRANSIT,
    ParcelStatus.PROCESSING,
    ParcelStatus.RETURNED,
    ParcelStatus.UNKNOWN,
    ParcelStatus.EXCEPTION,
)


def overdue(parcel: Parcel, at: datetime) -> bool:
    """Whether its delivery date has passed at the destination without a delivery; on that day it isn't late yet.

    Raises:
        FactUnavailable: the carrier names a time zone that there isn't.
    """
    if parcel.expected is None or parcel.status is ParcelStatus.DELIVERED:
        return False
    return date_there(at, parcel.time_zone, "carrier.shipment") > parcel.expected


def quiet(parcel: Parcel, at: datetime) -> timedelta | None:
    """How long nobody has scanned a parcel that is still on its way; None once it is over, or before its first scan."""
    if parcel.status in (ParcelStatus.DELIVERED, ParcelStatus.RETURNED) or parcel.seen_at is None:
        return None
    return at - parcel.seen_at


def most_worrying(parcels: tuple[Parcel, ...], at: datetime, silent_after: timedelta) -> Parcel | None:
    """The parcel that decides: a carrier's exception, a late one, a silent one, and so on down to a delivered one."""

    def worry(parcel: Parcel) -> tuple[bool, bool, int]:
        silence = quiet(parcel, at)
        needs_logistics = parcel.status is ParcelStatus.EXCEPTION or overdue(parcel, at)
        silent = parcel.status is ParcelStatus.UNKNOWN or (silence is not None and silence >= silent_after)
        return needs_logistics, silent, _LEAST_WORRYING.index(parcel.status)

    return max(parcels, key=worry, default=None)


def told(parcel: Parcel) -> str:
    """A parcel in a message to the customer."""
    seen = f", last seen in {parcel.seen_where}" if parcel.seen_where else ""
    expected = (
        f"expected on {parcel.expected:%d %B %Y}" if parcel.expected else "the carrier names no delivery date yet"
    )
    return f"{parcel.tracking_number}: {parcel.status.words}{seen}; {expected}.\n{parcel.tracking_url}"
