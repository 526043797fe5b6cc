"""The commands over the API: what is sent, what is shown, and how a no is told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pydantic import JsonValue
from typer.testing import CliRunner, Result

from casewright.identity import read_people
from starter.cli import app
from tests.ways_in.cli.conftest import PEOPLE
from tests.ways_in.cli.stand_in import StandIn

TICKET = "T-0123456789ABCDEF"
PLAN = "ab" * 32
ABOUT = ["--policy", "A.1", "--subject", "Charged twice", "--email", "ada@example.com"]


def run(*words: str, type_in: str | None = None) -> Result:
    return CliRunner().invoke(app, list(words), input=type_in)


def bearer(person: str) -> str:
    """What a sample person comes in with."""
    token = next(listed.token for listed in read_people(PEOPLE) if listed.id == person)
    return f"Bearer {token}"


def refusal(code: str, message: str, **more: JsonValue) -> JsonValue:
    return {"error": {"code": code, "message": message, **more}}


def ticket(**changed: JsonValue) -> dict[str, JsonValue]:
    """A ticket that waits for an approval, as the API shows it."""
    refund: dict[str, JsonValue] = {
        "id": "d1-refund",
        "kind": "refund",
        "customer": "cus_milo",
        "charge": "ch_1",
        "limits": [],
    }
    money: JsonValue = {"amount": "400.00", "currency": "USD"}
    mail: JsonValue = {"id": "d1-mail", "kind": "mail", "template": "refund-confirmation", "to": "milo@example.org"}
    steps: JsonValue = [
        {
            "id": "d1-refund",
            "kind": "refund",
            "status": "planned",
            "gated": True,
            "amount": money,
            "charge": "ch_1",
            "after": [],
        },
        {
            "id": "d1-ack",
            "kind": "mail",
            "status": "done",
            "gated": False,
            "template": "ack",
            "reference": "m-1",
            "after": [],
        },
        {
            "id": "d0-mail",
            "kind": "mail",
            "status": "refused",
            "gated": False,
            "template": "x",
            "reason": "bounced",
            "after": [],
        },
    ]
    approval: JsonValue = {
        "status": "pending",
        "plan_hash": PLAN,
        "roles": ["support-manager", "finance-director"],
        "why": "refund of 400.00 USD: DF 6.1 level 2",
        "requested_by": "system",
        "verdict_by": None,
        "steps": [{**refund, "amount": money}, mail],
    }
    ruling: JsonValue = {
        "policy": "A.1",
        "version": 1,
        "rule": "A.1/specialist",
        "ownership": "escalate",
        "reason": "above the limit",
        "commitments": [{"name": "first response", "span": "24 h", "source": "HB A.1"}],
    }
    return {
        "id": TICKET,
        "policy": "A.1",
        "body": "",
        "phase": "open",
        "owned_because": "above the limit",
        "seq": 7,
        "updated_at": "2026-11-21T10:00:05Z",
        "resolved_at": None,
        "subject": "Charged [bold]500[/bold]",
        "requester": {"email": "milo@example.org", "customer": "cus_milo"},
        "priority": "low",
        "claims": {"invoice": "INV-1013", "amount": money},
        "state": "waiting-approval",
        "waits_for": "an approval by support-manager or finance-director",
        "ownership": "escalate",
        "team": "billing-specialists",
        "assignee": None,
        "ruling": ruling,
        "steps": steps,
        "approval": approval,
        "code": None,
        "summary": None,
        "submitted_at": "2026-11-21T10:00:00Z",
        "unfolded": None,
        "a_field_of_tomorrow": 1,
        **changed,
    }


def shown(api: StandIn, **changed: JsonValue) -> None:
    api.answers[f"GET /tickets/{TICKET}"] = (200, ticket(**changed))
    api.answers[f"GET /tickets/{TICKET}/ledger"] = (200, {"entries": []})


def test_a_submission_is_sent_as_the_sample_agent_under_a_key_that_is_told(api: StandIn) -> None:
    api.answers["POST /tickets"] = (201, {"ticket": TICKET, "already": False})
    result = run("submit", *ABOUT, "--claim", "invoice=INV-1", "--claim", "amount=20.00:USD")
    assert result.exit_code == 0, result.stderr
    (asked,) = api.asked
    assert asked.headers["authorization"] == bearer("agent-ada")
    assert asked.headers["idempotency-key"] in result.stdout
    claims = json.loads(asked.body)["claims"]
    assert claims == {"invoice": "INV-1", "amount": {"amount": "20.00", "currency": "USD"}}


def test_options_win_over_the_file(api: StandIn, tmp_path: Path) -> None:
    api.answers["POST /tickets"] = (200, {"ticket": TICKET, "already": True, "differs": True})
    document = {"policy": "A.1", "subject": "s", "requester": {"email": "a@b.c"}, "claims": {"invoice": "INV-1"}}
    (tmp_path / "s.json").write_text(json.dumps(document), encoding="utf-8")
    result = run("submit", "--file", str(tmp_path / "s.json"), "--subject", "Other", "--key", "k")
    assert "submitted before" in result.stdout
    assert "another content" in result.stderr
    sent = json.loads(api.asked[0].body)
    assert (sent["subject"], sent["claims"]) == ("Other", {"invoice": "INV-1"})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["submit", "--policy", "A.1"], "--email is missing"),
        (["submit", *ABOUT, "--policy", "Z.9"], "--policy: must be a policy: a letter from A to L"),
        (["submit", *ABOUT, "--email", "ada"], "--email: must be one mail address, such as ada@example.com"),
        (["submit", *ABOUT, "--subject", ""], "--subject: must not be empty"),
        (["submit", *ABOUT, "--claim", f"invoice={'9' * 501}"], "--claim invoice: must have at most 500 characters"),
        (["act", TICKET, "ask", "customer"], "give the question"),
        (["submit", *ABOUT, "--claim", "INV-1"], "NAME=VALUE"),
        (["submit", *ABOUT, "--file", "no such file"], "can't be read"),
        (["tickets", "--as", "manager-gwn"], "did you mean 'manager-gwen'"),
        (["act", TICKET, "override", "Because.", "--refund", "20"], "20.00:USD"),
        (["act", TICKET, "resolve", "Done.", "--code", "Not A Code"], "--code: must be lower-case letters"),
        (["sandbox", "clock", "tomorrow"], "isn't a span"),
    ],
)
def test_wrong_usage_is_told_without_asking_anybody(api: StandIn, words: list[str], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert api.asked == []


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize("words", [["tickets"], ["show", TICKET], ["act", TICKET, "claim"], ["sandbox", "charges"]])
def test_what_doesnt_run_is_to_be_started(words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "make run" in result.stderr


@pytest.mark.parametrize("words", [["audit", "verify"], ["audit", "anchor"], ["sandbox", "clock"]])
def test_without_settings_and_without_a_run_the_way_to_one_is_told(shell: pytest.MonkeyPatch, words: list[str]) -> None:
    result = run(*words)
    assert (result.exit_code, "make run" in result.stderr) == (1, True)


def test_every_problem_is_told_with_its_field(api: StandIn) -> None:
    problems: JsonValue = [{"field": "claims.x", "message": "no such claim"}, {"field": "policy", "message": "unknown"}]
    api.answers["POST /tickets"] = (422, refusal("invalid", "claims.x: no such claim", problems=problems))
    assert run("submit", *ABOUT).stderr == "claims.x: no such claim; policy: unknown\n"


def test_an_uncertain_outcome_says_how_to_send_it_again(api: StandIn) -> None:
    api.answers["POST /tickets"] = (503, refusal("unavailable", "Temporal gave no answer"))
    api.answers[f"POST /tickets/{TICKET}/acts"] = (503, refusal("unavailable", "Temporal gave no answer"))
    assert "--key k1" in run("submit", *ABOUT, "--key", "k1").stderr
    acted = run("act", TICKET, "claim")
    assert re.search(r"--id cli-[0-9a-f]{16}", acted.stderr)


def test_an_unknown_caller_is_told_how_to_say_who_they_are(api: StandIn) -> None:
    api.answers["GET /tickets"] = (401, refusal("unauthenticated", "this needs a token"))
    assert "--as" in run("tickets").stderr


def test_another_program_at_the_address_is_recognised(api: StandIn) -> None:
    api.answers["GET /tickets"] = (200, "<html>")
    assert "is it the API" in run("tickets").stderr
    api.answers["GET /tickets"] = (502, "<html>")
    assert "answered 502" in run("tickets").stderr


def test_a_ticket_is_shown_with_what_an_approval_would_do_and_who_may_give_it(api: StandIn) -> None:
    shown(api)
    result = run("show", TICKET)
    assert result.exit_code == 0, result.stderr
    for words in (
        "Charged [bold]500[/bold]",
        "waiting for an approval, with billing-specialists",
        "A.1/specialist (version 1, escalate)",
        "above the limit",
        "first response within 24 h (HB A.1)",
        "1. refund 400.00 USD of charge ch_1 to cus_milo",
        "2. mail refund-confirmation to milo@example.org",
        "support-manager or finance-director (refund of 400.00 USD: DF 6.1 level 2), but not system",
        f"casewright act {TICKET} approve --as manager-gwen",
        "waits for the approval",
        "refused: bounced",
    ):
        assert words in result.stdout


def test_what_a_customer_writes_cant_steer_the_terminal(api: StandIn) -> None:
    shown(api, subject="\x1b[2Jgone\x07", approval=None)
    assert "\x1b" not in run("show", TICKET).stdout


def test_json_keeps_fields_that_this_command_doesnt_know(api: StandIn) -> None:
    shown(api)
    assert json.loads(run("show", TICKET, "--json").stdout)["ticket"]["a_field_of_tomorrow"] == 1


def test_an_approval_is_shown_confirmed_and_bound_to_the_plan_that_was_shown(api: StandIn) -> None:
    shown(api)
    api.answers[f"POST /tickets/{TICKET}/acts"] = (200, {"seq": 9, "repeated": False})
    result = run("act", TICKET, "approve", "--as", "manager-gwen", "--id", "one", type_in="y\n")
    assert result.exit_code == 0, result.stderr
    assert "refund 400.00 USD of charge ch_1" in result.stdout
    asked = api.asked[-1]
    assert json.loads(asked.body) == {"id": "one", "type": "approve", "plan_hash": PLAN}
    assert asked.headers["authorization"] == bearer("manager-gwen")


@pytest.mark.parametrize("typed", ["n\n", "\n", ""])
def test_without_a_yes_nothing_is_sent(api: StandIn, typed: str) -> None:
    shown(api)
    result = run("act", TICKET, "reject", "No.", type_in=typed)
    assert (result.exit_code, "nothing was done" in result.stderr) == (1, True)
    assert {one.method for one in api.asked} == {"GET"}


def test_another_plan_than_the_one_named_isnt_approved(api: StandIn) -> None:
    shown(api)
    result = run("act", TICKET, "approve", "--yes", "--plan", "00ff")
    assert (result.exit_code, "look at it again" in result.stderr) == (1, True)


def test_nothing_to_approve_says_what_the_ticket_waits_for(api: StandIn) -> None:
    shown(api, approval=None, waits_for="the customer's answer")
    assert "waits for the customer's answer" in run("act", TICKET, "approve", "--yes").stderr


def test_a_customers_answer_is_passed_on_by_a_service(api: StandIn) -> None:
    api.answers[f"POST /tickets/{TICKET}/acts"] = (200, {"seq": 9})
    assert run("act", TICKET, "answer", "The second.", "--claim", "invoice=INV-2").exit_code == 0
    assert api.asked[0].headers["authorization"] == bearer("portal")
    assert json.loads(api.asked[0].body)["claims"] == {"invoice": "INV-2"}


def test_an_override_with_money_is_one_act(api: StandIn) -> None:
    api.answers[f"POST /tickets/{TICKET}/acts"] = (202, {"seq": 9, "journalled": False})
    result = run("act", TICKET, "override", "They waited.", "--credit", "15.00:USD", "--as", "manager-gwen")
    assert "will soon be in the journal" in result.stdout
    assert json.loads(api.asked[0].body)["remedy"]["amount"] == {"amount": "15.00", "currency": "USD"}


def stop(**changed: JsonValue) -> dict[str, JsonValue]:
    """A stop in force, as the API shows it."""
    when = "2026-11-21T10:00:00Z"
    told: dict[str, JsonValue] = {"id": 7, "scope": "A.1", "person": "operations-jon", "reason": "Odd.", "at": when}
    return {**told, "in_force": True, "lifted_by": None, "lifted_because": None, "lifted_at": None, **changed}


def test_a_stop_is_set_listed_and_lifted_with_a_reason(api: StandIn) -> None:
    ended: dict[str, JsonValue] = {"in_force": False, "lifted_by": "operations-jon", "lifted_because": "Fine."}
    lifted = stop(**ended, lifted_at="2026-11-21T11:00:00Z")
    api.answers["POST /stops"] = (201, stop())
    api.answers["GET /stops"] = (200, {"stops": [stop(), lifted, stop(in_force=False)]})
    api.answers["POST /stops/7/lift"] = (200, lifted)
    made = run("stop", "set", "A.1", "Odd.", "--as", "operations-jon")
    assert (made.exit_code, "casewright stop lift 7" in made.stdout) == (0, True), made.output
    listed = run("stop", "list", "--all")
    for words in ("in force", "lifted by operations-jon, 2026-11-21 11:00:00: Fine.", "replaced by a later one"):
        assert words in listed.stdout
    assert "stays with people" in run("stop", "lift", "7", "Fine.", "--as", "operations-jon").stdout
    assert [(one.method, one.path, one.body) for one in api.asked] == [
        ("POST", "/stops", '{"scope": "A.1", "reason": "Odd."}'),
        ("GET", "/stops?all=true", ""),
        ("POST", "/stops/7/lift", '{"reason": "Fine."}'),
    ]
    assert api.asked[0].headers["authorization"] == bearer("operations-jon")


def test_where_nothing_is_stopped_that_is_said(api: StandIn) -> None:
    api.answers["GET /stops"] = (200, {"stops": []})
    assert run("stop", "list").stdout == "nothing is stopped\n"


@pytest.mark.parametrize("words", [["set", "A.1"], ["lift", "7"], ["lift", "A.1", "Fine."]])
def test_a_stop_without_its_reason_or_number_is_wrong_usage(api: StandIn, words: list[str]) -> None:
    assert run("stop", *words).exit_code == 2
    assert api.asked == []


def test_each_commitment_is_shown_with_its_deadline_its_used_share_and_how_it_stands(api: StandIn) -> None:
    usual: dict[str, JsonValue] = {
        "id": "first-contact",
        "name": "first contact",
        "kind": "promise",
        "source": "HB A.1",
        "span": "4 bh",
        "standing": "at-risk",
        "deadline": "2026-11-22T14:00:00Z",
        "used_percent": 85,
        "met_at": None,
        "breached_at": None,
    }
    paused: dict[str, JsonValue] = {**usual, "name": "answer", "standing": "paused", "deadline": None}
    shown(api, clocks=[usual, paused], deadline="2026-11-22T14:00:00Z")
    said = run("show", TICKET).stdout
    assert re.search(r"Due +2026-11-22 14:00:00 UTC", said)
    (at_risk,) = [line for line in said.splitlines() if "promise: first contact (HB A.1)" in line]
    assert re.search(r"4 bh +2026-11-22 14:00:00 +85 % +at risk", at_risk)
    (standing_still,) = [line for line in said.splitlines() if "promise: answer" in line]
    assert "paused: the customer's turn" in standing_still


def test_tickets_are_listed_by_deadline_where_that_is_wished(api: StandIn) -> None:
    listed: dict[str, JsonValue] = {
        "id": TICKET,
        "policy": "A.1",
        "rule": None,
        "phase": "open",
        "standing": "with-people",
        "ownership": "escalate",
        "team": None,
        "assignee": None,
        "priority": "low",
        "waits_for": "people",
        "subject": "s",
        "customer": None,
        "email": "milo@example.org",
        "seq": 3,
        "submitted_at": "2026-11-21T10:00:00Z",
        "updated_at": "2026-11-21T10:00:00Z",
        "resolved_at": None,
        "deadline": "2026-11-22T14:00:00Z",
        "unfolded": None,
    }
    api.answers["GET /tickets"] = (200, {"tickets": [listed], "after": None})
    said = run("tickets", "--by", "deadline")
    assert said.exit_code == 0, said.stderr
    assert "2026-11-22 14:00" in said.stdout
    assert "order=deadline" in api.asked[0].path
