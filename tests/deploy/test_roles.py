"""deploy/postgres/roles.sh on a real PostgreSQL: who may do what in an installation."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import asyncpg
import pytest

from casewright.embedded.postgres import embedded_postgres
from casewright.embedded.postgres_binaries import reachable_binaries
from casewright.embedded.postgres_home import discard_data
from casewright.embedded.reach import unprivileged_account
from casewright.records import pool as pools
from casewright.records.anchors import anchor
from casewright.records.migrations import migrate
from tests.conftest import say
from tests.deploy.shape import ROOT

SCRIPT = ROOT / "deploy" / "postgres" / "roles.sh"
PASSWORDS = {"OWNER_PASSWORD": "o'wner", "APPLICATION_PASSWORD": "app:$1", "TEMPORAL_PASSWORD": 'tem"poral'}
LOGINS = {"casewright_owner": "o'wner", "casewright_app": "app:$1", "temporal": 'tem"poral'}
OURS = ("casewright_owner", "casewright_app")


class Installation:
    """A PostgreSQL as the image's script leaves it."""

    def __init__(self, socket_dir: str) -> None:
        self._socket_dir = socket_dir

    def url(self, login: str, database: str = "casewright") -> str:
        """As whom to log in, and where."""
        return f"postgresql://{login}:{quote(LOGINS[login], safe='')}@/{database}?host={self._socket_dir}&port=5432"

    async def may_enter(self, login: str, database: str) -> bool:
        """Whether the login gets into the database."""
        try:
            connection = await asyncpg.connect(self.url(login, database))
        except asyncpg.InsufficientPrivilegeError:
            return False
        await connection.close()
        return True


@pytest.fixture(scope="module")
async def installation() -> AsyncIterator[Installation]:
    """A PostgreSQL of the test's own: roles belong to the server."""
    with tempfile.TemporaryDirectory(prefix="casewright-roles-") as folder:
        Path(folder).chmod(0o711)
        data_dir = Path(folder) / "postgres"
        async with embedded_postgres(data_dir, say, fast=True) as urls:
            superuser = json.loads((data_dir / "passwords.json").read_text(encoding="utf-8"))["superuser"]
            socket_dir = parse_qs(urlsplit(urls.owner).query)["host"][0]
            connection = await asyncpg.connect(
                f"postgresql://postgres:{superuser}@/postgres?host={socket_dir}&port=5432"
            )
            await connection.execute("DROP DATABASE casewright")
            await connection.execute(f"DROP ROLE {', '.join(OURS)}")
            await connection.close()
            binaries = reachable_binaries(unprivileged_account(), say)
            told = {"PGHOST": socket_dir, "PGPORT": "5432", "PGPASSWORD": superuser, **PASSWORDS}
            path = f"{binaries}{os.pathsep}{os.environ['PATH']}"
            subprocess.run(["sh", str(SCRIPT)], env={**os.environ, **told, "PATH": path}, check=True, timeout=60)
            yield Installation(socket_dir)
        discard_data(data_dir)


async def test_each_login_enters_its_own_databases_only(installation: Installation) -> None:
    databases = ("casewright", "temporal", "temporal_visibility")
    entered = {login: {name for name in databases if await installation.may_enter(login, name)} for login in LOGINS}
    assert entered == {
        "casewright_owner": {"casewright"},
        "casewright_app": {"casewright"},
        "temporal": {"temporal", "temporal_visibility"},
    }


async def test_the_application_writes_journal_and_digests_and_changes_nothing(
    installation: Installation, tmp_path: Path
) -> None:
    await migrate(installation.url("casewright_owner"))
    await migrate(installation.url("casewright_app"))
    pool = await pools.connect(installation.url("casewright_app"), max_size=2)
    try:
        assert (await anchor(pool, tmp_path, b"key", datetime.now(UTC))).exists()
        async with pool.acquire() as connection:
            for statement in ("DELETE FROM journal", "DELETE FROM ledger_entry", "CREATE TABLE mine ()"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
    finally:
        await pool.close()
    with pytest.raises(pools.WrongRole):
        await pools.connect(installation.url("casewright_owner"), max_size=1)


def test_a_missing_password_is_named_before_anything_is_made() -> None:
    told = {name: value for name, value in {**os.environ, **PASSWORDS}.items() if name != "APPLICATION_PASSWORD"}
    done = subprocess.run(["sh", str(SCRIPT)], env=told, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "APPLICATION_PASSWORD: the password of casewright_app" in done.stderr
