"""How the ticket's activities are timed and retried.

Short start-to-close timeouts set how soon a killed worker's activity runs again elsewhere.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio.common import RetryPolicy

from casewright.domain.requests import JOURNAL_CONFLICT

EFFECT_ATTEMPT = timedelta(seconds=15)
JOURNAL_ATTEMPT = timedelta(seconds=10)
ANCHOR_ATTEMPT = timedelta(minutes=10)
QUICK_LOOK = timedelta(seconds=3)
"""For a local activity: it holds the workflow task, and acts wait behind it."""
PATIENT_ATTEMPT = timedelta(seconds=30)

PERSISTENT = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=60),
    non_retryable_error_types=[JOURNAL_CONFLICT],
)
FEW = RetryPolicy(maximum_attempts=3)
ONCE = RetryPolicy(maximum_attempts=1)
