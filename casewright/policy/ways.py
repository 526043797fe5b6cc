"""Reading how teams work and who is above whom, from the file of roles (RULES §4, §5)."""

from __future__ import annotations

from collections.abc import Callable, Collection

from pydantic import ValidationError
from yaml import MappingNode, Node

from casewright.domain.charter import Team
from casewright.domain.people import RoleName, TeamName
from casewright.policy.nodes import Section, text_of
from casewright.policy.problems import Mistake, nearest


def read_ways(section: Section, roles: Collection[str], calendars: Collection[str]) -> dict[TeamName, Team]:
    """Team → its calendar, channel and lead; what isn't given is as for most teams. What is wrong becomes a problem."""
    known = {"calendar": _known("calendar", calendars), "lead": _known("role", roles), "channel": text_of}
    found: dict[TeamName, Team] = {}
    for name, (_, node) in section.mapping("teams").items():
        with section.problems.collecting():
            found[name] = _way(_values(node, known), node)
    return found


def read_next_levels(section: Section, roles: Collection[str]) -> dict[RoleName, RoleName]:
    """Role → the role above it. What is wrong becomes a problem, a chain that has no top too."""
    found: dict[RoleName, RoleName] = {}
    for name, (_, node) in section.mapping("roles").items():
        with section.problems.collecting():
            for above, place in _values(node, {"next": _known("role", roles)}).values():
                if name in _chain(above, found):
                    raise Mistake(place, f"who is above {name!r} comes back to it: nobody would be at the top")
                found[name] = above
    return found


def _chain(role: RoleName, above: dict[RoleName, RoleName]) -> list[RoleName]:
    """A role and whoever is above it, which so far comes back to nobody."""
    chain = [role]
    while (following := above.get(chain[-1])) is not None:
        chain.append(following)
    return chain


def _way(values: dict[str, tuple[str, Node]], node: Node) -> Team:
    try:
        return Team.model_validate({key: text for key, (text, _) in values.items()})
    except ValidationError as error:
        wrong, place = values.get("channel", ("", node))
        raise Mistake(place, f'{wrong!r} is no channel: write it as "#billing", in quotes') from error


def _values(node: Node, known: dict[str, Callable[[Node], str]]) -> dict[str, tuple[str, Node]]:
    """The keys of a mapping that are known here, each read, with its place."""
    entries = node.value if isinstance(node, MappingNode) else []
    return {key.value: (known[key.value](value), value) for key, value in entries if key.value in known}


def _known(what: str, names: Collection[str]) -> Callable[[Node], str]:
    def read(node: Node) -> str:
        name = text_of(node)
        if name not in names:
            raise Mistake(node, f"unknown {what} {name!r}{nearest(name, names)}")
        return name

    return read
