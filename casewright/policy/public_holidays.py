"""Public holidays of a country, from the ``holidays`` package."""

from __future__ import annotations

from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Final

YEARS: Final = range(2020, 2041)
"""The years that a calendar's file is expanded to: fixed, so that a file always reads the same."""


def public_holidays(country: str, subdivision: str | None) -> dict[date, str]:
    """Date → name for all of ``YEARS``, days off instead of a holiday on a weekend included.

    Raises:
        LookupError: the country (ISO 3166) or its subdivision is unknown.
    """
    return dict(_found(country, subdivision))


@cache
def _found(country: str, subdivision: str | None) -> MappingProxyType[date, str]:
    import holidays  # slow to load, and most calendars name no country

    try:
        # The language is named, because the package would take this machine's.
        named = holidays.country_holidays(country, subdiv=subdivision, years=YEARS, language="en_US")
    except NotImplementedError as error:
        what = f"{country!r}" if subdivision is None else f"{subdivision!r} of {country!r}"
        raise LookupError(f"no public holidays are known of {what}: write it as US, or DE with BE") from error
    return MappingProxyType({day: named[day] for day in sorted(named) if day.year in YEARS})
