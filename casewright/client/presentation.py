"""A ticket as operators see it in Temporal's own tools, which keep plain text: no personal data in any of it."""

from __future__ import annotations

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from casewright.domain.messages import POLICY_ATTRIBUTE, PRIORITY_ATTRIBUTE, STATE_ATTRIBUTE
from casewright.domain.ticket import Submission

STARTED = "working"
"""``domain.reading.state_word`` of a ticket that just came in."""


def attributes(submission: Submission) -> TypedSearchAttributes:
    """What tickets are searched by from their first moment on."""
    values = {
        POLICY_ATTRIBUTE: submission.policy,
        PRIORITY_ATTRIBUTE: submission.priority.value,
        STATE_ATTRIBUTE: STARTED,
    }
    pairs = [SearchAttributePair(SearchAttributeKey.for_keyword(name), value) for name, value in values.items()]
    return TypedSearchAttributes(pairs)


def summary(submission: Submission) -> str:
    """One line of the list."""
    return f"{submission.policy} · {submission.priority} · by {submission.channel}"


def details(submission: Submission) -> str:
    """What stays true of the ticket, as Markdown."""
    return (
        f"Policy **{submission.policy}**, submitted as {submission.priority} by {submission.channel}. "
        "Its words are not repeated here."
    )
