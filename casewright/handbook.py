"""The handbook: every policy version, the charter and the mail templates, read once and never changed after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from casewright.domain.acts import Remedy
from casewright.domain.charter import Charter
from casewright.domain.decision import Decision
from casewright.domain.facts import Fact
from casewright.policy.agreement import disagreements
from casewright.policy.case import Asked, Case
from casewright.policy.decide import decide, prepare_remedy
from casewright.policy.grammar import Policy, Vocabulary
from casewright.policy.overlays import OVERLAYS
from casewright.policy.people import Organisation, read_organisation
from casewright.policy.problems import PolicyError, Problem
from casewright.policy.reader import read_policy
from casewright.policy.remedy import PreparedRemedy
from casewright.policy.templates import Template, read_template, render, required_templates


class NoPolicy(LookupError):
    """No policy of that id, or no version of it in force then."""


@dataclass(frozen=True)
class Handbook:
    """What the company decided, as data."""

    policies: tuple[Policy, ...]
    """Every version, by id and version."""
    organisation: Organisation
    templates: Mapping[str, Template]

    @classmethod
    def load(cls, folder: Path) -> Handbook:
        """Read a folder with ``policies/``, ``templates/en/`` and ``roles.yaml``.

        Raises:
            PolicyError: something in it is wrong; every problem names its file, line and reason.
        """
        problems: list[Problem] = []
        organisation = _organisation(folder, problems)
        templates = _templates(folder, problems)
        if organisation is None:
            raise PolicyError(problems)
        needs = {name: template.placeholders for name, template in templates.items()}
        vocabulary = Vocabulary(needs, frozenset(organisation.teams), frozenset(organisation.roles))
        policies = _policies(folder, vocabulary, problems)
        if problems:
            raise PolicyError(problems)
        return cls(policies, organisation, templates)

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
        return decide(self._policy(case), replace(case, at=at), OVERLAYS)

    def prepare_remedy(self, case: Case, remedy: Remedy) -> PreparedRemedy:
        """A person's remedy as steps, and who may authorise it.

        Raises:
            RemedyImpossible: it can't be given; the message says why.
            NoPolicy: its policy is not in this handbook.
        """
        return prepare_remedy(self._policy(case), case, remedy)

    def replay(self, decision: Decision) -> Decision:
        """Decide again from a decision's own record (RULES §2.4).

        Raises:
            ValueError: the record lacks who asked.
            NoPolicy: its policy version is not in this handbook.
        """
        return self.decide(self.case(_Recorded(decision), decision.facts), decision.decided_at)

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


def _organisation(folder: Path, problems: list[Problem]) -> Organisation | None:
    try:
        return read_organisation(*_read(folder, folder / "roles.yaml"))
    except PolicyError as error:
        problems += error.problems
        return None


def _templates(folder: Path, problems: list[Problem]) -> dict[str, Template]:
    found: dict[str, Template] = {}
    for path in sorted((folder / "templates" / "en").glob("*.txt")):
        try:
            found[path.stem] = read_template(path.stem, *_read(folder, path))
        except PolicyError as error:
            problems += error.problems
    return {**found, **required_templates(found, "templates/en", problems)}


def _policies(folder: Path, vocabulary: Vocabulary, problems: list[Problem]) -> tuple[Policy, ...]:
    found: list[Policy] = []
    for path in sorted((folder / "policies").glob("*.yaml")):
        try:
            policy = read_policy(*_read(folder, path), vocabulary)
        except PolicyError as error:
            problems += error.problems
            continue
        problems += disagreements(policy, path.name)
        found.append(policy)
    if not found and not problems:
        problems.append(Problem("policies", 1, f"{folder} has no policy: expected files such as policies/A.1.v1.yaml"))
    return tuple(sorted(found, key=lambda p: (p.id, p.version)))


def _read(folder: Path, path: Path) -> tuple[str, str]:
    """A file's text, and its name as problems give it."""
    name = path.relative_to(folder).as_posix()
    try:
        return path.read_text(encoding="utf-8"), name
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError([Problem(name, 1, f"can't be read: {error}")]) from error
