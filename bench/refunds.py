"""The two things compared: an A.1 automatic refund as a ticket, and the bare workflow's same calls."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench.bare import BareRequest
from bench.both import BARE_QUEUE
from bench.stage import Stage
from casewright.domain import events as ev
from casewright.domain.reading import state_word
from casewright.domain.ticket import Requester, Submission
from casewright.records import reads

CENTS = 2000
LAST_ROW = 15
"""The sequence number of ``resolved`` on the straight way; checked once, before anything is measured."""
PATIENCE = 120.0


@dataclass
class Refunds:
    """Makes refunds of customers nobody used before."""

    stage: Stage
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def seed(self, customers: int) -> None:
        """Customers, each charged twice."""
        names = [f"b{number}" for number in range(customers)]
        both = [(name, part) for name in names for part in ("a", "b")]
        seed = {
            "customers": [
                {
                    "id": f"cus_{n}",
                    "name": "Sample",
                    "email": f"{n}@example.com",
                    "created": "-90d",
                    "metadata": {"plan": "starter"},
                }
                for n in names
            ],
            "charges": [
                {
                    "id": f"ch_{n}_{part}",
                    "customer": f"cus_{n}",
                    "amount": CENTS,
                    "currency": "usd",
                    "created": "-2d",
                    "invoice": f"in_{n}" if part == "a" else None,
                    "metadata": {"transaction_id": f"txn-{n}"},
                }
                for n, part in both
            ],
            "invoices": [
                {
                    "id": f"in_{n}",
                    "number": f"INV-{n}",
                    "customer": f"cus_{n}",
                    "charge": f"ch_{n}_a",
                    "total": CENTS,
                    "currency": "usd",
                    "created": "-2d",
                }
                for n in names
            ],
        }
        (await self.stage.http.post("/_sandbox/seed", json=seed, timeout=PATIENCE)).raise_for_status()

    async def ticket(self) -> tuple[str, float, datetime]:
        """One ticket from submission to ``resolved`` in the journal: its id, the seconds, when it was submitted."""
        name = f"b{next(self.numbers)}"
        submission = Submission(
            policy="A.1",
            subject="Charged too much",
            requester=Requester(email=f"{name}@example.com", customer=f"cus_{name}"),
            claims={"invoice": f"INV-{name}"},
        )
        at, begun = datetime.now(UTC), time.perf_counter()
        ticket = (await self.stage.client.submit(submission, submitter="bench", key=name)).ticket
        await self.stage.watcher.wait_for(ticket, LAST_ROW, PATIENCE)
        return ticket, time.perf_counter() - begun, at

    async def bare(self) -> tuple[str, float]:
        """One bare workflow from start to result: its id and the seconds."""
        name = f"b{next(self.numbers)}"
        request = BareRequest(
            key=f"bare-{name}",
            customer=f"cus_{name}",
            email=f"{name}@example.com",
            invoice=f"INV-{name}",
            charge=f"ch_{name}_a",
            cents=CENTS,
        )
        begun = time.perf_counter()
        temporal = self.stage.client.temporal
        await temporal.execute_workflow("Bare", request, id=request.key, task_queue=BARE_QUEUE)
        return request.key, time.perf_counter() - begun

    async def events(self, workflow: str) -> int:
        """Events in a workflow's history."""
        return len((await self.stage.client.temporal.get_workflow_handle(workflow).fetch_history()).events)

    async def acknowledged(self, ticket: str, submitted: datetime) -> float:
        """Seconds from submission until the mail server had the acknowledgment."""
        for row in await reads.rows(self.stage.pool, ticket):
            if isinstance(row.event, ev.StepDone) and row.event.step == "acknowledgment":
                return (row.at - submitted).total_seconds()
        raise RuntimeError(f"ticket {ticket} was never acknowledged")

    async def check_the_way(self) -> None:
        """See once that the measured row is the one that resolves, and that money moved.

        Raises:
            RuntimeError: the straight way has changed; set ``LAST_ROW`` anew.
        """
        ticket, _, _ = await self.ticket()
        view = await reads.ticket(self.stage.pool, ticket)
        rows = await reads.rows(self.stage.pool, ticket)
        straight = rows[-1].seq == LAST_ROW and rows[-1].event.type == "resolved"
        if view is None or state_word(view.state) != "resolved" or not straight:
            raise RuntimeError(f"an automatic refund ends with row {rows[-1].seq}: {rows[-1].event.type}")
        if len(await reads.ledger_of(self.stage.pool, ticket)) != 1:
            raise RuntimeError("an automatic refund has no ledger entry")
