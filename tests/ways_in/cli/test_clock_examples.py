"""Every worked example of docs/clocks.md comes out as it is written there."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from starter.cli import app

PAGE = (Path(__file__).parents[3] / "docs" / "clocks.md").read_text(encoding="utf-8")
FILES = re.findall(r"```yaml\n# (\S+\.yaml)\n(.*?)```", PAGE, re.DOTALL)
EXAMPLES = re.findall(r"^\$ casewright (.*)\n((?:(?!\$ |```).*\n)+)", PAGE, re.MULTILINE)


def test_the_page_has_examples() -> None:
    assert [name for name, _ in FILES] == ["berlin.yaml"]
    assert len(EXAMPLES) == PAGE.count("$ casewright ") > 8


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_an_example_comes_out_as_written(
    command: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in FILES:
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, shlex.split(command))
    assert (done.exit_code, done.stdout) == (0, shown), done.stderr
