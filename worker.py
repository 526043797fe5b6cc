"""The worker: composition root. Reads settings, makes clients, registers workflows and activities; imported by nobody
but the programs that start it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import ValidationError
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities import chat as chats
from activities import sms as texts
from activities.anchoring import Anchoring
from activities.approval_mail import ApprovalMailEffect
from activities.assess import Assessor
from activities.envelope import effect_activities
from activities.facts import BillingFacts, FactSource, LedgerFacts
from activities.gateway.client import Gateway, connected
from activities.gateway.effects import CreditEffect, RefundEffect
from activities.gateway.payment_plans import PaymentPlanEffect
from activities.gateway.plan_facts import PlanFacts
from activities.gateway.subscriptions import CancelSubscriptionEffect, SubscriptionFacts
from activities.identity.facts import IdentityFacts
from activities.identity.resets import PasswordResetEffect
from activities.journal import Journal
from activities.mail import MailEffect
from activities.notices import NoticeEffect
from activities.outside import Outside, outside
from activities.shipping.facts import ShippingFacts
from activities.shipping.replacement import ReplacementEffect
from activities.shipping.return_label import ReturnLabelEffect
from activities.shipping.serials import SerialFacts
from activities.sms import SmsEffect
from activities.smtp import Smtp
from activities.staff_words import StaffWords
from activities.survey import Surveys
from activities.ways_to_people import NobodyIsReached, missing_addresses, missing_ways
from casewright import logs
from casewright.client import connecting
from casewright.domain.effects import Effect
from casewright.domain.steps import STEP_KINDS
from casewright.handbook import Handbook
from casewright.links import Links
from casewright.policy.problems import PolicyError
from casewright.records import migrations, policies
from casewright.records import pool as pools
from casewright.records import tempo as tempos
from casewright.records.postgres import Pool
from casewright.settings import Settings, in_words
from casewright.telemetry.core import set_up_core
from casewright.telemetry.exporting import exporting
from workflows import charter, schedules
from workflows.anchoring import AnchorJournal
from workflows.ticket import TicketWorkflow

log = logging.getLogger("casewright.worker")
SERVICE = "worker"
POOL_SIZE = 20
DATABASE_PATIENCE = 8.0
"""Seconds for a statement: less than an activity's attempt, so that a silent database frees its connection."""
STICKY = timedelta(seconds=2)
"""How long Temporal waits for the worker that has a ticket in its cache: after a kill, everything waits so long."""
PASSED_THROUGH = ("casewright", "pydantic", "pydantic_core", "workflows")


class MissingActivity(RuntimeError):
    """A kind of step that policies may plan has nothing that carries it out."""


CANNOT_START = (
    PolicyError,
    policies.PolicyEdited,
    MissingActivity,
    NobodyIsReached,
    migrations.MigrationError,
    pools.WrongRole,
    tempos.TempoChanged,
    connecting.BadConnection,
)
"""Each says in words what is wrong and what to do; a traceback would hide it."""


@contextlib.asynccontextmanager
async def running_worker(settings: Settings, *, client: Client | None = None) -> AsyncIterator[Worker]:
    """A worker that is up while the context lasts.

    Raises:
        MissingActivity: a step kind has no activity.
        NobodyIsReached: in production, there is no chat, or no key for links.
        PolicyError: the handbook has a mistake.
        PolicyEdited: a policy version was edited after it was loaded.
        TempoChanged: the data live in another time than the settings say.
    """
    unreached = missing_ways(settings)
    handbook = Handbook.load(settings.handbook)
    charter.install(handbook.charter)
    owner = settings.migration_database_url or settings.database_url
    await migrations.migrate(owner.get_secret_value())
    pool = await pools.connect(settings.database_url.get_secret_value(), max_size=POOL_SIZE, patience=DATABASE_PATIENCE)
    try:
        async with pool.acquire() as connection:
            await tempos.settle(connection, settings.tempo)
            unreached += await missing_addresses(connection)
        await _register_policies(pool, handbook)
        temporal = client or await connect_temporal(settings)
        async with (
            connected(settings.gateway_api_key.get_secret_value(), settings.gateway_url) as gateway,
            chats.connected(settings.chat_url, settings.chat_token.get_secret_value()) as chat,
            texts.connected(
                settings.sms_url, settings.sms_account, settings.sms_token.get_secret_value(), settings.sms_from
            ) as sms,
            outside(settings) as others,
            build(temporal, settings, handbook, pool, gateway, others, chat, sms) as worker,
        ):
            await _schedule(temporal, settings)
            for words in unreached:
                log.warning("%s", words)
            yield worker
    finally:
        await pool.close()


