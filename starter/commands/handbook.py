"""``casewright handbook``: check the policies, read one, and get the shape of its cases."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from casewright.handbook import Handbook
from casewright.policy.case_input import schema
from casewright.policy.check import Report, check
from casewright.policy.grammar import Policy
from casewright.policy.problems import PolicyError, Problem
from casewright.settings import Settings
from starter.commands.policy_table import tables

app = typer.Typer(help="Check and read the policies.", no_args_is_help=True)

PolicyId = Annotated[str, typer.Argument(metavar="POLICY", help="Such as A.1.")]
Folder = Annotated[Path | None, typer.Option("--handbook", help="Folder; default: CASEWRIGHT_HANDBOOK, or handbook.")]
Version = Annotated[int | None, typer.Option("--version", help="Default: the newest.")]


def load(folder: Path | None) -> Handbook:
    """The handbook, or an end with every problem on stderr."""
    try:
        return Handbook.load(folder or Settings().handbook)
    except PolicyError as error:
        for problem in error.problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(1) from error


def newest(handbook: Handbook, policy: str, version: int | None) -> Policy:
    """A policy's version, by default its newest; or an end that says which there are."""
    found = [p for p in handbook.policies if p.id == policy and version in (None, p.version)]
    if not found:
        known = ", ".join(f"{p.id} version {p.version}" for p in handbook.policies)
        typer.echo(f"there is no {policy}{f' version {version}' if version else ''}; known: {known}", err=True)
        raise typer.Exit(1)
    return found[-1]


@app.command("check")
def check_handbook(
    folder: Folder = None, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False
) -> None:
    """Prove every policy complete, reachable and cautious, and run its examples; exit 1 if anything is wrong."""
    reports, problems = _checked(folder or Settings().handbook)
    if as_json:
        typer.echo(json.dumps({"policies": [_summary(r) for r in reports], "problems": [asdict(p) for p in problems]}))
    else:
        for report in reports:
            outcome = "has problems" if report.problems else "is complete, reachable and in the order of caution"
            counted = f"{report.rows} rows, {report.examples} examples, {report.combinations} combinations"
            typer.echo(f"{report.policy} version {report.version} {outcome}: {counted}")
        for problem in problems:
            typer.echo(str(problem), err=True)
    raise typer.Exit(1 if problems else 0)


@app.command()
def show(policy: PolicyId, folder: Folder = None, version: Version = None) -> None:
    """The table as people read it: rows in order, when, then, and where it is written."""
    handbook = load(folder)
    console = Console()
    for part in tables(newest(handbook, policy, version), console.width):
        console.print(part)


@app.command("schema")
def print_schema(policy: PolicyId, folder: Folder = None, version: Version = None) -> None:
    """The JSON Schema of what `casewright decide` reads."""
    typer.echo(json.dumps(schema(newest(load(folder), policy, version)), indent=2))


def _checked(folder: Path) -> tuple[list[Report], list[Problem]]:
    try:
        handbook = Handbook.load(folder)
    except PolicyError as error:
        return [], list(error.problems)
    reports = [check(policy, handbook.charter) for policy in handbook.policies]
    return reports, [problem for report in reports for problem in report.problems]


def _summary(report: Report) -> dict[str, str | int]:
    return {
        "policy": report.policy,
        "version": report.version,
        "hash": report.hash,
        "rows": report.rows,
        "examples": report.examples,
        "combinations": report.combinations,
    }
