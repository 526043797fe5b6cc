"""What the embedded servers' programs are built and called with."""

from pathlib import Path

import pytest

from casewright.embedded.cache import binary_cache
from casewright.embedded.errors import log_tail
from casewright.embedded.postgres import PostgresUrls, create_database
from casewright.embedded.temporal_binary import build_command, build_environment
from casewright.embedded.test_server import wrapper_script


def test_temporal_is_built_from_the_pinned_version() -> None:
    command = build_command(Path("/opt/go/bin/go"))
    assert command[:2] == ["/opt/go/bin/go", "install"]
    assert command[-1] == "github.com/temporalio/cli/cmd/temporal@v1.5.1"


def test_temporal_is_built_into_the_given_folder_for_this_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOS", "plan9")
    monkeypatch.setenv("GOPROXY", "direct")
    environment = build_environment(Path("/somewhere"))
    assert environment["GOBIN"] == "/somewhere"
    assert environment["GOPROXY"] == "direct"
    assert "GOOS" not in environment


def test_the_test_servers_wrapper_becomes_java_and_passes_the_port_on(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    for library in ("b.jar", "a.jar"):
        (tmp_path / "lib" / library).touch()
    lines = wrapper_script(tmp_path).splitlines()
    assert lines[0] == "#!/bin/sh"
    assert lines[1].startswith("exec java ")
    assert f"{tmp_path}/lib/a.jar:{tmp_path}/lib/b.jar" in lines[1]
    assert lines[1].endswith('io.temporal.testserver.TestServer "$@"')


def test_programs_are_kept_in_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert binary_cache() == tmp_path / "casewright" / "bin"
    assert binary_cache().is_dir()


def test_an_error_shows_the_end_of_the_log(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text("\n".join(f"line {number}" for number in range(100)))
    assert log_tail(log).endswith("line 99")
    assert "line 80\n" not in log_tail(log)
    assert log_tail(tmp_path / "missing.log") == ""


@pytest.mark.parametrize("name", ["", "Upper", 'quo"te', "two words", "x" * 64])
async def test_a_database_name_that_would_need_quoting_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="plain lower-case"):
        await create_database(PostgresUrls("postgresql://unused/", "postgresql://unused/"), name)
