"""Where tracing is on, a ticket's work is seen in spans."""

from __future__ import annotations

import asyncio

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from casewright.client import Client
from tests.world import World
from worker import connect_temporal, running_worker


async def test_the_start_and_every_activity_of_a_ticket_are_spans(workerless: World) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    world = workerless
    settings = world.settings.model_copy(update={"tracing": True})
    world.client = await Client.connect(settings, pool=world.pool, watcher=world.watcher)
    async with running_worker(settings, client=await connect_temporal(settings)):
        await world.duplicate("ada")
        ticket = await world.submit("ada", invoice="INV-ada")
        await world.until(ticket, "resolved")
        while sum(span.name == "RunActivity:mail" for span in exporter.get_finished_spans()) < 2:
            await asyncio.sleep(0.05)
    names = {span.name for span in exporter.get_finished_spans()}
    assert {"StartWorkflow:Ticket", "RunActivity:assess", "RunActivity:refund", "RunActivity:mail"} <= names
