"""One process that works for tickets and for the bare workflow, so that both have the same worker."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.gateway.client import connected
from activities.mail import MailEffect
from activities.smtp import Smtp
from bench.bare import BareCalls, BareWorkflow
from casewright.handbook import Handbook
from casewright.settings import Settings
from worker import PASSED_THROUGH, connect_temporal, running_worker

BARE_QUEUE = "bare"


async def main() -> None:
    """Work until asked to stop; says ``up`` on standard output."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = Settings()
    async with contextlib.AsyncExitStack() as stack:
        client = await connect_temporal(settings)
        key = settings.gateway_api_key.get_secret_value()
        gateway = await stack.enter_async_context(connected(key, settings.gateway_url))
        handbook = Handbook.load(settings.handbook)
        mail = MailEffect(handbook, Smtp(settings.smtp_host, settings.smtp_port, settings.mail_from))
        calls = BareCalls(gateway, mail)
        bare = Worker(
            client,
            task_queue=BARE_QUEUE,
            workflows=[BareWorkflow],
            activities=[calls.acknowledge, calls.read, calls.refund, calls.confirm],
            max_cached_workflows=settings.max_cached_workflows,
            workflow_runner=SandboxedWorkflowRunner(
                restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH, "activities")
            ),
        )
        await stack.enter_async_context(bare)
        await stack.enter_async_context(running_worker(settings, client=client))
        sys.stdout.write("up\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main())
