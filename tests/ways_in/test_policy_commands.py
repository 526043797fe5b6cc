"""``casewright handbook`` and ``casewright decide``: no server, clear errors, exit codes for programs."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from casewright import console
from casewright.domain.decision import Decision
from casewright.handbook import Handbook
from casewright.policy.case import Case
from casewright.policy.logic import comparisons
from starter.cli import app
from tests.unit.policy.billing_cases import A_1, FIRST, FOLDER, HANDBOOK, TWIN, case, charge, decided

RUN = CliRunner()
HERE = ["--handbook", str(FOLDER)]


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The project's own handbook, which all of them share, is read once; any other as ever."""
    load = Handbook.load
    monkeypatch.setattr(Handbook, "load", lambda folder: HANDBOOK if folder == FOLDER else load(folder))


def line(told: Case) -> str:
    """A case as other programs write it."""
    ticket = {
        "id": told.ticket,
        "submitted_at": told.submitted_at.isoformat(),
        "priority": told.priority,
        "requester": told.requester.model_dump(mode="json"),
    }
    facts = [fact.model_dump(mode="json") for fact in told.facts.values()]
    return json.dumps({"ticket": ticket, "claims": dict(told.claims), "facts": facts, "at": told.at.isoformat()})


def test_the_whole_decision_record_comes_out_as_json() -> None:
    told = case(FIRST, TWIN)
    result = RUN.invoke(app, ["decide", "A.1", "--input", "-", *HERE], input=line(told))
    assert result.exit_code == 0
    assert Decision.model_validate_json(result.stdout).steps == decided(told).steps


def test_a_bad_line_is_named_and_the_others_are_still_decided(tmp_path: Path) -> None:
    lines = [line(case(FIRST, TWIN)), "{bad", "", '{"ticket": 1}', line(case(charge(paid=False)))]
    (tmp_path / "cases.jsonl").write_text("\n".join(lines), encoding="utf-8")
    result = RUN.invoke(app, ["decide", "A.1", "--input", str(tmp_path / "cases.jsonl"), *HERE])
    assert result.exit_code == 1
    rules = [json.loads(each)["ruling"]["rule"] for each in result.stdout.splitlines()]
    assert rules == ["A.1/auto-refund", "A.1/gap-not-paid"]
    errors = [json.loads(each) for each in result.stderr.splitlines()]
    assert [error["line"] for error in errors] == [2, 4]
    assert "not JSON" in errors[0]["error"]
    assert "ticket" in errors[1]["error"]


def test_an_array_gives_one_decision_a_line() -> None:
    cases = f"[{line(case(FIRST, TWIN))}, {line(case())}]"
    result = RUN.invoke(app, ["decide", "A.1", "--input", "-", *HERE], input=cases)
    assert result.exit_code == 0
    assert [json.loads(each)["ruling"]["rule"] for each in result.stdout.splitlines()] == [
        "A.1/auto-refund",
        "A.1/gap-unknown-invoice",
    ]


def test_a_claim_that_the_policy_does_not_know_is_an_error() -> None:
    text = line(case(FIRST, TWIN)).replace('"invoice": "INV-1"}', '"invoice": "INV-1", "amuont": "5"}', 1)
    result = RUN.invoke(app, ["decide", "A.1", "--input", "-", *HERE], input=text)
    assert result.exit_code == 1
    assert "unknown claim 'amuont'; did you mean 'amount'?" in result.stderr


@pytest.mark.parametrize(("text", "reason"), [("", "no case"), ("[" * 100_000, "not JSON"), ("null", "case")])
def test_what_is_no_case_is_said(text: str, reason: str) -> None:
    result = RUN.invoke(app, ["decide", "A.1", "--input", "-", *HERE], input=text)
    assert result.exit_code == 1
    assert reason in result.stderr


def test_a_file_that_is_not_there_is_said() -> None:
    result = RUN.invoke(app, ["decide", "A.1", "--input", "/nowhere.json", *HERE])
    assert result.exit_code == 1
    assert "can't be read" in result.stderr


def test_the_check_says_what_it_proved() -> None:
    result = RUN.invoke(app, ["handbook", "check", *HERE])
    assert result.exit_code == 0
    assert "A.1 version 1 is complete, reachable and in the order of caution" in result.stdout


def test_the_check_fails_with_every_problem(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "handbook"))
    file = folder / "policies" / "A.1.v1.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("automatic_limit\n", "automatic_limt\n"), encoding="utf-8")
    result = RUN.invoke(app, ["handbook", "check", "--handbook", str(folder)])
    assert result.exit_code == 1
    assert result.stderr.count("unknown parameter $automatic_limt") == 3
    machine = RUN.invoke(app, ["handbook", "check", "--json", "--handbook", str(folder)])
    assert machine.exit_code == 1
    assert json.loads(machine.stdout)["problems"][0]["file"] == "policies/A.1.v1.yaml"


def test_a_policy_is_shown_as_people_read_it() -> None:
    result = RUN.invoke(app, ["handbook", "show", "A.1", *HERE], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    for part in ("A.1/auto-refund", "150.00 USD ($automatic_limit)", "HB A.1", "priority in [high, critical]"):
        assert part in result.stdout


@pytest.mark.parametrize("width", [80, 40])
def test_a_narrow_terminal_wraps_a_policy_and_cuts_nothing(width: int) -> None:
    result = RUN.invoke(app, ["handbook", "show", "A.1", *HERE], env={"COLUMNS": str(width)})
    assert max(map(len, result.stdout.splitlines())) <= width
    blocks = result.stdout.split("┩", 1)[1].split("└", 1)[0].split("├")
    cells = [[each.split("│")[1:3] for each in block.splitlines() if each.count("│") == 4] for block in blocks]
    shown = [tuple("".join("".join(parts).split()) for parts in zip(*block, strict=True)) for block in cells]
    assert len(shown) == len(A_1.rows)
    for row, (name, when) in zip(A_1.rows, shown, strict=True):
        assert name == "".join(f"{row.id}{row.source}".split())
        for comparison in comparisons(row.when):
            assert "".join(comparison.words.split()) in when


def test_at_80_columns_a_rule_can_be_found_by_its_id() -> None:
    result = RUN.invoke(app, ["handbook", "show", "A.1", *HERE], env={"COLUMNS": "80"})
    assert [row.id for row in A_1.rows if row.id not in result.stdout] == []


def test_an_unknown_policy_is_said() -> None:
    result = RUN.invoke(app, ["handbook", "show", "L.9", *HERE])
    assert result.exit_code == 1
    known = sorted(
        path.name.removesuffix(".yaml").replace(".v", " version ") for path in (FOLDER / "policies").glob("*.yaml")
    )
    assert f"there is no L.9; known: {', '.join(known)}" in result.stderr


def test_the_schema_names_the_policys_own_claims_and_facts() -> None:
    result = RUN.invoke(app, ["handbook", "schema", "A.1", *HERE])
    schema = json.loads(result.stdout)
    assert set(schema["properties"]["claims"]["properties"]) == {"invoice", "amount"}
    assert "InvoicedCharge" in schema["$defs"]


def test_the_clients_wheel_alone_says_what_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(console, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        console.main()
    assert ended.value.code == 2
    assert "client library" in capsys.readouterr().err
