"""One approver's slow mailbox on the real Temporal: whom an attempt has reached, the next one leaves alone."""

from __future__ import annotations

from casewright.domain.state import StepStatus
from casewright.domain.ticket import Priority
from casewright.records.views import TicketView
from tests.end_to_end.api_calls import name_everybody
from tests.world import PATIENCE, World

SLOW, OTHER = "manager-1@staff.example.com", "manager-2@staff.example.com"


def _all_were_asked(view: TicketView) -> bool:
    mails = [record for record in view.state.steps.values() if record.step.kind == "approval-mail"]
    return bool(mails) and all(record.status is StepStatus.DONE for record in mails)


async def test_the_others_are_asked_once_however_often_one_of_them_is_tried(world: World) -> None:
    await name_everybody(world)
    order = {"address": SLOW, "code": 451, "times": 3}
    (await world.http.post("/_sandbox/refusals", json=order)).raise_for_status()
    await world.duplicate("ada", 20_000)
    ticket = await world.submit("ada", invoice="INV-ada", priority=Priority.HIGH)
    await world.watcher.until(ticket, _all_were_asked, PATIENCE)
    (refusal,) = (await world.http.get("/_sandbox/refusals")).json()
    assert refusal["hits"] == 3, "it was tried again each time"
    sent = [to for message in world.sandbox.world.mailbox.all() for to in message.recipients if to in (SLOW, OTHER)]
    assert sorted(sent) == [SLOW, OTHER]
