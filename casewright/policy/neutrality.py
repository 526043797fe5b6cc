"""Neutral policies: what the customer sees must not tell what was found, such as whether an account exists (RULES B.1).

Such a policy names one reply. Every ticket gets it, whatever the table says and even when no row is certain; it is the
first step, it waits for nobody, and no rule may send the customer anything else.
"""

from __future__ import annotations

from casewright.domain.decision import Decision, Ownership, PlannedStep
from casewright.policy.case import Case
from casewright.policy.grammar import Policy, Row, Vocabulary
from casewright.policy.nodes import Section, text_of
from casewright.policy.problems import nearest
from casewright.policy.steps import STANDARD_VALUES, letter_to

REPLY = "reply"
"""The id of the neutral reply among a decision's steps."""


def read_neutral(section: Section, rows: tuple[Row, ...], vocabulary: Vocabulary) -> str | None:
    """The template that a policy's key ``neutral`` names; whatever in its rows would tell is a problem."""
    node = section.get("neutral")
    if node is None:
        return None
    name, problems = text_of(node), section.problems
    if name not in vocabulary.templates:
        problems.add(node, f"unknown template {name!r}{nearest(name, vocabulary.templates)}")
    elif vocabulary.templates[name] - STANDARD_VALUES:
        problems.add(node, f"the template {name!r} needs values: a neutral reply says the same to everybody")
    for row in rows:
        for step in row.steps:
            if step.kind == "mail":
                problems.add(step.line, f"{row.id}: only the neutral reply goes to the customer; this mail would tell")
            if step.id == REPLY:
                problems.add(step.line, f"{row.id}: {REPLY!r} is the neutral reply's id")
        if row.ownership in (Ownership.ASK, Ownership.WAIT):
            problems.add(
                row.line, f"{row.id}: '{row.ownership}' would tell this ticket from others of a neutral policy"
            )
    return name


def with_neutral_reply(policy: Policy, case: Case, decision: Decision) -> Decision:
    """The decision with the neutral reply before everything else; of a policy that isn't neutral, as it is."""
    if policy.neutral is None:
        return decision
    reply = letter_to(case.requester.email, case.requester.name, policy.neutral, REPLY)
    ruling = decision.ruling.model_copy(update={"neutral": True})
    return decision.model_copy(update={"ruling": ruling, "steps": (PlannedStep(step=reply), *decision.steps)})