async def connect_temporal(settings: Settings) -> Client:
    """A Temporal client with the project's payloads."""
    return await connecting.connected(settings)


def build(
    temporal: Client,
    settings: Settings,
    handbook: Handbook,
    pool: Pool,
    gateway: Gateway,
    others: Outside,
    chat: chats.Chat | None = None,
    sms: texts.Sms | None = None,
) -> Worker:
    """Everything registered."""
    tempo, pages_url = settings.tempo, settings.pages_url
    smtp = Smtp(settings.smtp_host, settings.smtp_port, settings.mail_from)
    links, words = Links.under(settings.link_key.get_secret_value()), StaffWords(handbook, pages_url)
    effects: dict[str, Effect[Any]] = {
        "refund": RefundEffect(gateway, timedelta(seconds=settings.facts_fresh_seconds), tempo),
        "credit": CreditEffect(gateway),
        "mail": MailEffect(handbook, smtp, Surveys(pool, links, pages_url, settings.reopening_days, tempo)),
        "notice": NoticeEffect(words, chat),
        "sms": SmsEffect(words, sms, pool, tempo),
        "password-reset": PasswordResetEffect(others.identity, handbook, smtp, tempo),
        "cancel-subscription": CancelSubscriptionEffect(gateway, tempo),
        "replacement": ReplacementEffect(others.returns),
        "return-label": ReturnLabelEffect(others.returns, handbook, smtp),
        "payment-plan": PaymentPlanEffect(gateway),
        "approval-mail": ApprovalMailEffect(handbook, smtp, pool, links, pages_url, tempo),
    }
    require_activities(effects, STEP_KINDS)
    sources: list[FactSource] = [
        BillingFacts(gateway, tempo),
        SubscriptionFacts(gateway, tempo),
        PlanFacts(gateway, tempo),
        LedgerFacts(pool, gateway, tempo),
        IdentityFacts(others.identity, tempo),
        ShippingFacts(others.tracking, tempo),
        SerialFacts(others.returns, tempo),
    ]
    assessor, journal = Assessor(handbook, sources, tempo), Journal(pool, tempo)
    anchoring = Anchoring(pool, settings.anchors, settings.anchor_key.get_secret_value().encode())
    activities: list[Callable[..., Any]] = [
        *effect_activities(pool, effects, tempo),
        assessor.assess,
        assessor.entitle,
        assessor.prepare_remedy,
        journal.write,
        journal.give_up,
        anchoring.anchor,
    ]
    return Worker(
        temporal,
        task_queue=settings.task_queue,
        workflows=[TicketWorkflow, AnchorJournal],
        activities=activities,
        max_cached_workflows=settings.max_cached_workflows,
        sticky_queue_schedule_to_start_timeout=STICKY,
        workflow_runner=SandboxedWorkflowRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
        ),
    )


def require_activities(effects: Mapping[str, Effect[Any]], kinds: Sequence[str]) -> None:
    """Refuse to start when a policy could plan a step that nothing carries out.

    Raises:
        MissingActivity: names the kinds.
    """
    missing = [kind for kind in kinds if kind not in effects]
    if missing:
        raise MissingActivity(f"no activity carries out the step kinds {', '.join(missing)}; register one in worker.py")


async def _register_policies(pool: Pool, handbook: Handbook) -> None:
    async with pool.acquire() as connection:
        for policy in handbook.policies:
            version = policies.PolicyVersion(
                policy=policy.id,
                version=policy.version,
                content=policy.content,
                hash=policy.hash,
                effective_from=policy.effective_from,
            )
            await policies.register(connection, version)


async def _schedule(temporal: Client, settings: Settings) -> None:
    if settings.anchor_key.get_secret_value():
        await schedules.ensure(temporal, settings.task_queue)
    else:
        log.warning("the journal is not anchored: set CASEWRIGHT_ANCHOR_KEY to have its chains' heads signed daily")


async def main() -> None:
    """Run until asked to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        settings = Settings()
    except ValidationError as refused:
        sys.exit(f"the worker can't start: {in_words(refused)}")
    logs.configure(SERVICE, settings.log_format)
    set_up_core(settings)
    try:
        async with exporting(settings, SERVICE), running_worker(settings):
            log.info("worker is up on task queue %s", settings.task_queue)
            await stop.wait()
    except CANNOT_START as error:
        sys.exit(f"the worker can't start: {error}")


if __name__ == "__main__":
    asyncio.run(main())
