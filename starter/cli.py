"""The ``casewright`` command line: one module per command in ``starter/commands``."""

from __future__ import annotations

import typer

from starter.commands import (
    absent,
    act,
    audit,
    clock,
    decide,
    handbook,
    people,
    sandbox,
    setup,
    show,
    stop,
    submit,
    tickets,
)

app = typer.Typer(
    name="casewright",
    help="Customer-support policies, run as durable workflows.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(handbook.app, name="handbook")
app.command("decide")(decide.decide)
app.command("submit")(submit.submit)
app.command("tickets")(tickets.tickets)
app.command("show")(show.show)
app.add_typer(act.app, name="act")
app.add_typer(stop.app, name="stop")
app.add_typer(absent.app, name="absent")
app.add_typer(audit.app, name="audit")
app.add_typer(clock.app, name="clock")
app.add_typer(people.app, name="people")
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(setup.app, name="setup")
