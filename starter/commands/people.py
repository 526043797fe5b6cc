"""``casewright people``: what an operator needs to name people and services."""

from __future__ import annotations

import sys

import typer

from casewright.records.people import hash_token

MIN_TOKEN = 16
app = typer.Typer(help="People and services.", no_args_is_help=True)


@app.command("hash")
def hash_a_token() -> None:
    """Read a token (typed unseen, or piped in) and print what a people file keeps of it."""
    token = typer.prompt("Token", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline().strip()
    if len(token) < MIN_TOKEN:
        typer.echo(f"a token has at least {MIN_TOKEN} characters: make a random one, such as 32 bytes", err=True)
        raise typer.Exit(1)
    typer.echo(hash_token(token))
