"""An audit's report as people read it."""

from __future__ import annotations

from collections.abc import Iterator

from casewright.records.audit_report import AuditReport, Finding
from starter.commands.showing import plain


def report_in_words(report: AuditReport, *, signed: bool) -> Iterator[str]:
    """How much was looked at, every finding, and what may not have shown."""
    seen = (
        f"{report.tickets} tickets, {report.rows} rows, {report.movements} movements at the gateway, "
        f"{report.digests} signed digests"
    )
    if report.sound:
        yield f"Everything agrees: {seen}."
    else:
        yield f"Not everything agrees: {len(report.findings)} findings in {seen}."
        yield from (_words(finding) for finding in report.findings)
    if not signed:
        yield "Signed digests weren't read (no CASEWRIGHT_ANCHOR_KEY): a cut tail or a missing ticket may not show."
    elif not report.digests:
        yield "There is no signed digest: a cut tail or a missing ticket would not show. `casewright audit anchor`"


def _words(finding: Finding) -> str:
    place = f", row {finding.position}" if finding.position is not None else ""
    where = f"{finding.ticket}{place}: " if finding.ticket else ""
    return f"  [{finding.kind}] {where}{plain(finding.detail)}"
