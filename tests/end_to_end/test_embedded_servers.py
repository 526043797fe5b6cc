"""The embedded servers, for real: kept data, crashes, second starts, and no orphans."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped, unused-ignore]
import pytest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.testing import WorkflowEnvironment

from casewright.embedded import postgres_binaries
from casewright.embedded.errors import EmbeddedServerError
from casewright.embedded.postgres import PostgresUrls, create_database, embedded_postgres
from casewright.embedded.postgres_home import discard_data
from casewright.embedded.processes import Account
from casewright.embedded.temporal import TemporalServer, dev_server

POSTGRES_PARENT = """
import asyncio, sys
from pathlib import Path
from casewright.embedded.postgres import embedded_postgres

async def main():
    async with embedded_postgres(Path(sys.argv[1]), lambda _: None, fast=True):
        print((Path(sys.argv[1]) / "server/cluster/postmaster.pid").read_text().split()[0], flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""
TEMPORAL_PARENT = """
import asyncio, sys
from pathlib import Path
from casewright.embedded.processes import Account
from casewright.embedded.temporal import dev_server

async def main():
    async with dev_server(Path(sys.argv[1]), ui=False, progress=lambda _: None) as server:
        print(server.address, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


def quiet(_: str) -> None:
    """Progress that nobody reads."""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder that an unprivileged server can enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="casewright-tests-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "data"
        discard_data(Path(folder) / "data")


async def ask(url: str, statement: str) -> Any:
    """Run one statement; its first value."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def postmaster(data_dir: Path) -> int:
    """The server's process id."""
    return int((data_dir / "server" / "cluster" / "postmaster.pid").read_text().split()[0])


async def gone(process: int) -> None:
    """Return when a process has ended, reaped or not; the test's own timeout is the limit."""
    stat = Path(f"/proc/{process}/stat")
    while True:
        try:
            if stat.read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except (FileNotFoundError, ProcessLookupError):
            return
        await asyncio.sleep(0.02)


async def first_line_of_a_killed_parent(program: str, argument: Path) -> str:
    """Start a program in a process of its own, and kill it without warning once it has said something."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(argument), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    line = (await parent.stdout.readline()).decode().strip()
    parent.kill()
    await parent.wait()
    return line


async def test_postgres_keeps_its_data_over_a_restart(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, quiet, fast=True) as urls:
        await ask(urls.owner, "CREATE TABLE kept AS SELECT 42 AS answer")
    async with embedded_postgres(data_dir, quiet, fast=True) as again:
        assert again == urls
        assert await ask(again.owner, "SELECT answer FROM kept") == 42


async def test_postgres_recovers_after_it_was_killed(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, quiet) as urls:
        await ask(urls.owner, "CREATE TABLE kept AS SELECT 42 AS answer")
        os.kill(postmaster(data_dir), signal.SIGKILL)
    async with embedded_postgres(data_dir, quiet) as again:
        assert await ask(again.owner, "SELECT answer FROM kept") == 42


async def test_a_pid_file_that_names_an_unrelated_process_is_no_obstacle(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, quiet, fast=True):
        left = (data_dir / "server" / "cluster" / "postmaster.pid").read_text().split("\n", 1)[1]
    # PostgreSQL looks past pids of other users: so this one must be its own user's, as after a reboot.
    bystander = await asyncio.create_subprocess_exec("sleep", "600", **as_owner_of(data_dir / "server"))
    try:
        (data_dir / "server" / "cluster" / "postmaster.pid").write_text(f"{bystander.pid}\n{left}")
        async with embedded_postgres(data_dir, quiet, fast=True) as urls:
            assert await ask(urls.owner, "SELECT 1") == 1
    finally:
        bystander.kill()
        await bystander.wait()


def as_owner_of(path: Path) -> dict[str, Any]:
    """Arguments that start a process as a folder's owner."""
    owner = path.stat()
    return {} if owner.st_uid == os.geteuid() else {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}


async def test_a_second_postgres_on_the_same_folder_is_refused(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, quiet, fast=True) as urls:
        with pytest.raises(EmbeddedServerError, match=f"already in use by process {os.getpid()}"):
            async with embedded_postgres(data_dir, quiet, fast=True):
                pass
        assert await ask(urls.owner, "SELECT 1") == 1


async def test_postgres_ends_with_its_parent_and_starts_again_right_away(data_dir: Path) -> None:
    server = int(await first_line_of_a_killed_parent(POSTGRES_PARENT, data_dir))
    async with embedded_postgres(data_dir, quiet, fast=True) as urls:
        assert await ask(urls.owner, "SELECT 1") == 1
    await gone(server)


async def test_postgres_runs_unprivileged_wherever_its_data_are_asked_to_be(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o700)
    async with embedded_postgres(data_dir, quiet, fast=True) as urls:
        assert Path(f"/proc/{postmaster(data_dir)}").stat().st_uid != 0
        assert data_dir.stat().st_mode & 0o777 == 0o700
        await ask(urls.owner, "CREATE TABLE kept AS SELECT 42 AS answer")
    async with embedded_postgres(data_dir, quiet, fast=True) as again:
        assert await ask(again.owner, "SELECT answer FROM kept") == 42


def test_a_copy_of_the_programs_runs_where_the_installed_ones_are_out_of_reach(
    monkeypatch: pytest.MonkeyPatch, data_dir: Path
) -> None:
    data_dir.mkdir()
    monkeypatch.setattr(postgres_binaries, "shared_folder", lambda: data_dir)
    monkeypatch.setattr(postgres_binaries, "can_reach", lambda _, path: path.is_relative_to(data_dir))
    binaries = postgres_binaries.reachable_binaries(Account(os.geteuid(), os.getegid()), quiet)
    assert binaries.is_relative_to(data_dir)
    for program in ("postgres", "initdb"):
        said = subprocess.run([binaries / program, "--version"], capture_output=True, text=True, check=True)
        assert "PostgreSQL" in said.stdout


async def test_passwords_are_needed_and_for_the_owners_eyes(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, quiet, fast=True) as urls:
        assert (data_dir / "passwords.json").stat().st_mode & 0o777 == 0o600
        for role in ("postgres", "casewright_owner", "casewright_app"):
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(urls.application, user=role, password="guessed")


async def test_the_application_owns_nothing_and_the_owner_may_create_roles(postgres: PostgresUrls) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(postgres.application, "CREATE TABLE public.mine (id int)")
    await ask(postgres.owner, "CREATE ROLE embedded_test_role")
    await ask(postgres.owner, "DROP ROLE embedded_test_role")
    assert await ask(postgres.application, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


async def test_a_database_can_be_copied_from_a_template(postgres: PostgresUrls, database: PostgresUrls) -> None:
    await ask(database.owner, "CREATE TABLE kept AS SELECT 42 AS answer")
    name = await ask(database.owner, "SELECT current_database()")
    copy = await create_database(postgres, f"{name}_copy", template=name)
    assert await ask(copy.owner, "SELECT answer FROM kept") == 42
    assert await ask(copy.application, "SELECT current_database()") == f"{name}_copy"


async def test_temporal_keeps_workflows_over_a_restart(data_dir: Path) -> None:
    async with dev_server(data_dir / "temporal.db", ui=False, progress=quiet) as server:
        client = await Client.connect(server.address)
        await client.start_workflow("Kept", id="kept", task_queue="nobody")
    async with dev_server(data_dir / "temporal.db", ui=False, progress=quiet) as server:
        client = await Client.connect(server.address)
        assert (await client.get_workflow_handle("kept").describe()).workflow_type == "Kept"


async def test_a_search_attribute_can_be_added_to_kept_data(data_dir: Path) -> None:
    wanted = {"Queue": "Keyword"}
    async with dev_server(data_dir / "temporal.db", ui=False, search_attributes=wanted, progress=quiet):
        pass
    wanted["Priority"] = "Int"
    async with dev_server(data_dir / "temporal.db", ui=False, search_attributes=wanted, progress=quiet) as server:
        client = await Client.connect(server.address)
        values = TypedSearchAttributes(
            [
                SearchAttributePair(SearchAttributeKey.for_keyword("Queue"), "billing"),
                SearchAttributePair(SearchAttributeKey.for_int("Priority"), 1),
            ]
        )
        await client.start_workflow("Any", id="any", task_queue="nobody", search_attributes=values)
        assert (await client.get_workflow_handle("any").describe()).typed_search_attributes == values


async def test_a_search_attribute_whose_type_changed_is_refused_by_name(data_dir: Path) -> None:
    async with dev_server(data_dir / "temporal.db", ui=False, search_attributes={"Queue": "Keyword"}, progress=quiet):
        pass
    with pytest.raises(EmbeddedServerError, match="Search attribute Queue"):
        async with dev_server(data_dir / "temporal.db", ui=False, search_attributes={"Queue": "Int"}, progress=quiet):
            pass


async def test_a_wanted_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EmbeddedServerError, match=f"Temporal can't use port {port}"):
            async with dev_server(None, ui=False, port=port, progress=quiet):
                pass
        with pytest.raises(EmbeddedServerError, match=f"Web UI can't use port {port}"):
            async with dev_server(None, ui=True, ui_port=port, progress=quiet):
                pass


async def test_a_second_temporal_on_the_same_file_is_refused(data_dir: Path) -> None:
    async with dev_server(data_dir / "temporal.db", ui=False, progress=quiet):
        with pytest.raises(EmbeddedServerError, match="already in use"):
            async with dev_server(data_dir / "temporal.db", ui=False, progress=quiet):
                pass


async def test_temporal_ends_with_its_parent(data_dir: Path) -> None:
    address = await first_line_of_a_killed_parent(TEMPORAL_PARENT, data_dir / "temporal.db")
    port = int(address.rpartition(":")[2])
    deadline = time.monotonic() + 10
    while answers(port):
        assert time.monotonic() < deadline, "the server outlived its parent"
        await asyncio.sleep(0.02)
    async with dev_server(data_dir / "temporal.db", ui=False, port=port, progress=quiet) as server:
        assert server == TemporalServer(address, None)


def answers(port: int) -> bool:
    """Whether something listens there."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


async def test_the_web_ui_is_served_when_asked_for() -> None:
    async with dev_server(None, ui=True, progress=quiet) as server:
        assert server.ui_url is not None
        assert answers(int(server.ui_url.rpartition(":")[2]))


async def test_the_shared_server_answers(temporal: TemporalServer) -> None:
    client = await Client.connect(temporal.address)
    assert await client.service_client.check_health()


async def test_thirty_days_pass_at_once_on_the_time_skipping_server(time_skipping: WorkflowEnvironment) -> None:
    before = await time_skipping.get_current_time()
    await time_skipping.sleep(timedelta(days=30))
    assert await time_skipping.get_current_time() - before >= timedelta(days=30)
