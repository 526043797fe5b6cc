"""The handbook: policies, charter, commitments, calendars and templates, read once and never changed after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from casewright.domain.acts import Remedy
from casewright.domain.calendars import Calendar
from casewright.domain.charter import Charter
from casewright.domain.decision import Decision, Ruling
from casewright.domain.entitlement import Entitlement
from casewright.domain.facts import Fact
from casewright.domain.ticket import Plan, PolicyId, Priority
from casewright.handbook_folder import HandbookFolder
from casewright.policy.approval_terms import in_time, with_ladder
from casewright.policy.case import Asked, Case
from casewright.policy.commitment_book import CommitmentBook
from casewright.policy.decide import decide, prepare_remedy
from casewright.policy.entitlement import (
    breach_remedy,
    calendars_of,
    entitle,
    low_rating_remedy,
    promise_in_words,
    promised_response,
)
from casewright.policy.grammar import Policy
from casewright.policy.overlays import OVERLAYS
from casewright.policy.people import Organisation
from casewright.policy.problems import PolicyError
from casewright.policy.remedy import PreparedRemedy
from casewright.policy.templates import Template, render


class NoPolicy(LookupError):
    """No policy of that id, or no version of it in force then."""


@dataclass(frozen=True)
class Handbook:
    """What the company decided, as data."""

    policies: tuple[Policy, ...]
    """Every version, by id and version."""
    organisation: Organisation
    templates: Mapping[str, Template]
    calendars: Mapping[str, Calendar]
    commitments: CommitmentBook

    @classmethod
    def load(cls, folder: Path) -> Handbook:
        """Read a folder with ``policies/``, ``templates/en/``, ``calendars/``, ``commitments.yaml``, ``roles.yaml``.

        Raises:
            PolicyError: something in it is wrong; every problem names its file, line and reason.
        """
        read = HandbookFolder(folder)
        organisation, templates, commitments = read.organisation(), read.templates(), read.commitments()
        if organisation is None:
            raise PolicyError(read.problems)
        policies = read.policies(organisation, templates)
        if commitments is None or read.problems:
            raise PolicyError(read.problems)
        return cls(policies, organisation, templates, read.calendars, commitments)

    @property
    def charter(self) -> Charter:
        """Who may do what."""
        return self.organisation.charter

    def version_in_force(self, policy: str, at: datetime) -> Policy:
        """The version of a policy that is in force at an instant.

        Raises:
            NoPolicy: there is none.
        """
        known = [p for p in self.policies if p.id == policy]
        if not known:
            raise NoPolicy(f"there is no policy {policy!r}; known: {', '.join(sorted({p.id for p in self.policies}))}")
        in_force = [p for p in known if p.effective_from <= at]
        if not in_force:
            raise NoPolicy(f"no version of {policy} was in force at {at.isoformat()}")
        return max(in_force, key=lambda p: (p.effective_from, p.version))

    def policy_for(self, policy: str, version: int | None, submitted_at: datetime) -> Policy:
        """A version by its number; without one, the version in force when the ticket was submitted (RULES §2.6).

        Raises:
            NoPolicy: there is none.
        """
        if version is None:
            return self.version_in_force(policy, submitted_at)
        found = next((p for p in self.policies if (p.id, p.version) == (policy, version)), None)
        if found is None:
            raise NoPolicy(f"there is no version {version} of {policy}")
        return found

    def case(self, asked: Asked, facts: Iterable[Fact], at: datetime | None = None) -> Case:
        """A ticket with its facts, as this handbook's policies see it."""
        return Case.of(asked, facts, self.charter, at)

    def decide(self, case: Case, at: datetime) -> Decision:
        """The decision on a case as of an instant, overlays included.

        Raises:
            NoPolicy: its policy is not in this handbook.
        """
        return in_time(decide(self._policy(case), replace(case, at=at), OVERLAYS), self.charter)

    def prepare_remedy(self, case: Case, remedy: Remedy) -> PreparedRemedy:
        """A person's remedy as steps, and who may authorise it.

        Raises:
            RemedyImpossible: it can't be given; the message says why.
            NoPolicy: its policy is not in this handbook.
        """
        prepared = prepare_remedy(self._policy(case), case, remedy)
        return prepared._replace(need=with_ladder(prepared.need, self.charter))

    def replay(self, decision: Decision) -> Decision:
        """Decide again from a decision's own record (RULES §2.4).

        Raises:
            ValueError: the record lacks who asked.
            NoPolicy: its policy version is not in this handbook.
        """
        return self.decide(self.case(_Recorded(decision), decision.facts), decision.decided_at)

    def entitlement(
        self,
        *,
        policy: PolicyId,
        priority: Priority,
        plan: Plan | None,
        customer: str | None,
        received: datetime,
        customer_zone: str | None = None,
        ruling: Ruling | None = None,
        ruled_at: datetime | None = None,
    ) -> Entitlement:
        """Every commitment of a ticket, the calendars they count by, and what is given when one is broken.

        Raises:
            LookupError: the ruling is older than this handbook and names a calendar that is gone.
            ValueError: a rule's clock runs from the ruling, and nobody said when that was.
        """
        clocks = entitle(
            self.commitments,
            policy=policy,
            priority=priority,
            plan=plan,
            received=received,
            customer_zone=customer_zone,
            ruling=ruling,
            ruled_at=ruled_at,
            calendars=self.calendars,
            charter=self.charter,
        )
        promise = None if ruling is not None and ruling.neutral else promised_response(clocks, self.calendars)
        return Entitlement(
            clocks=clocks,
            calendars=calendars_of(clocks, ruling, self.calendars),
            promise=promise_in_words(promise, received, customer_zone) if promise is not None else None,
            plan=plan,
            customer=customer,
            breach_credit=breach_remedy(self.commitments, plan),
            low_rating_credit=low_rating_remedy(self.commitments, plan),
        )

    def render(self, template: str, values: Mapping[str, str]) -> tuple[str, str]:
        """Subject and body of a message.

        Raises:
            LookupError: there is no such template.
            ValueError: a value is missing, unknown, or would break the message's header.
        """
        if template not in self.templates:
            raise LookupError(f"there is no template {template!r}")
        return render(self.templates[template], values)

    def _policy(self, case: Case) -> Policy:
        return self.policy_for(case.policy, case.version, case.submitted_at)


class _Recorded:
    """A decision's record as the request that it came from."""

    def __init__(self, decision: Decision) -> None:
        if decision.ticket is None or decision.submitted_at is None or decision.requester is None:
            raise ValueError("the record doesn't say who asked, so it can't be decided again")
        self.ticket, self.submitted_at, self.requester = decision.ticket, decision.submitted_at, decision.requester
        self.policy, self.version = decision.ruling.policy, decision.ruling.version
        self.priority, self.claims = decision.priority, decision.claims
