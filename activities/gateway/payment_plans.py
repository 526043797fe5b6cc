"""Step ``payment-plan``: an open invoice becomes a schedule of invoices, once (HB I.2)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta

import stripe

from activities.gateway.client import PAGE, Gateway, all_of
from activities.gateway.errors import translated
from activities.gateway.objects import STEP_KEY, metadata
from activities.gateway.plan_objects import (
    PART,
    PLAN_OF,
    REPLACED_BY,
    made,
    part_number,
    read_bill,
)
from casewright.domain.effects import Done, Refused, Unreachable
from casewright.domain.installments import BillStatus, Installment
from casewright.domain.steps import PaymentPlanStep

Parts = dict[int, stripe.Invoice]


class PaymentPlanEffect:
    """Step ``payment-plan``: drafts of all parts, then the old invoice is voided, then the drafts become bills.

    So at no moment more is owed than before, and a customer who pays the old invoice meanwhile is asked for nothing
    else. Whatever is there is found by its metadata, and the next try goes on from there, however much later.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._api = gateway.api

    async def lookup(self, key: str, step: PaymentPlanStep) -> Done | None:
        """Done when the old invoice is void and every part is a bill."""
        old, parts = await asyncio.gather(self._old(step), self._parts(key, step))
        billed = [part.id for _, part in sorted(parts.items()) if part.status != BillStatus.DRAFT]
        return made(billed) if _is_replaced(old, key) and len(billed) == len(step.parts) else None

    async def perform(self, key: str, step: PaymentPlanStep) -> Done:
        """Go on from what there is."""
        old = await self._old(step)
        if not _is_replaced(old, key):
            try:
                self._check(old, step)
                await self._draft(key, step)
                await self._void(key, step)
            except Refused:
                await self._undo(key, step)
                raise
        try:
            return await self._bill(key, step)
        except Refused as error:
            # The old invoice is void by now: that nothing happened would be wrong.
            raise Unreachable(f"the invoice is void, and the plan is not complete: {error}") from error

    async def _old(self, step: PaymentPlanStep) -> stripe.Invoice:
        with translated():
            old = await self._api.invoices.retrieve_async(step.invoice)
        if old.customer != step.customer:
            raise Refused(f"the invoice {step.invoice} is not the customer's")
        return old

    def _check(self, old: stripe.Invoice, step: PaymentPlanStep) -> None:
        bill = read_bill(old)
        if bill is None or bill.status is not BillStatus.OPEN:
            raise Refused(f"since this was decided, the invoice has become {old.status}")
        if bill.remaining.currency != step.amount.currency or bill.remaining.minor != step.amount.minor:
            raise Refused(f"since this was decided, {bill.remaining} are owed instead of {step.amount}")

    async def _parts(self, key: str, step: PaymentPlanStep) -> Parts:
        """Number → invoice of this step's plan, of those that there are."""
        with translated():
            page = await self._api.invoices.list_async({"customer": step.customer, "limit": PAGE})
            ours = [one for one in await all_of(page.auto_paging_iter()) if metadata(one).get(STEP_KEY) == key]
        return {number: part for part in ours if (number := part_number(part)) is not None}

    async def _draft(self, key: str, step: PaymentPlanStep) -> None:
        there = await self._parts(key, step)
        for number, part in enumerate(step.parts, 1):
            draft = there.get(number) or await self._drafted(key, step, number, part)
            if draft.total == 0:
                await self._fill(key, step, number, draft.id)
            elif draft.total != part.amount.minor:
                raise Refused(f"the draft of part {number} is of another amount than {part.amount}")

    async def _drafted(self, key: str, step: PaymentPlanStep, number: int, part: Installment) -> stripe.Invoice:
        with translated():
            return await self._api.invoices.create_async(
                {
                    "customer": step.customer,
                    "collection_method": "send_invoice",
                    # Else the gateway makes a bill of it by itself within the hour.
                    "auto_advance": False,
                    "currency": part.amount.currency.lower(),
                    "description": f"Part {number} of {len(step.parts)}",
                    "due_date": _end_of(part),
                    "metadata": {STEP_KEY: key, PLAN_OF: step.invoice, PART: str(number)},
                    "pending_invoice_items_behavior": "exclude",
                },
                {"idempotency_key": f"{key}/{number}"},
            )

    async def _fill(self, key: str, step: PaymentPlanStep, number: int, draft: str) -> None:
        amount = step.parts[number - 1].amount
        with translated():
            await self._api.invoice_items.create_async(
                {
                    "customer": step.customer,
                    "invoice": draft,
                    "amount": amount.minor,
                    "currency": amount.currency.lower(),
                    "description": f"Part {number} of {len(step.parts)}",
                    "metadata": {STEP_KEY: key},
                },
                {"idempotency_key": f"{key}/{number}/amount"},
            )

    async def _void(self, key: str, step: PaymentPlanStep) -> None:
        """First its mark, by which a later try knows that the invoice is void because of this step."""
        with translated():
            await self._api.invoices.update_async(
                step.invoice, {"metadata": {REPLACED_BY: key}}, {"idempotency_key": f"{key}/mark"}
            )
            await self._api.invoices.void_invoice_async(step.invoice, {}, {"idempotency_key": f"{key}/void"})

    async def _bill(self, key: str, step: PaymentPlanStep) -> Done:
        parts = await self._parts(key, step)
        if len(parts) != len(step.parts):
            raise Unreachable(f"the invoice is void, and of {len(step.parts)} parts only {len(parts)} are there")
        for number, part in sorted(parts.items()):
            if part.status == BillStatus.DRAFT:
                with translated():
                    await self._api.invoices.finalize_invoice_async(
                        part.id, {"auto_advance": True}, {"idempotency_key": f"{key}/{number}/bill"}
                    )
        return made([part.id for _, part in sorted(parts.items())])

    async def _undo(self, key: str, step: PaymentPlanStep) -> None:
        """Drafts that come to nothing are deleted; a part that is a bill by now stays for people to see."""
        for part in (await self._parts(key, step)).values():
            if part.status == BillStatus.DRAFT:
                with translated():
                    await self._api.invoices.delete_async(part.id)


def _is_replaced(old: stripe.Invoice, key: str) -> bool:
    return old.status == BillStatus.VOID and metadata(old).get(REPLACED_BY) == key


def _end_of(part: Installment) -> int:
    """The last second of the day, in UTC."""
    next_day = datetime.combine(part.due + timedelta(days=1), time(), tzinfo=UTC)
    return int(next_day.timestamp()) - 1
