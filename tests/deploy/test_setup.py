"""`casewright setup`: what an installation needs before its programs start."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from typer.testing import CliRunner

from casewright.embedded.ports import LOOPBACK, free_port
from casewright.embedded.postgres import PostgresUrls, create_database, drop_database
from casewright.embedded.temporal import TemporalServer
from casewright.records.migrations import shipped
from casewright.search_attributes import SEARCH_ATTRIBUTES
from casewright.settings import Settings
from starter.cli import app
from starter.commands.temporal_namespace import NotReady, prepared


def at(address: str, namespace: str) -> Settings:
    return Settings(temporal_address=address, temporal_namespace=namespace)


async def test_a_namespace_is_made_with_its_search_attributes_and_found_again(temporal: TemporalServer) -> None:
    done = await prepared(at(temporal.address, "made-anew"), retention_days=3, patience=60)
    assert done.created
    assert set(done.registered) == SEARCH_ATTRIBUTES.keys()
    again = await prepared(at(temporal.address, "made-anew"), retention_days=9, patience=60)
    assert (again.created, list(again.registered)) == (False, [])

    client = await Client.connect(temporal.address, namespace="made-anew")
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="made-anew"))
    assert described.config.workflow_execution_retention_ttl.ToTimedelta().days == 3
    listed = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="made-anew"))
    assert SEARCH_ATTRIBUTES.keys() <= listed.custom_attributes.keys()


async def test_a_search_attribute_of_another_type_is_refused_at_once(temporal: TemporalServer) -> None:
    await made(temporal, "bent", {next(iter(SEARCH_ATTRIBUTES)): IndexedValueType.INDEXED_VALUE_TYPE_BOOL})
    async with asyncio.timeout(30):
        with pytest.raises(NotReady, match="INDEXED_VALUE_TYPE_BOOL but wanted as Keyword"):
            await prepared(at(temporal.address, "bent"), retention_days=1, patience=3600)


async def test_a_server_that_never_answers_is_given_up_after_the_patience() -> None:
    with pytest.raises(NotReady, match="refused"):
        await prepared(at(f"{LOOPBACK}:{free_port()}", "default"), retention_days=1, patience=0)


def test_the_command_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CASEWRIGHT_DATABASE_URL", raising=False)
    monkeypatch.delenv("CASEWRIGHT_MIGRATION_DATABASE_URL", raising=False)
    answer = CliRunner().invoke(app, ["setup", "database"])
    assert answer.exit_code == 1
    assert "set CASEWRIGHT_MIGRATION_DATABASE_URL" in answer.output


async def test_the_database_is_migrated_as_its_owner(postgres: PostgresUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    urls = await create_database(postgres, "set_up")
    monkeypatch.setenv("CASEWRIGHT_MIGRATION_DATABASE_URL", urls.owner)
    for _ in range(2):
        answer = await asyncio.to_thread(CliRunner().invoke, app, ["setup", "database"])
        assert (answer.exit_code, answer.output) == (0, f"the database is at {shipped()[-1].name}\n")
    connection = await asyncpg.connect(urls.application)
    assert await connection.fetchval("SELECT count(*) FROM journal") == 0
    await connection.close()
    await drop_database(postgres, "set_up")


async def made(temporal: TemporalServer, namespace: str, attributes: dict[str, IndexedValueType.ValueType]) -> None:
    """A namespace that somebody else has set up, their way."""
    client = await Client.connect(temporal.address, namespace=namespace)
    retention = Duration(seconds=86400)
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=namespace, workflow_execution_retention_period=retention)
    )
    while True:  # the server's parts learn of a namespace one after the other
        try:
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(namespace=namespace, search_attributes=attributes)
            )
            return
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            await asyncio.sleep(0.1)
