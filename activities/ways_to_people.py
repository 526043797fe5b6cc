"""Whether there are ways to reach the staff at all: without them, warnings and requests are done for nobody."""

from __future__ import annotations

from casewright.records.postgres import Connection
from casewright.settings import Settings

_UNREACHABLE = "SELECT count(*) > 0 AND count(mail) = 0 FROM person WHERE active AND kind = 'person'"
NO_CHAT = "no warning reaches anybody: set CASEWRIGHT_CHAT_URL (and CASEWRIGHT_CHAT_TOKEN)"
NO_LINKS = "nobody gets links to approve or to rate: set CASEWRIGHT_LINK_KEY, here and for the API"
NO_MAIL = "nobody can be asked for an approval by mail: give people a `mail` in the file of people"


class NobodyIsReached(RuntimeError):
    """In production, a way to reach the staff isn't set up."""


def missing_ways(settings: Settings) -> list[str]:
    """What isn't set up, each as words that say what to do.

    Raises:
        NobodyIsReached: something is missing, and real customers' tickets are at stake.
    """
    ways = ((settings.chat_url, NO_CHAT), (settings.link_key.get_secret_value(), NO_LINKS))
    missing = [words for there, words in ways if not there]
    if missing and settings.production:
        raise NobodyIsReached(f"in production (CASEWRIGHT_PRODUCTION) people must be reached; {'; '.join(missing)}")
    return missing


async def missing_addresses(connection: Connection) -> list[str]:
    """That of all the people none has an address, in words; only to be warned of, as they may be given one any time."""
    return [NO_MAIL] if await connection.fetchval(_UNREACHABLE) else []
