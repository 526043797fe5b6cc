"""What a run leaves for commands: private, gone with its process, and weaker than the environment."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from casewright.domain.tempo import Tempo
from starter.session import RunInfo, run_file, settings_of_commands


def info(pid: int) -> RunInfo:
    return RunInfo(
        pid=pid,
        api_url="http://127.0.0.1:1",
        sandbox_url="http://127.0.0.1:2",
        temporal_address="127.0.0.1:3",
        database_url=SecretStr("postgresql://app:secret@/db"),
        gateway_api_key=SecretStr("sk_test_1"),
        handbook=Path("handbook"),
        people=Path("people.yaml"),
        anchors=Path("anchors"),
        anchor_key=SecretStr("anchor"),
    )


def test_a_run_that_is_up_is_found_with_its_secrets_in_a_private_file(shell: pytest.MonkeyPatch) -> None:
    kept = info(os.getpid())
    path = kept.save()
    assert path == run_file()
    assert path.stat().st_mode & 0o777 == 0o600
    assert RunInfo.load() == kept
    assert "secret" not in repr(kept)
    assert settings_of_commands().gateway_url == "http://127.0.0.1:2"


def test_the_environment_wins_over_the_run(shell: pytest.MonkeyPatch) -> None:
    info(os.getpid()).save()
    shell.setenv("CASEWRIGHT_API_URL", "http://elsewhere")
    settings = settings_of_commands()
    assert settings.api_url == "http://elsewhere"
    assert settings.temporal_address == "127.0.0.1:3"


def test_a_runs_tempo_is_that_of_the_commands(shell: pytest.MonkeyPatch) -> None:
    tempo = Tempo(epoch=datetime(2026, 3, 2, 12, tzinfo=UTC), speed=3600)
    info(os.getpid()).model_copy(update={"epoch": tempo.epoch, "speed": tempo.speed}).save()
    assert settings_of_commands().tempo == tempo


def test_a_run_whose_process_is_gone_counts_as_none(shell: pytest.MonkeyPatch) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    info(gone.pid).save()
    assert RunInfo.load() is None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"pid": "x"}'])
def test_a_file_that_is_no_runs_counts_as_none(shell: pytest.MonkeyPatch, content: str) -> None:
    run_file().write_text(content, encoding="utf-8")
    assert RunInfo.load() is None
