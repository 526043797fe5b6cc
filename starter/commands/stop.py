"""``casewright stop``: emergency stops of a policy or a whole category, set, lifted and listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from casewright.records.stops import EmergencyStop
from starter.commands.acting_as import As
from starter.commands.api_calls import api
from starter.commands.failing import in_words
from starter.commands.showing import as_json, console, instant, plain, table
from starter.session import settings_of_commands

app = typer.Typer(help="Emergency stops of a policy or a whole category.", no_args_is_help=True)
Reason = Annotated[str, typer.Argument(metavar="REASON", help="Mandatory, and kept for ever.")]
Json = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command("set")
def set_stop(
    scope: Annotated[str, typer.Argument(metavar="SCOPE", help="A policy, such as A.1, or a category, such as A.")],
    reason: Reason,
    by: As = None,
    json_wanted: Json = False,
) -> None:
    """Stop every side effect of a policy or a category: what comes due goes to people instead."""
    with in_words(), api(settings_of_commands(), by) as door:
        stop = door.set_stop(scope, reason)
    if json_wanted:
        as_json(stop)
    else:
        typer.echo(f"{stop.scope} is stopped (stop {stop.id}); lift it with `casewright stop lift {stop.id} REASON`")


@app.command("lift")
def lift_stop(
    id: Annotated[int, typer.Argument(metavar="STOP", min=1, help="Its number, as `casewright stop list` shows it.")],
    reason: Reason,
    by: As = None,
    json_wanted: Json = False,
) -> None:
    """Lift an emergency stop; what it held up stays with people."""
    with in_words(), api(settings_of_commands(), by) as door:
        stop = door.lift_stop(id, reason)
    if json_wanted:
        as_json(stop)
    else:
        typer.echo(f"stop {stop.id} of {stop.scope} is lifted; what it held up stays with people")


@app.command("list")
def list_stops(
    all: Annotated[bool, typer.Option("--all", help="Those that have ended, too; newest first.")] = False,
    by: As = None,
    json_wanted: Json = False,
) -> None:
    """List the emergency stops in force."""
    with in_words(), api(settings_of_commands(), by) as door:
        found = door.stops(all=all)
    if json_wanted:
        as_json(found)
    elif not found.stops:
        typer.echo("nothing was ever stopped" if all else "nothing is stopped")
    else:
        _print(found.stops)


def _print(stops: Sequence[EmergencyStop]) -> None:
    shown = table()
    for title in ("Stop", "Scope", "Since (UTC)", "By"):
        shown.add_column(title, no_wrap=True)
    for title in ("Reason", "State"):
        shown.add_column(title, overflow="fold")
    for stop in stops:
        shown.add_row(str(stop.id), stop.scope, instant(stop.at), stop.person, plain(stop.reason), plain(_state(stop)))
    console().print(shown)


def _state(stop: EmergencyStop) -> str:
    if stop.in_force:
        return "in force"
    if stop.lifted_at is None:
        return "replaced by a later one"
    return f"lifted by {stop.lifted_by}, {instant(stop.lifted_at)}: {stop.lifted_because}"
