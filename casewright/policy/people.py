"""Reading who there is and who may do what: teams, roles, acts, and the authority matrix (RULES §5, §6)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import get_args

from pydantic import ValidationError
from yaml import Node

from casewright.domain.acts import Act
from casewright.domain.charter import AuthorityRow, Charter
from casewright.domain.clocks import DEFAULT_CALENDAR
from casewright.domain.ticket import Plan
from casewright.policy.nodes import Section, compose, items_of, text_of, texts_of
from casewright.policy.problems import Mistake, PolicyError, Problems, nearest
from casewright.policy.typed import parse_money
from casewright.policy.ways import read_next_levels, read_ways

_KINDS = ("refund", "credit")
ACT_TYPES = tuple(sorted(model.model_fields["type"].default for model in get_args(get_args(Act)[0])))


class Right(StrEnum):
    """What some roles may do beyond tickets."""

    STOP = "stop"
    """Set and lift emergency stops (RULES §8)."""
    ABSENCES = "absences"
    """Name deputies for the absences of others (RULES §5)."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """Teams and roles with their titles, the charter, and which roles hold which right."""

    teams: dict[str, str]
    roles: dict[str, str]
    charter: Charter
    rights: dict[Right, tuple[str, ...]]


def read_organisation(text: str, file: str, calendars: Collection[str] = (DEFAULT_CALENDAR,)) -> Organisation:
    """The file of roles, given the calendars that there are.

    Raises:
        PolicyError: something in it is wrong; every problem has its file, line and reason.
    """
    problems = Problems(file)
    root = compose(text, file)
    try:
        section = Section(root, problems, required=("teams", "roles", "acts", "rights", "authority"))
        teams = _titles(section, "teams", ("calendar", "channel", "lead"))
        roles = _titles(section, "roles", ("next",))
        reader = _Reader(roles, problems)
        acts, matrix, rights = reader.acts(section), reader.authority(section), reader.rights(section)
        ways, levels = read_ways(section, roles, calendars), read_next_levels(section, roles)
        problems.refuse()
        charter = Charter(acts=acts, matrix=matrix, teams=tuple(teams), ways=ways, next_level=levels)
        return Organisation(teams, roles, charter, rights)
    except Mistake as mistake:
        problems.add(mistake.node, mistake.reason)
    except ValidationError as error:
        problems.add(section.get("authority") or root, str(error.errors()[0]["msg"]))
    raise PolicyError(problems.found)


def _titles(section: Section, key: str, optional: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, (_, node) in section.mapping(key).items():
        with section.problems.collecting():
            read = Section(node, section.problems, required=("title", "source"), optional=optional)
            found[name] = read.text("title")
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    known: dict[str, str]
    problems: Problems

    def acts(self, section: Section) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for name, (key, node) in section.mapping("acts").items():
            if name not in ACT_TYPES:
                self.problems.add(key, f"unknown act {name!r}{nearest(name, ACT_TYPES)}")
            with self.problems.collecting():
                found[name] = self._roles(Section(node, self.problems, required=("roles", "source")))
        return found

    def rights(self, section: Section) -> dict[Right, tuple[str, ...]]:
        """Every one of them: a right that nobody holds couldn't be used when it is needed."""
        found: dict[Right, tuple[str, ...]] = {}
        if (node := section.get("rights")) is None:
            return found
        named = Section(node, self.problems, required=[right.value for right in Right])
        for right in Right:
            if (holders := named.get(right)) is not None:
                with self.problems.collecting():
                    found[right] = self._roles(Section(holders, self.problems, required=("roles", "source")))
        return found

    def authority(self, section: Section) -> tuple[AuthorityRow, ...]:
        found: list[AuthorityRow] = []
        for node in section.items("authority"):
            with self.problems.collecting():
                found.append(self._row(node))
        return tuple(found)

    def _row(self, node: Node) -> AuthorityRow:
        optional = ("up_to", "plans", "younger_than_days")
        section = Section(node, self.problems, required=("kind", "roles", "source"), optional=optional)
        kind, limit, days = section.text("kind"), section.get("up_to"), section.get("younger_than_days")
        if kind not in _KINDS:
            raise Mistake(section.get("kind") or node, f"unknown kind {kind!r}{nearest(kind, _KINDS)}")
        if days is not None and not text_of(days).isdecimal():
            raise Mistake(days, f"{text_of(days)!r} is no number of days")
        try:
            up_to = parse_money(text_of(limit)) if limit is not None else None
        except ValueError as error:
            raise Mistake(limit or node, str(error)) from error
        return AuthorityRow(
            kind="refund" if kind == "refund" else "credit",
            roles=self._roles(section),
            up_to=up_to,
            plans=self._plans(section.get("plans")),
            younger_than_days=int(text_of(days)) if days is not None else None,
            source=section.text("source"),
        )

    def _roles(self, section: Section) -> tuple[str, ...]:
        node = section.get("roles")
        names = texts_of(node) if node is not None else ()
        for name in names:
            if name not in self.known:
                raise Mistake(node or section.node, f"unknown role {name!r}{nearest(name, self.known)}")
        if not names:
            raise Mistake(node or section.node, "somebody must be named")
        return names

    def _plans(self, node: Node | None) -> tuple[Plan, ...] | None:
        if node is None:
            return None
        for item in items_of(node):
            if text_of(item) not in list(Plan):
                raise Mistake(item, f"unknown plan {text_of(item)!r}{nearest(text_of(item), Plan)}")
        return tuple(Plan(name) for name in texts_of(node))
