"""Deciding: facts from their systems, then the policy's table; and remedies checked the same way."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.facts import ACCOUNT, FactSource, gather
from casewright.domain.billing import Account
from casewright.domain.decision import Decision, Ruling
from casewright.domain.entitlement import Entitlement
from casewright.domain.facts import FactUnavailable
from casewright.domain.requests import (
    ASSESS,
    ENTITLE,
    FACTS_MISSING,
    PREPARE_REMEDY,
    AssessRequest,
    EntitleRequest,
    RemedyOrder,
    RemedyPlan,
)
from casewright.domain.tempo import Tempo
from casewright.domain.ticket import Plan
from casewright.handbook import Handbook, NoPolicy
from casewright.policy.case import Asked, Case
from casewright.policy.remedy import RemedyImpossible
from casewright.telemetry import meters


@dataclass(frozen=True)
class _Known:
    """What commitments need to know of a customer."""

    plan: Plan | None
    customer: str | None
    zone: str | None


def _account(case: Case) -> tuple[_Known | None, bool]:
    """What billing knows of the customer, and whether it couldn't say."""
    try:
        account = case.read(ACCOUNT, Account)
    except FactUnavailable:
        return None, True
    return (_Known(account.plan, account.customer, account.zone) if account else None), False


class Assessor:
    """Gathers what a policy version needs to know, and asks it."""

    def __init__(self, handbook: Handbook, sources: Sequence[FactSource], tempo: Tempo) -> None:
        self._handbook, self._sources, self._tempo = handbook, sources, tempo

    @activity.defn(name=ASSESS)
    async def assess(self, request: AssessRequest) -> Decision:
        """The decision on a ticket as of now.

        Raises:
            ApplicationError: ``FactsMissing``, when told to insist and a fact that matters is unavailable.
        """
        began = time.monotonic()
        case = await self._case(request)
        decision = self._handbook.decide(case, self._tempo.now())
        if request.insist and decision.ruling.rule is None and decision.unavailable:
            words = "; ".join(f"{name}: {why}" for name, why in decision.unavailable.items())
            raise ApplicationError(words, type=FACTS_MISSING)
        decision = self._entitled(case, decision)
        told = {"policy": decision.ruling.policy, "ownership": decision.ruling.ownership.value}
        meters.DECISION_DURATION.record(time.monotonic() - began, **told)
        return decision

    @activity.defn(name=ENTITLE)
    async def entitle(self, request: EntitleRequest) -> Entitlement:
        """The commitments of a ticket under its present ruling and priority; billing is asked only when told to.

        Raises:
            ApplicationError: ``FactsMissing``, when billing was to say who the customer is and can't.
        """
        known: _Known | None = _Known(request.plan, request.customer, request.zone)
        neutral = request.ruling is not None and request.ruling.neutral
        if request.seek and request.plan is None and not neutral:
            facts = await gather(self._sources, request.case, (ACCOUNT,))
            known, uncertain = _account(self._handbook.case(request.case, facts))
            if uncertain:
                raise ApplicationError("billing can't say who the customer is", type=FACTS_MISSING)
        return self._entitlement(request.case, request.ruling, known, self._tempo.now())

    @activity.defn(name=PREPARE_REMEDY)
    async def prepare_remedy(self, order: RemedyOrder) -> RemedyPlan:
        """The steps of a person's remedy and who may authorise them, or why it is impossible."""
        request = order.case
        if order.remedy.invoice is not None:
            request = request.model_copy(update={"claims": {**request.claims, "invoice": order.remedy.invoice}})
        case = await self._case(request)
        for fact in case.facts.values():
            if fact.reason is not None:
                raise ApplicationError(f"{fact.name}: {fact.reason}", type=FACTS_MISSING)
        try:
            steps, need = self._handbook.prepare_remedy(case, order.remedy)
        except RemedyImpossible as error:
            return RemedyPlan(impossible=str(error))
        return RemedyPlan(steps=steps, need=need)

    def _entitled(self, case: Case, decision: Decision) -> Decision:
        """The decision with what the ticket is entitled to; under a neutral policy whoever the account is (B.1)."""
        account, uncertain = (None, False) if decision.ruling.neutral else _account(case)
        entitlement = self._entitlement(case, decision.ruling, account, decision.decided_at, uncertain=uncertain)
        return decision.model_copy(update={"entitlement": entitlement})

    def _entitlement(
        self, asked: Asked, ruling: Ruling | None, account: _Known | None, at: datetime, *, uncertain: bool = False
    ) -> Entitlement:
        entitlement = self._handbook.entitlement(
            policy=asked.policy,
            priority=asked.priority,
            plan=account.plan if account else None,
            customer=account.customer if account else None,
            received=asked.submitted_at,
            customer_zone=account.zone if account else None,
            ruling=ruling,
            ruled_at=at,
        )
        zone = account.zone if account else None
        return entitlement.model_copy(update={"plan_uncertain": uncertain, "zone": zone})

    async def _case(self, request: AssessRequest) -> Case:
        try:
            policy = self._handbook.policy_for(request.policy, request.version, request.submitted_at)
        except NoPolicy as error:
            # Waiting won't write it: people get the ticket at once.
            raise ApplicationError(str(error), type=type(error).__name__, non_retryable=True) from error
        # Who they are decides what they are promised, whatever the policy itself asks; but not under a neutral one.
        of_account = () if policy.neutral else (ACCOUNT,)
        facts = await gather(self._sources, request, tuple(dict.fromkeys((*policy.facts, *of_account))))
        return self._handbook.case(request, facts)
