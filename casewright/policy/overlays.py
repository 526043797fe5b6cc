"""Overlays: functions from a case and its decision to a decision, applied in order after the table.

Each may only add caution. The table's own verdict stays in the trace, and the ruling names each overlay that changed
it. Account managers, emergency stops and the critical protocol come here too.
"""

from __future__ import annotations

from casewright.domain.billing import Account
from casewright.domain.decision import Decision, Ownership
from casewright.domain.facts import FactUnavailable
from casewright.domain.people import POLICY_EXCEPTION_QUEUE
from casewright.policy.case import Case
from casewright.policy.decide import Overlay
from casewright.policy.registry import INPUTS_MODULES

ACCOUNT = "billing.account"


def anomaly(case: Case, decision: Decision) -> Decision:
    """A sender who is not one of the account's contacts goes to a person, and nothing is done (RULES §2.2).

    Whether there is an account at all, and whether it can be asked for, matters only to a policy that decides by it: an
    order is somebody's without one.
    """
    if ACCOUNT not in case.facts:
        return decision
    by_account = ACCOUNT in INPUTS_MODULES[case.policy].facts
    try:
        account = case.read(ACCOUNT, Account)
    except FactUnavailable as error:
        automates = by_account and decision.ruling.ownership is Ownership.AUTOMATE
        return to_a_person(decision, "anomaly", f"the sender can't be checked: {error}") if automates else decision
    if account is None and not by_account:
        return decision
    if account is None:
        return to_a_person(decision, "anomaly", "the sender has no account, or none that is certain")
    if case.requester.email.lower() in account.contacts:
        return decision
    return to_a_person(decision, "anomaly", "the sender's address is not one of the account's contacts")


def to_a_person(decision: Decision, overlay: str, why: str) -> Decision:
    """The same decision without its steps; an escalation stays one, anything else becomes an exception."""
    ruling = decision.ruling
    escalated = ruling.ownership is Ownership.ESCALATE
    changed = ruling.model_copy(
        update={
            "ownership": Ownership.ESCALATE if escalated else Ownership.EXCEPTION,
            "team": ruling.team if escalated else POLICY_EXCEPTION_QUEUE,
            "reason": f"{why}; the table said: {ruling.reason}",
            "approval": None,
            "question": None,
            "overlays": (*ruling.overlays, f"{overlay}: {why}; the table ruled {ruling.ownership}"),
        }
    )
    return decision.model_copy(update={"ruling": changed, "steps": ()})


OVERLAYS: tuple[Overlay, ...] = (anomaly,)
