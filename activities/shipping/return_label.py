"""Step ``return-label``: a carrier's label, by mail to whoever submitted the ticket, with the file attached (HB C.1).

Neither the link nor the file comes into the step, the journal, a log or an error.
"""

from __future__ import annotations

from activities.shipping.returns import Returns
from activities.smtp import Attachment, Smtp
from casewright.domain.effects import Done
from casewright.domain.steps import ReturnLabelStep
from casewright.handbook import Handbook

TEMPLATE = "return-label"


class ReturnLabelEffect:
    """Makes the label once under the step's key and mails it: a repeat has the same label and the same Message-ID."""

    def __init__(self, returns: Returns, handbook: Handbook, smtp: Smtp) -> None:
        self._returns, self._handbook, self._smtp = returns, handbook, smtp

    async def lookup(self, key: str, step: ReturnLabelStep) -> Done | None:
        """Nothing: that a label was made doesn't say that it was mailed."""
        return None

    async def perform(self, key: str, step: ReturnLabelStep) -> Done:
        """Make it, fetch it, mail it."""
        label = await self._returns.label_for(step.order, key)
        file = Attachment(f"{label.tracking_number}.pdf", await self._returns.file(label), "application/pdf")
        values = {
            "ticket": key.partition("/")[0],
            "product": step.product,
            "order": step.order,
            "tracking": label.tracking_number,
        }
        if step.name is not None:
            values["name"] = step.name
        message = self._smtp.compose(key, step.to, *self._handbook.render(TEMPLATE, values), attachment=file)
        await self._smtp.send(message)
        return Done(reference=label.tracking_number)
