"""``casewright decide``: the documented case can be copied as it is, and what it doesn't know it refuses by name."""

import copy
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from casewright.domain.decision import Decision
from starter.cli import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
COMMAND = re.search(r"```sh\n(casewright decide [^\n]*<<'CASE'\n(.*?)\nCASE\n)```", PAGE, re.DOTALL)
assert COMMAND, "docs/command-line.md has no case for decide"
CASE: dict[str, Any] = json.loads(COMMAND[2])
FACTS = "billing.account, billing.charge, billing.history, ledger.automatic_refunds"


def run(case: object) -> Result:
    """A case through the command."""
    arguments = ["decide", "A.1", "--input", "-", "--handbook", str(ROOT / "handbook")]
    return CliRunner().invoke(app, arguments, input=json.dumps(case))


def test_the_documented_case_can_be_copied_and_comes_to_what_the_page_says() -> None:
    assert COMMAND
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", COMMAND[1]],
        cwd=ROOT,
        env={"PATH": path, "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    decision = Decision.model_validate_json(done.stdout)
    assert decision.ruling.rule == "A.1/auto-refund"
    assert f"the ruling's rule is `{decision.ruling.rule}`" in PAGE
    assert [str(planned.step.amount) for planned in decision.steps if planned.step.kind == "refund"] == ["49.00 USD"]
    assert decision.unavailable == {}


def misspelt(place: Callable[[dict[str, Any]], dict[str, Any]], name: str) -> dict[str, Any]:
    """The case with one more field somewhere."""
    case = copy.deepcopy(CASE)
    place(case)[name] = "x"
    return case


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (
            misspelt(lambda c: c["ticket"], "priorty"),
            "ticket.priorty: unknown field; expected one of id, submitted_at, priority, requester",
        ),
        (
            misspelt(lambda c: c["ticket"]["requester"], "mail"),
            "ticket.requester.mail: unknown field; expected one of email, name, customer",
        ),
        (misspelt(lambda c: c, "fact"), "fact: unknown field; expected one of ticket, claims, facts, version, at"),
        (
            misspelt(lambda c: c["facts"][1], "observd_at"),
            "facts.1.observd_at: unknown field; expected one of name, availability, source, observed_at, value, reason",
        ),
        (
            {**CASE, "claims": {"amount": {"amount": "5.00", "currency": "USD", "unit": "x"}}},
            "claims.amount.unit: unknown field; expected one of amount, currency",
        ),
        ({**CASE, "claims": {"amount": 5}}, "claims.amount: expected an object with amount, currency"),
        ({**CASE, "ticket": 1}, "ticket: expected an object with id, submitted_at, priority, requester"),
        ([None], "case: expected an object with ticket, claims, facts, version, at"),
        ({**CASE, "ticket": {**CASE["ticket"], "priority": "urgent"}}, "ticket.priority: Input should be 'low'"),
    ],
)
def test_a_field_that_is_unknown_or_wrong_is_named_with_what_is_expected(case: object, said: str) -> None:
    result = run(case)
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in json.loads(result.stderr)["error"]


@pytest.mark.parametrize("known", [True, False])
def test_a_fact_that_the_policy_does_not_know_is_refused_and_not_left_out_in_silence(known: bool) -> None:
    case = copy.deepcopy(CASE)
    extra = {**case["facts"][0], "name": "billing.acount"}
    case["facts"] = [*case["facts"], extra] if known else [extra]
    result = run(case)
    assert (result.exit_code, result.stdout) == (1, "")
    number = 4 if known else 0
    said = f"facts.{number}.name: unknown fact 'billing.acount'; expected one of {FACTS}"
    assert json.loads(result.stderr)["error"] == said


def test_every_unknown_claim_and_fact_is_told_at_once() -> None:
    case = {**CASE, "claims": {"invioce": "INV-1"}, "facts": [{**CASE["facts"][0], "name": "crm.account"}]}
    error = json.loads(run(case).stderr)["error"]
    assert "unknown claim 'invioce'; did you mean 'invoice'?" in error
    assert "unknown fact 'crm.account'" in error


def test_a_fact_observed_at_no_certain_instant_is_refused() -> None:
    case = copy.deepcopy(CASE)
    case["facts"][0]["observed_at"] = "2025-03-10T12:00:00"
    result = run(case)
    assert result.exit_code == 1
    assert "observed_at of billing.account has no time zone" in json.loads(result.stderr)["error"]
