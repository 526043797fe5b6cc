"""The ``casewright`` command line: one module per command in ``starter/commands``."""

from __future__ import annotations

import typer

from starter.commands import decide, handbook

app = typer.Typer(
    name="casewright",
    help="Customer-support policies, run as durable workflows.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(handbook.app, name="handbook")
app.command("decide")(decide.decide)
