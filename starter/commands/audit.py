"""``casewright audit``: do journal, ledger, gateway and signed digests tell the same story?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Annotated

import asyncpg  # type: ignore[import-untyped, unused-ignore]
import typer

from activities.gateway.client import Gateway, connected
from casewright.domain.effects import Refused, Unreachable
from casewright.records import anchors
from casewright.records import pool as pools
from casewright.records.audit import AuditReport, GatewayMovement, verify
from casewright.records.pool import WrongRole
from casewright.records.postgres import Pool
from casewright.settings import Settings
from starter.commands.audit_words import report_in_words
from starter.commands.failing import CommandFailed, in_words
from starter.commands.showing import as_json
from starter.session import settings_of_commands

app = typer.Typer(help="Prove that the books are right.", no_args_is_help=True)

ANSWER_SECONDS = 10.0
"""For a page of the gateway's list: nobody waits behind an audit."""
_BEGINNING = "SELECT min(at) FROM journal"
_CREDITED = """
SELECT customer FROM reservation WHERE kind = 'credit' UNION SELECT customer FROM ledger_entry WHERE kind = 'credit'
ORDER BY customer
"""


@app.command("verify")
def verify_books(json_wanted: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Look at every row, entry, refund and digest; exit 1 with everything that isn't as it should be."""
    with in_words(), _failures():
        settings = settings_of_commands()
        report = asyncio.run(_verify(settings))
    if json_wanted:
        as_json(report)
    else:
        for line in report_in_words(report, signed=bool(settings.anchor_key.get_secret_value())):
            typer.echo(line)
    raise typer.Exit(0 if report.sound else 1)


@app.command("anchor")
def write_digest() -> None:
    """Write the next signed digest of the journal's chains: what it lists can't be taken back in silence."""
    with in_words(), _failures():
        settings = settings_of_commands()
        typer.echo(f"{asyncio.run(_anchor(settings))} is written; copy it to where nobody can change it")


async def _verify(settings: Settings) -> AuditReport:
    key = settings.anchor_key.get_secret_value().encode()
    secret = settings.gateway_api_key.get_secret_value()
    if not secret:
        raise CommandFailed("no key of the payment gateway: start with `make run`, or set CASEWRIGHT_GATEWAY_API_KEY")
    async with _database(settings) as pool, connected(secret, settings.gateway_url, ANSWER_SECONDS) as gateway:
        return await verify(pool, _movements(pool, gateway), settings.anchors if key else None, key)


async def _anchor(settings: Settings) -> str:
    key = settings.anchor_key.get_secret_value().encode()
    if not key:
        raise CommandFailed(
            "digests can't be signed without a key: start with `make run`, or set CASEWRIGHT_ANCHOR_KEY"
        )
    async with _database(settings) as pool:
        return str(await anchors.anchor(pool, settings.anchors, key, datetime.now(UTC)))


async def _movements(pool: Pool, gateway: Gateway) -> AsyncIterator[GatewayMovement]:
    async with pool.acquire() as connection:
        beginning: datetime | None = await connection.fetchval(_BEGINNING)
        customers = [str(row["customer"]) for row in await connection.fetch(_CREDITED)]
    # What was given before there was a journal is nobody's business here, unless it claims to be ours.
    async for refund in gateway.refunds_given(int(beginning.timestamp()) if beginning else None):
        yield refund
    async for credit in gateway.credits_given(customers):
        yield credit


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Pool]:
    url = settings.database_url.get_secret_value()
    if not url:
        raise CommandFailed("no database is known: start one with `make run`, or set CASEWRIGHT_DATABASE_URL")
    try:
        pool = await pools.connect(url, max_size=3)
    except (OSError, asyncpg.PostgresError, WrongRole, ValueError) as error:
        raise CommandFailed(f"the database can't be used ({error}): start it with `make run`") from error
    try:
        yield pool
    finally:
        await pool.close()


@contextmanager
def _failures() -> Iterator[None]:
    """What may be missing on the way, in words."""
    try:
        yield
    except (Unreachable, Refused) as error:
        raise CommandFailed(f"the payment gateway can't be listed ({error}): nothing is proven; try again") from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise CommandFailed(f"the database gave no answer ({error}): nothing is proven; try again") from error
