"""Anchoring: once a day the journal's chain heads are signed and kept outside the database (RULES §8)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from casewright.domain.anchoring import ANCHOR, ANCHOR_WORKFLOW
    from workflows import activity_options as options


@workflow.defn(name=ANCHOR_WORKFLOW)
class AnchorJournal:
    """Sign the heads of all chains that grew since the last digest."""

    @workflow.run
    async def run(self) -> str:
        """The name of the digest that was written."""
        written: str = await workflow.execute_activity(
            ANCHOR,
            result_type=str,
            start_to_close_timeout=options.ANCHOR_ATTEMPT,
            retry_policy=options.PERSISTENT,
            summary="sign the heads of the journal's chains",
        )
        return written
