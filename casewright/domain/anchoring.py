"""Names of the daily anchoring of the journal's chains."""

ANCHOR_WORKFLOW = "AnchorJournal"
ANCHOR_SCHEDULE = "casewright-anchor-journal"
ANCHOR = "anchor"
