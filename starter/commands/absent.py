"""``casewright absent``: who is away, and who stands in for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from casewright.records.absences import Absence
from starter.commands.acting_as import As
from starter.commands.api_calls import api
from starter.commands.failing import WronglyUsed, in_words
from starter.commands.showing import as_json, console, instant, plain, table
from starter.session import settings_of_commands

app = typer.Typer(help="Absences, and who stands in meanwhile.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="For programs.")]
INSTANT = "2026-08-03T08:00Z"


@app.command("set")
def set_absence(
    deputy: Annotated[str, typer.Argument(metavar="DEPUTY", help="Who stands in, such as manager-hal.")],
    until: Annotated[str, typer.Option("--until", metavar="INSTANT", help=f"Such as {INSTANT}.")],
    since: Annotated[str | None, typer.Option("--from", metavar="INSTANT", help="Default: from now on.")] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="PERSON", help="Who is away; default: yourself.")
    ] = None,
    by: As = None,
    json_wanted: Json = False,
) -> None:
    """Name a deputy for the time of an absence."""
    with in_words(), api(settings_of_commands(), by) as door:
        ends = _instant("--until", until)
        absence = door.set_absence(deputy, ends, since=_instant("--from", since) if since else None, person=person)
    if json_wanted:
        as_json(absence)
    else:
        typer.echo(
            f"{absence.deputy} stands in for {absence.person} until {instant(absence.until)} UTC (absence {absence.id})"
        )


@app.command("end")
def end_absence(
    id: Annotated[
        int, typer.Argument(metavar="ABSENCE", min=1, help="Its number, as `casewright absent list` shows it.")
    ],
    by: As = None,
    json_wanted: Json = False,
) -> None:
    """End an absence before its time, or call it off."""
    with in_words(), api(settings_of_commands(), by) as door:
        absence = door.end_absence(id)
    if json_wanted:
        as_json(absence)
    else:
        typer.echo(f"{absence.deputy} stands in for {absence.person} no longer")


@app.command("list")
def list_absences(
    all: Annotated[bool, typer.Option("--all", help="Those that are over, too; newest first.")] = False,
    by: As = None,
    json_wanted: Json = False,
) -> None:
    """List who is away or will be."""
    with in_words(), api(settings_of_commands(), by) as door:
        found = door.absences(all=all)
    if json_wanted:
        as_json(found)
    elif not found.absences:
        typer.echo("nobody was ever away" if all else "nobody is away")
    else:
        _print(found.absences)


def _print(absences: Sequence[Absence]) -> None:
    shown = table()
    for title in ("Absence", "Away", "Deputy", "From (UTC)", "Until (UTC)", "Set by"):
        shown.add_column(title, no_wrap=True)
    shown.add_column("Ended", overflow="fold")
    for one in absences:
        ended = f"by {one.ended_by}, {instant(one.ended_at)}" if one.ended_at else ""
        shown.add_row(
            str(one.id), one.person, one.deputy, instant(one.since), instant(one.until), one.set_by, plain(ended)
        )
    console().print(shown)


def _instant(option: str, text: str) -> datetime:
    """As it is written, or in UTC where it has no zone."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise WronglyUsed(f"{option}: {text!r} is no instant; write it as {INSTANT}") from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)
