"""A handbook's folder: every file of it read, and every problem of all of them collected before anything is refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TypeVar

from casewright.domain.calendars import Calendar
from casewright.domain.clocks import DEFAULT_CALENDAR
from casewright.policy.agreement import disagreements
from casewright.policy.calendars import read_calendar
from casewright.policy.commitment_book import CommitmentBook
from casewright.policy.commitments import read_commitments
from casewright.policy.grammar import Policy, Vocabulary
from casewright.policy.people import Organisation, read_organisation
from casewright.policy.problems import PolicyError, Problem
from casewright.policy.reader import read_policy
from casewright.policy.templates import STAFF, Template, read_template, required_templates

Read = TypeVar("Read")
_ENDINGS = frozenset({".yaml", ".yml", ".json"})


class HandbookFolder:
    """Reads the parts; what has a mistake is left out, and its problems are in ``problems``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.problems: list[Problem] = []
        self._calendars = self._read_calendars()

    @property
    def calendars(self) -> dict[str, Calendar]:
        """Every calendar, by its id."""
        return {name: calendar for name, calendar in self._calendars.items() if calendar is not None}

    def organisation(self) -> Organisation | None:
        """Who there is, and who may do what."""
        return self._parsed(Path("roles.yaml"), lambda text, name: read_organisation(text, name, self._calendars))

    def commitments(self) -> CommitmentBook | None:
        """What every ticket is promised."""
        return self._parsed(Path("commitments.yaml"), lambda text, name: read_commitments(text, name, self._calendars))

    def templates(self) -> dict[str, Template]:
        """Every message; of those that the code sends, what is missing becomes a problem."""
        found: dict[str, Template] = {}
        for path in self._files("templates/en", frozenset({".txt"})):
            template = self._parsed(path, lambda text, name: read_template(Path(name).stem, text, name))
            if template is not None:
                found[path.stem] = template
        return {**found, **required_templates(found, "templates/en", self.problems)}

    def policies(self, organisation: Organisation, templates: Mapping[str, Template]) -> tuple[Policy, ...]:
        """Every version of every policy; they may name what the rest of the handbook has."""
        vocabulary = self._vocabulary(organisation, templates)
        found: list[Policy] = []
        for path in self._files("policies", frozenset({".yaml"})):
            policy = self._parsed(path, lambda text, name: read_policy(text, name, vocabulary))
            if policy is not None:
                self.problems += disagreements(policy, path.name)
                found.append(policy)
        if not found and not self.problems:
            reason = f"{self._folder} has no policy: expected files such as policies/A.1.v1.yaml"
            self.problems.append(Problem("policies", 1, reason))
        return tuple(sorted(found, key=lambda p: (p.id, p.version)))

    def _vocabulary(self, organisation: Organisation, templates: Mapping[str, Template]) -> Vocabulary:
        """Messages to colleagues stand apart: no rule may send one to a customer."""
        needs = {name: template.placeholders for name, template in templates.items()}
        staff = {name: needs.pop(name) for name in sorted(needs) if name.startswith(STAFF)}
        teams, roles = frozenset(organisation.teams), frozenset(organisation.roles)
        return Vocabulary(needs, teams, roles, frozenset(self._calendars), staff)

    def _read_calendars(self) -> dict[str, Calendar | None]:
        """By id; one with a mistake is None under its file's name, so that naming it is no second mistake."""
        found: dict[str, Calendar | None] = {}
        for path in self._files("calendars", _ENDINGS):
            calendar = self._parsed(path, read_calendar)
            name = calendar.id if calendar is not None else path.stem
            if name in found:
                self.problems.append(Problem(path.as_posix(), 1, f"there are two calendars {name!r}"))
            found[name] = calendar
            if calendar is not None and calendar.working_day is None:
                reason = "no weekday has hours: what is due by this calendar would never be"
                self.problems.append(Problem(path.as_posix(), 1, reason))
        if DEFAULT_CALENDAR not in found:
            reason = "the calendar is missing: it is that of whoever names none"
            self.problems.append(Problem(f"calendars/{DEFAULT_CALENDAR}.yaml", 1, reason))
        return found

    def _files(self, folder: str, endings: Collection[str]) -> list[Path]:
        """The files of a folder as paths inside the handbook, by name."""
        there = (path for path in (self._folder / folder).glob("*") if path.suffix in endings)
        return sorted(path.relative_to(self._folder) for path in there)

    def _parsed(self, path: Path, parse: Callable[[str, str], Read]) -> Read | None:
        name = path.as_posix()
        try:
            return parse((self._folder / path).read_text(encoding="utf-8"), name)
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(Problem(name, 1, f"can't be read: {error}"))
        except PolicyError as error:
            self.problems += error.problems
        return None
