"""The search attributes that a Temporal namespace must know before a worker starts. No personal data in any."""

from collections.abc import Mapping

from casewright.domain.messages import (
    DEADLINE_ATTRIBUTE,
    POLICY_ATTRIBUTE,
    PRIORITY_ATTRIBUTE,
    STATE_ATTRIBUTE,
    TEAM_ATTRIBUTE,
)

SEARCH_ATTRIBUTES: Mapping[str, str] = {
    POLICY_ATTRIBUTE: "Keyword",
    PRIORITY_ATTRIBUTE: "Keyword",
    STATE_ATTRIBUTE: "Keyword",
    TEAM_ATTRIBUTE: "Keyword",
    DEADLINE_ATTRIBUTE: "Datetime",
}
