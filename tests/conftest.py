"""The servers that tests run against: real ones, once per session; a fresh database per test.

What drives a server is imported by its fixture: a folder of pure tests that needs none of it starts in two thirds of
the time.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from temporalio.testing import WorkflowEnvironment

    from casewright.embedded.postgres import PostgresUrls
    from casewright.embedded.temporal import TemporalServer

TEMPLATE = "casewright_template"
_numbers = itertools.count(1)


def say(message: str) -> None:
    """Servers' progress: pytest shows it with a failure."""
    sys.stderr.write(f"{message}\n")


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[PostgresUrls]:
    """One PostgreSQL; take `database` unless you need the server itself."""
    from casewright.embedded.postgres import embedded_postgres
    from casewright.embedded.postgres_home import discard_data

    # Not pytest's own folder: it is closed to the unprivileged user that the server runs as when we are root.
    with tempfile.TemporaryDirectory(prefix="casewright-tests-") as folder:
        Path(folder).chmod(0o711)
        data_dir = Path(folder) / "postgres"
        async with embedded_postgres(data_dir, say, fast=True) as urls:
            yield urls
        discard_data(data_dir)


@pytest.fixture(scope="session")
async def migrated_template(postgres: PostgresUrls) -> str:
    """A migrated database that nobody connects to: copying it is quicker than migrating again."""
    from casewright.embedded.postgres import create_database
    from casewright.records import migrations

    template = await create_database(postgres, TEMPLATE)
    await migrations.migrate(template.owner)
    return TEMPLATE


@pytest.fixture
async def database(postgres: PostgresUrls, migrated_template: str) -> AsyncIterator[PostgresUrls]:
    """A migrated, empty database of the test's own."""
    from casewright.embedded.postgres import create_database, drop_database

    name = f"test_{next(_numbers)}"
    yield await create_database(postgres, name, template=migrated_template)
    await drop_database(postgres, name)


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[TemporalServer]:
    """One real Temporal server, in memory, with our search attributes."""
    from casewright.embedded.temporal import dev_server
    from casewright.search_attributes import SEARCH_ATTRIBUTES

    async with dev_server(None, ui=False, search_attributes=SEARCH_ATTRIBUTES, progress=say) as server:
        yield server


@pytest.fixture(scope="session")
async def time_skipping_program() -> Path:
    """The time-skipping server's program; without one the tests that need it fail, saying how to get it."""
    from casewright.embedded.test_server import time_skipping_binary

    return await time_skipping_binary(say)


@pytest.fixture
async def time_skipping(time_skipping_program: Path) -> AsyncIterator[WorkflowEnvironment]:
    """A Temporal whose clock jumps to the next timer; one per test, as a shared one's clock can stay locked."""
    from temporalio.api.enums.v1 import IndexedValueType
    from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
    from temporalio.contrib.pydantic import pydantic_data_converter
    from temporalio.testing import WorkflowEnvironment

    from casewright.search_attributes import SEARCH_ATTRIBUTES

    environment = await WorkflowEnvironment.start_time_skipping(
        data_converter=pydantic_data_converter,
        test_server_existing_path=str(time_skipping_program),
        test_server_startup_timeout=timedelta(seconds=30),
    )
    async with environment:
        # This server adds attributes but can't list them.
        attributes = {
            n: IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{k.upper()}") for n, k in SEARCH_ATTRIBUTES.items()
        }
        request = AddSearchAttributesRequest(namespace=environment.client.namespace, search_attributes=attributes)
        await environment.client.operator_service.add_search_attributes(request)
        yield environment
