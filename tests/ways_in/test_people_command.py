"""``casewright people hash`` makes what a people file keeps."""

from __future__ import annotations

from typer.testing import CliRunner

from casewright.records.people import hash_token
from starter.cli import app


def test_a_token_is_hashed_as_the_people_file_keeps_it() -> None:
    told = CliRunner().invoke(app, ["people", "hash"], input="a-token-of-32-random-characters!\n")
    assert told.exit_code == 0
    assert told.stdout.strip() == hash_token("a-token-of-32-random-characters!")


def test_a_token_that_can_be_guessed_is_refused() -> None:
    told = CliRunner().invoke(app, ["people", "hash"], input="short\n")
    assert told.exit_code == 1
    assert "at least 16" in told.stderr
