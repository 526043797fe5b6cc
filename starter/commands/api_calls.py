"""The HTTP API as the command line uses it: values in and out, failures in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote, urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from casewright.domain.acts import Act
from casewright.domain.ticket import Submission
from casewright.records.absences import Absence
from casewright.records.stops import EmergencyStop
from casewright.records.views import TicketPage
from casewright.settings import Settings
from starter.commands.acting_as import token
from starter.commands.claim_options import MONEY_FORM
from starter.commands.failing import CommandFailed
from starter.commands.showing import plain
from starter.shown.absences import Absences
from starter.shown.receipts import Receipt, Taken
from starter.shown.stops import Stops
from starter.shown.ticket import Events, Ledger, ShownTicket

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 75.0
"""An act is answered when the journal has it."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
Shape = TypeVar("Shape", bound=BaseModel)


class Uncertain(CommandFailed):
    """Nobody can tell whether it was taken; sending the same again is safe."""


class _Problem(BaseModel):
    field: str | None = None
    message: str
    what_to_do: str | None = None
    expected: str | None = None
    """What sort of value, where a command line writes it in its own form."""
    problems: tuple[_Problem, ...] = ()
    """Everything that is wrong; the message tells the first of them."""

    @property
    def words(self) -> str:
        if self.expected == "money" and self.field:
            name = self.field.removeprefix("claims.")
            return f"{name}: an amount is positive and has its currency; write --claim {name}={MONEY_FORM}"
        where = f"{self.field}: " if self.field and not self.message.startswith(self.field) else ""
        return where + self.message


class _Refusal(BaseModel):
    error: _Problem


class Api:
    """One conversation with the API."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def submit(self, submission: Submission, key: str) -> Receipt:
        """Submit; the same key is the same ticket."""
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        answer = self._call("POST", "/tickets", content=submission.model_dump_json(), headers=headers)
        return _read(Receipt, answer)

    def tickets(self, wanted: Mapping[str, str]) -> TicketPage:
        """A page of tickets."""
        return _read(TicketPage, self._call("GET", "/tickets", params=wanted))

    def ticket(self, id: str) -> ShownTicket:
        """One ticket, as staff see it."""
        answer = self._call("GET", _path(id))
        if "ruling" not in answer.json():
            raise CommandFailed("a service sees only what its customer may see: name a member of the staff with --as")
        return _read(ShownTicket, answer)

    def events(self, id: str) -> Events:
        """Its rows, in order."""
        return _read(Events, self._call("GET", _path(id, "events")))

    def ledger(self, id: str) -> Ledger:
        """What it gave."""
        return _read(Ledger, self._call("GET", _path(id, "ledger")))

    def act(self, id: str, act: Act) -> Taken:
        """Act; who acts is for the API to say."""
        body = act.model_dump_json(exclude={"actor"})
        answer = self._call("POST", _path(id, "acts"), content=body, headers={"Content-Type": "application/json"})
        return _read(Taken, answer)

    def stops(self, *, all: bool) -> Stops:
        """Emergency stops in force, or all of them."""
        return _read(Stops, self._call("GET", "/stops", params={"all": "true"} if all else None))

    def set_stop(self, scope: str, reason: str) -> EmergencyStop:
        """Stop a policy or a category."""
        return _read(EmergencyStop, self._post("/stops", {"scope": scope, "reason": reason}))

    def lift_stop(self, id: int, reason: str) -> EmergencyStop:
        """Lift a stop."""
        return _read(EmergencyStop, self._post(f"/stops/{id}/lift", {"reason": reason}))

    def absences(self, *, all: bool) -> Absences:
        """Who is away or will be, or ever was."""
        return _read(Absences, self._call("GET", "/absences", params={"all": "true"} if all else None))

    def set_absence(
        self, deputy: str, until: datetime, *, since: datetime | None = None, person: str | None = None
    ) -> Absence:
        """Name a deputy."""
        told = {"deputy": deputy, "until": until.isoformat()}
        told |= {"from": since.isoformat()} if since else {}
        told |= {"person": person} if person else {}
        return _read(Absence, self._post("/absences", told))

    def end_absence(self, id: int) -> Absence:
        """End an absence."""
        return _read(Absence, self._post(f"/absences/{id}/end", {}))

    def _post(self, path: str, body: Mapping[str, str]) -> httpx.Response:
        return self._call("POST", path, content=json.dumps(body), headers={"Content-Type": "application/json"})

    def _call(
        self,
        method: str,
        path: str,
        *,
        content: str | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        where = self._http.base_url
        try:
            answer = self._http.request(method, path, content=content, headers=headers, params=params)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise CommandFailed(
                f"the API at {where} doesn't answer: start it with `make run`, or set CASEWRIGHT_API_URL"
            ) from error
        except httpx.HTTPError as error:
            raise Uncertain(f"the API at {where} gave no answer ({type(error).__name__})") from error
        if answer.is_success:
            return answer
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise CommandFailed(
                "the API wants to know who you are: name a sample person with --as, or set CASEWRIGHT_API_TOKEN to "
                "a token that it knows"
            )
        raise (Uncertain if answer.status_code >= 500 else CommandFailed)(_words(answer))


@contextmanager
def api(settings: Settings, person: str | None, *, service: bool = False) -> Iterator[Api]:
    """The API as a person, or as whoever is usual."""
    key = token(settings, person, service=service)
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key is not None else {}
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    # A proxy that is set for the rest of the world must not be asked for this machine.
    outside = urlsplit(settings.api_url).hostname not in LOOPBACK
    with httpx.Client(base_url=settings.api_url, headers=headers, timeout=timeout, trust_env=outside) as http:
        yield Api(http)


def _path(ticket: str, *parts: str) -> str:
    return "/".join(["/tickets", quote(ticket, safe=""), *parts])


def _read(shape: type[Shape], answer: httpx.Response) -> Shape:
    try:
        # Fields that a newer API adds are kept, not refused.
        return shape.model_validate_json(answer.content, extra="allow")
    except ValidationError as error:
        raise CommandFailed(
            f"{answer.request.url} answered something else than this command knows: is it the API, of this version?"
        ) from error


def _words(answer: httpx.Response) -> str:
    try:
        problem = _Refusal.model_validate_json(answer.content).error
    except ValidationError:
        return f"{answer.request.url} answered {answer.status_code}: is it the API?"
    if problem.problems:
        # They say themselves what to do about them.
        return plain("; ".join(one.words for one in problem.problems))
    return plain(f"{problem.message.rstrip('.')}. {problem.what_to_do}" if problem.what_to_do else problem.words)
