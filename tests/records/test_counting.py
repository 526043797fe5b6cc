"""What is counted: rows when they are stored for the first time, and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from opentelemetry import metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint

from casewright.domain import events as ev
from casewright.domain.clocks import Clock, CommitmentKind, Milestone
from casewright.records import stops
from casewright.records.envelope import close_call, give_up, open_call
from casewright.records.journal import flush
from casewright.records.postgres import Connection, Pool
from casewright.records.ticket_log import JournalConflict
from casewright.telemetry.counting import counting_attempt
from tests.records.story import NOON, Story, mail, refund

LATE = timedelta(seconds=7)
NO_COMMIT = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
CREATE CONSTRAINT TRIGGER refused AFTER INSERT ON journal DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION refuse();
"""
"""Statements succeed, and the transaction that they are in does not."""


class Counts:
    """What was counted since the last look; histograms count, and add up under ``<name> … sum``."""

    def __init__(self, reader: InMemoryMetricReader) -> None:
        self._reader = reader
        self._before: Counter[str] = Counter()
        self.new()

    def new(self) -> dict[str, int]:
        """As ``name key=value …``: how often, of what is not nought."""
        now = self._now()
        since = {name: now[name] - self._before[name] for name in now if now[name] != self._before[name]}
        self._before = now
        return since

    def _now(self) -> Counter[str]:
        found: Counter[str] = Counter()
        data = self._reader.get_metrics_data()
        for resource in data.resource_metrics if data else ():
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    name = metric.name.removeprefix("casewright.")
                    for point in metric.data.data_points:
                        told = " ".join([name, *(f"{k}={v!s}" for k, v in sorted((point.attributes or {}).items()))])
                        if isinstance(point, HistogramDataPoint):
                            found[told] += point.count
                            found[f"{told} sum"] += int(point.sum)
                        elif isinstance(point, NumberDataPoint):
                            found[told] += int(point.value)
        return found


@pytest.fixture(scope="session")
def reader() -> InMemoryMetricReader:
    """OpenTelemetry has one provider of meters in a process, for good."""
    reader = InMemoryMetricReader()
    metrics.set_meter_provider(MeterProvider([reader], shutdown_on_exit=False))
    return reader


@pytest.fixture
def counts(reader: InMemoryMetricReader) -> Counts:
    return Counts(reader)


async def test_a_row_that_comes_again_counts_once(pool: Pool, counts: Counts) -> None:
    row = Story().submitted()
    await flush(pool, [row], NOON)
    assert counts.new() == {"tickets.submitted policy=A.1": 1}
    await flush(pool, [row], NOON)
    assert counts.new() == {}


async def test_what_fails_at_its_commit_is_not_counted(pool: Pool, owner: Any, counts: Counts) -> None:
    await owner.execute(NO_COMMIT)
    with pytest.raises(asyncpg.RaiseError):
        await flush(pool, [Story().submitted()], NOON)
    with pytest.raises(asyncpg.RaiseError):
        await open_call(pool, Story().call(mail()), NOON)
    assert counts.new() == {}


async def test_of_rows_that_contradict_the_journal_only_those_that_are_stored_count(pool: Pool, counts: Counts) -> None:
    story = Story()
    await flush(pool, [story.submitted()], NOON)
    other = Story().submitted("Something else")
    counts.new()
    with pytest.raises(JournalConflict):
        await flush(pool, [other, story.row(ev.StepRefused(step="unheard-of", guard="outside", reason="no"))], NOON)
    assert counts.new() == {"effects.refused guard=outside kind=unknown": 1}


async def test_an_effect_that_is_called_again_is_done_once(pool: Pool, counts: Counts) -> None:
    call = Story().call(refund("49.00"))
    for _ in range(2):
        await open_call(pool, call, NOON)
        await close_call(pool, call, ev.StepDone(step=call.step.id, reference="re_1", found=True), NOON)
    assert counts.new() == {"tickets.submitted policy=A.1": 1, "effects.done found=true kind=refund": 1}


async def test_what_a_guard_refuses_is_counted_by_guard_and_kind(pool: Pool, app: Connection, counts: Counts) -> None:
    await stops.set_stop(app, "A.1", "mia", "Looks wrong.", datetime.now(UTC))
    call = Story().call(mail())
    for _ in range(2):
        await open_call(pool, call, NOON)
    assert counts.new() == {"tickets.submitted policy=A.1": 1, "effects.refused guard=emergency-stop kind=mail": 1}


async def test_an_outcome_that_nobody_knows_is_counted_once(pool: Pool, counts: Counts) -> None:
    call = Story().call(refund("49.00"))
    await open_call(pool, call, NOON)
    counts.new()
    for _ in range(2):
        await give_up(pool, call, "no answer", NOON)
    assert counts.new() == {"effects.uncertain kind=refund": 1}


async def test_a_breach_counts_by_commitment_and_kind_with_how_late_its_row_was_stored(
    pool: Pool, story: Story, counts: Counts
) -> None:
    counts.new()
    clock = Clock(
        id="manager-contact", name="a manager's contact", kind=CommitmentKind.PROMISE, source="DF", span="24 h",
        met_by=Milestone.CONTACTED, started=NOON,
    )  # fmt: skip
    breached = ev.Breached(clock=clock.id, deadline=NOON)
    rows = [story.row(ev.FollowUpSet(clock=clock)), story.row(breached)]
    for _ in range(2):
        await flush(pool, rows, NOON + LATE)
    told = "commitment=manager-contact kind=promise"
    assert counts.new() == {
        f"clocks.breached {told}": 1,
        f"clocks.lateness {told}": 1,
        f"clocks.lateness {told} sum": 7,
    }


async def test_a_first_try_is_no_retry_and_a_failure_says_only_its_type(counts: Counts) -> None:
    with counting_attempt("mail", 1):
        pass
    with pytest.raises(TimeoutError), counting_attempt("mail", 2):
        raise TimeoutError("about ada@example.com")
    assert counts.new() == {
        "effects.attempts kind=mail": 2,
        "effects.retries kind=mail": 1,
        "effects.failures error=TimeoutError kind=mail": 1,
    }
