"""Text messages to colleagues, through a service in Twilio's shape.

Such a service keeps no key beside a message, so each text ends with a reference of its own, and is looked for by that
before it is sent. A service that lists a message only some time after it took it can be made to send one twice: when
its answer was lost.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator, Sequence

import httpx
from pydantic import BaseModel, ValidationError

from activities.staff_words import StaffWords
from casewright.domain.effects import Done, Refused, Unreachable
from casewright.domain.steps import SmsStep
from casewright.domain.tempo import Tempo
from casewright.records import people
from casewright.records.postgres import Pool

ANSWER_SECONDS = 4.0
LISTED = 50
MAX_TEXT = 600
NO_SMS = Done(reference="no text messages are set up")
NO_PHONE = Done(reference="nobody has a phone number")


class _Text(BaseModel):
    sid: str
    body: str = ""


class _Listed(BaseModel):
    messages: tuple[_Text, ...]


class Sms:
    """Sends texts, and finds them by what they end with. Every method raises ``Refused`` or ``Unreachable``."""

    def __init__(self, http: httpx.AsyncClient, sender: str) -> None:
        self._http, self._sender = http, sender

    async def was_sent(self, to: str, ending: str) -> bool:
        """Whether one of the newest texts to this number ends so."""
        got = await self._call("GET", params={"To": to, "PageSize": str(LISTED)})
        try:
            listed = _Listed.model_validate_json(got.content)
        except ValidationError as error:
            raise Unreachable("the text service's answer can't be read") from error
        return any(text.body.endswith(ending) for text in listed.messages)

    async def send(self, to: str, text: str) -> None:
        """Send one."""
        await self._call("POST", data={"To": to, "From": self._sender, "Body": text})

    async def _call(
        self, method: str, *, params: dict[str, str] | None = None, data: dict[str, str] | None = None
    ) -> httpx.Response:
        try:
            got = await self._http.request(method, "Messages.json", params=params, data=data)
        except httpx.HTTPError as error:
            raise Unreachable(f"the text service gave no answer: {type(error).__name__}") from error
        if got.is_success:
            return got
        if got.status_code == httpx.codes.TOO_MANY_REQUESTS or got.status_code >= 500:
            raise Unreachable(f"the text service can't be had now: it answered {got.status_code}")
        # Not its words: they name the number.
        raise Refused(f"the text service refused it: it answered {got.status_code}")


class SmsEffect:
    """Step ``sms``: one text to each active person who holds the roles, deputies of the absent included."""

    def __init__(self, words: StaffWords, sms: Sms | None, pool: Pool, tempo: Tempo) -> None:
        self._words, self._sms, self._pool, self._tempo = words, sms, pool, tempo

    async def lookup(self, key: str, step: SmsStep) -> Done | None:
        """Whether everybody was sent it."""
        if self._sms is None:
            return NO_SMS
        phones = await self._phones(step)
        for phone in phones:
            if not await self._sms.was_sent(phone, _reference(key)):
                return None
        return _done(phones)

    async def perform(self, key: str, step: SmsStep) -> Done:
        """Send it to those who weren't sent it yet; a number that is refused for good keeps nobody else from it."""
        if self._sms is None:
            return NO_SMS
        _, body = self._words.say(key, step.template, step.values)
        text = f"{' '.join(body.split())[:MAX_TEXT]} {_reference(key)}"
        phones, refused = await self._phones(step), list[Refused]()
        for phone in phones:
            try:
                if not await self._sms.was_sent(phone, _reference(key)):
                    await self._sms.send(phone, text)
            except Refused as refusal:
                refused.append(refusal)
        if refused and len(refused) == len(phones):
            raise refused[0]
        return _done(phones, len(refused))

    async def _phones(self, step: SmsStep) -> list[str]:
        async with self._pool.acquire() as connection:
            found = await people.holders(connection, step.roles, self._tempo.now())
        return list(dict.fromkeys(colleague.phone for colleague in found if colleague.phone is not None))


def _reference(key: str) -> str:
    return f"(ref {hashlib.sha256(key.encode()).hexdigest()[:12]})"


def _done(phones: Sequence[str], refused: int = 0) -> Done:
    if not phones:
        return NO_PHONE
    told = f", {refused} refused" if refused else ""
    return Done(reference=f"texts to {len(phones) - refused}{told}")


@contextlib.asynccontextmanager
async def connected(url: str | None, account: str, token: str, sender: str) -> AsyncIterator[Sms | None]:
    """A text service; None where no address is set."""
    if url is None:
        yield None
        return
    base = f"{url.rstrip('/')}/2010-04-01/Accounts/{account}/"
    async with httpx.AsyncClient(base_url=base, auth=(account, token), timeout=ANSWER_SECONDS) as http:
        yield Sms(http, sender)
