"""What really became of a ticket: from the journal, the ledger, the gateway and the mailbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import permutations

from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.state import TicketState
from casewright.domain.steps import ApprovalMailStep, MailStep, PasswordResetStep, ReturnLabelStep
from casewright.records.views import LedgerEntry, TicketView
from starter.run.samples import Entry, Expectation
from starter.run.world import Mail, Payment, World

BROUGHT_BY_TIME = frozenset({"survey", "delay-apology", "delay-apology-credit"})
"""Templates of mails that go out when a day has passed: a start on kept data, or at speed, finds them or doesn't."""
PASSWORD_RESET = "password-reset"


class Outcome(Frozen):
    """How a ticket stands, in the terms of an expectation."""

    rule: str | None
    overlays: tuple[str, ...]
    state: str
    team: str | None
    assignee: str | None
    code: str | None
    refunds: dict[str, Money]
    credits: dict[str, Money]
    mails: tuple[str, ...]
    ledger: tuple[Entry, ...]


def outcome(view: TicketView, world: World, ledger: list[LedgerEntry]) -> Outcome:
    """Put together what four systems say about one ticket."""
    return Outcome(
        rule=view.rule,
        overlays=tuple(overlay.partition(":")[0] for overlay in view.state.ruling.overlays)
        if view.state.ruling
        else (),
        state=view.standing,
        team=view.team,
        assignee=view.assignee,
        code=view.state.code,
        refunds=_added_up((p.charge, p, 1) for p in world.books.refunds if p.ticket == view.id),
        credits=_added_up((p.customer, p, -1) for p in world.books.balance_transactions if p.ticket == view.id),
        mails=tuple(sorted(_templates(view.state, world))),
        ledger=tuple(_entry(entry) for entry in ledger),
    )


def _added_up(payments: Iterable[tuple[str, Payment, int]]) -> dict[str, Money]:
    found: dict[str, Money] = {}
    for whom, payment, sign in payments:
        money = Money.from_minor(sign * payment.amount, payment.currency)
        found[whom] = found[whom] + money if whom in found else money
    return found


def _templates(state: TicketState, world: World) -> list[str]:
    """The templates of this ticket's mails in the mailbox; one that no step explains is named as it is."""
    sent = {
        record.reference: record.step
        for record in state.steps.values()
        if isinstance(record.step, MailStep) and record.reference is not None
    }
    resets = {r.reference for r in state.steps.values() if isinstance(r.step, PasswordResetStep)} - {None}
    names = []
    # A mail that was sent again after a crash carries the same Message-ID: readers show it once, and so do we.
    for mail in {mail.message_id: mail for mail in world.mailbox if mail.ticket == state.id}.values():
        step = sent.get(mail.message_id)
        if mail.message_id in resets:
            names.append(_reset(state, mail))
            continue
        if _asks_colleagues(state, mail):
            continue
        if (label := _label(state, mail)) is not None:
            names.append(label)
            continue
        if step is None:
            names.append(f"unexplained {mail.message_id}")
        else:
            names.append(step.template if mail.recipients == [step.to] else f"{step.template} to somebody else")
    return names


def _reset(state: TicketState, mail: Mail) -> str:
    """A reset goes to the registered address, which the ticket doesn't know; where it is another, it is named."""
    asked_from = state.submission.requester.email
    return PASSWORD_RESET if mail.recipients == [asked_from] else f"{PASSWORD_RESET} to {', '.join(mail.recipients)}"


def _label(state: TicketState, mail: Mail) -> str | None:
    """A return label's mail: its step's reference is the carrier's, not the mail's."""
    record = state.steps.get(mail.step or "")
    if record is None or not isinstance(record.step, ReturnLabelStep):
        return None
    return record.step.kind if mail.recipients == [record.step.to] else f"{record.step.kind} to somebody else"


def _asks_colleagues(state: TicketState, mail: Mail) -> bool:
    """Whether it asks people to approve: how many there are, and who, is the company's matter and not the sample's."""
    record = state.steps.get(mail.step or "")
    return record is not None and isinstance(record.step, ApprovalMailStep)


def _entry(entry: LedgerEntry) -> Entry:
    amount = next(line.amount for line in entry.lines if line.amount.minor > 0)
    return Entry.model_validate({"kind": entry.kind, "amount": amount, "by": entry.actor})


def differences(expected: Expectation, found: Outcome) -> list[str]:
    """In words, what is not as expected; [] when all is. What time brings by itself may have come or not."""
    if (found.state, expected.state) == ("closed", "resolved"):
        found = found.model_copy(update={"state": "resolved"})  # the reopening window has ended
    differing = []
    for name in ("rule", "state", "team", "assignee", "code", "refunds", "credits"):
        wanted, got = getattr(expected, name), getattr(found, name)
        if wanted != got and not (isinstance(wanted, tuple) and got in wanted):
            differing.append(f"{name}: expected {_words(wanted)}, found {_words(got)}")
    for name in ("overlays", "mails", "ledger"):
        wanted, got = Counter(map(_words, getattr(expected, name))), Counter(map(_words, getattr(found, name)))
        if missing := list((wanted - got).elements()):
            differing.append(f"{name}: {', '.join(missing)} missing")
        if extra := [one for one in (got - wanted).elements() if name != "mails" or one not in BROUGHT_BY_TIME]:
            differing.append(f"{name}: {', '.join(extra)} not expected")
    return differing


def in_any_order(expected: list[Expectation], found: list[Outcome]) -> list[list[str]]:
    """The differences of a group, matched with its expectations so that there are as few as possible."""
    return min(
        (
            [differences(one, other) for one, other in zip(order, found, strict=True)]
            for order in permutations(expected)
        ),
        key=lambda each: sum(len(words) for words in each),
    )


def _words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{amount} on {whom}" for whom, amount in value.items()) or "none"
    if isinstance(value, Entry):
        return f"{value.kind} {value.amount} by {value.by}"
    if isinstance(value, tuple):
        return " or ".join(map(str, value))
    return "none" if value is None else str(value)
