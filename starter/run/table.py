"""The samples as a table, and in words."""

from __future__ import annotations

from collections import Counter

from rich.table import Table
from rich.text import Text

from casewright.domain.state import StepStatus, TicketState
from casewright.domain.steps import MailStep
from starter.run.board import Standing

_MARKS = {None: ("…", "dim"), True: ("✓", "green"), False: ("✗", "bold red")}


def table(standings: list[Standing], *, title: str | None = None) -> Table:
    """A row for each sample: what was decided, done, waited for, and whether that is as its file says."""
    drawn = Table(title=title, title_justify="left", header_style="bold", expand=True, pad_edge=False)
    drawn.add_column("sample", no_wrap=True, overflow="ellipsis", ratio=5)
    drawn.add_column("ticket", no_wrap=True, min_width=18)
    drawn.add_column("decided", no_wrap=True, overflow="ellipsis", min_width=20)
    drawn.add_column("did", overflow="fold", ratio=8)
    drawn.add_column("waits for", overflow="fold", ratio=7)
    drawn.add_column("", no_wrap=True, width=1)
    for standing in standings:
        mark, style = _MARKS[standing.as_expected]
        drawn.add_row(
            standing.sample.name,
            standing.ticket or "",
            decided(standing),
            did(standing),
            waits(standing),
            Text(mark, style),
        )
        for reason in standing.reasons:
            drawn.add_row("", "", Text(reason, "red"), "", "", "")
    return drawn


def line(standing: Standing) -> str:
    """The row as one plain line, for logs."""
    mark = _MARKS[standing.as_expected][0]
    parts = [standing.sample.name, standing.ticket or "-", decided(standing), did(standing) or "-", waits(standing)]
    reasons = "".join(f"\n    {reason}" for reason in standing.reasons)
    return f"{mark} {' | '.join(parts)}{reasons}"


def decided(standing: Standing) -> str:
    """The rule that ruled."""
    view = standing.view
    if view is None or view.state.ruling is None:
        return ""
    return view.rule or "no certain rule"


def did(standing: Standing) -> str:
    """Money and mails, in words; what was refused or is uncertain, too."""
    return done_by(standing.view.state) if standing.view else ""


def done_by(state: TicketState) -> str:
    """What a ticket's steps have done."""
    words = []
    mails: Counter[str] = Counter()
    for record in state.steps.values():
        if record.status is StepStatus.DONE and isinstance(record.step, MailStep):
            mails[record.step.template] += 1
        elif record.status is StepStatus.DONE and not isinstance(record.step, MailStep):
            words.append(f"{record.step.kind} {record.step.amount}")
        elif record.status in (StepStatus.REFUSED, StepStatus.UNCERTAIN):
            words.append(f"{record.step.kind} {record.status}")
    if mails:
        words.append("mail " + ", ".join(name if n == 1 else f"{name} ({n})" for name, n in mails.items()))
    return "; ".join(words)


def waits(standing: Standing) -> str:
    """What the ticket waits for; of one that isn't known yet, what its submission waits for."""
    if standing.view is None or standing.acts_left or (standing.waits and standing.as_expected is None):
        return standing.waits or (standing.view.waits_for if standing.view else "")
    return standing.view.waits_for


def counts(standings: list[Standing]) -> str:
    """How far it is."""
    settled = [s for s in standings if s.as_expected is not None]
    wrong = sum(not s.as_expected for s in settled)
    return f"{len(settled)} of {len(standings)} samples settled" + (f", {wrong} not as expected" if wrong else "")
