"""Lists with cursors, newest first, as Stripe pages them."""

from collections.abc import Sequence

from sandbox.payments.parameters import Parameters
from sandbox.payments.problems import invalid, missing
from sandbox.payments.records import Json, Record

LISTING = frozenset({"limit", "starting_after", "ending_before", "created"})
DEFAULT_LIMIT, MAX_LIMIT = 10, 100


def read_limit(parameters: Parameters) -> int:
    """How many to show: 1 to 100, 10 unless asked."""
    limit = parameters.integer("limit")
    if limit is None:
        return DEFAULT_LIMIT
    if not 1 <= limit <= MAX_LIMIT:
        raise invalid(f"This value must be between 1 and {MAX_LIMIT}.", param="limit")
    return limit


def list_page(records: Sequence[Record], parameters: Parameters, url: str) -> Json:
    """One page of the records that were created within the asked bounds."""
    limit = read_limit(parameters)
    found = newest_first(_created_within(records, parameters.bounds("created")))
    after, before = parameters.text("starting_after"), parameters.text("ending_before")
    if after and before:
        raise invalid("You cannot parameterize both `starting_after` and `ending_before`.", param="ending_before")
    if before:
        earlier = found[: _position(found, before, "ending_before")]
        shown, more = earlier[-limit:], len(earlier) > limit
    else:
        later = found[_position(found, after, "starting_after") + 1 :] if after else found
        shown, more = later[:limit], len(later) > limit
    return {"object": "list", "url": url, "has_more": more, "data": [record.to_stripe() for record in shown]}


def newest_first(records: Sequence[Record]) -> list[Record]:
    """By creation, and of the same second the later addition first."""
    return sorted(records, key=lambda record: record.created)[::-1]


def _created_within(records: Sequence[Record], bounds: dict[str, int]) -> Sequence[Record]:
    at_least = max(bounds.get("gte", -(10**15)), bounds.get("gt", -(10**15)) + 1)
    at_most = min(bounds.get("lte", 10**15), bounds.get("lt", 10**15) - 1)
    return [record for record in records if at_least <= record.created <= at_most]


def _position(records: Sequence[Record], identity: str, param: str) -> int:
    for position, record in enumerate(records):
        if record.id == identity:
            return position
    raise missing("object", identity, param)
