"""``casewright setup``: what an installation needs before its programs start; each may be repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import asyncpg  # type: ignore[import-untyped, unused-ignore]
import typer

from casewright.client.connecting import BadConnection
from casewright.records import migrations
from casewright.settings import Settings
from starter.commands.failing import CommandFailed, in_words
from starter.commands.temporal_namespace import NotReady, prepared

app = typer.Typer(help="What an installation needs before its programs start.", no_args_is_help=True)
Retention = Annotated[
    int,
    typer.Option("--retention-days", min=1, help="How long Temporal keeps closed workflows of a namespace made now."),
]
Patience = Annotated[float, typer.Option("--patience", min=0, help="Seconds to wait for a Temporal that is starting.")]


@app.command("database")
def set_up_database() -> None:
    """Bring the database to this release's schema, as the owner of CASEWRIGHT_MIGRATION_DATABASE_URL."""
    settings = Settings()
    owner = (settings.migration_database_url or settings.database_url).get_secret_value()
    with in_words(), _database_failures():
        if not owner:
            raise CommandFailed("set CASEWRIGHT_MIGRATION_DATABASE_URL: the login that owns the database")
        asyncio.run(migrations.migrate(owner))
    typer.echo(f"the database is at {migrations.shipped()[-1].name}")


@app.command("temporal")
def set_up_temporal(retention_days: Retention = 30, patience: Patience = 120) -> None:
    """Create the namespace unless it exists, and register the search attributes that it lacks."""
    settings = Settings()
    with in_words():
        try:
            done = asyncio.run(prepared(settings, retention_days, patience))
        except (NotReady, BadConnection) as reason:
            raise CommandFailed(f"the Temporal at {settings.temporal_address} isn't set up: {reason}") from reason
    typer.echo(f"namespace {settings.temporal_namespace} {'is created' if done.created else 'was there'}")
    typer.echo(f"search attributes registered now: {', '.join(done.registered) or 'none, all were there'}")


@contextmanager
def _database_failures() -> Iterator[None]:
    try:
        yield
    except migrations.MigrationError as reason:
        raise CommandFailed(str(reason)) from reason
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as reason:
        raise CommandFailed(f"the database can't be set up: {type(reason).__name__}: {reason}") from reason
