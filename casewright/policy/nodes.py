"""YAML as text with line numbers: no value is anything but text before its declared type reads it."""

from __future__ import annotations

from collections.abc import Iterable

import yaml
from pydantic import JsonValue
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from casewright.policy.problems import Mistake, PolicyError, Problem, Problems, nearest

# The same in C where PyYAML was built with it: 14 times faster.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def compose(text: str, file: str) -> Node:
    """The file's node tree.

    Raises:
        PolicyError: it is not YAML, or empty.
    """
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PolicyError([Problem(file, line, f"not YAML: {error.problem}")]) from error
    except yaml.YAMLError as error:
        raise PolicyError([Problem(file, 1, f"not YAML: {error}")]) from error
    if node is None:
        raise PolicyError([Problem(file, 1, "the file is empty")])
    return node


def text_of(node: Node) -> str:
    """The text of a scalar."""
    if not isinstance(node, ScalarNode):
        raise Mistake(node, "expected one value here, not a list or a mapping")
    if not node.value.strip():
        raise Mistake(node, "a value is missing here")
    return " ".join(str(node.value).split())


def items_of(node: Node) -> list[Node]:
    """The items of a list."""
    if not isinstance(node, SequenceNode):
        raise Mistake(node, "expected a list here")
    return list(node.value)


def texts_of(node: Node) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(text_of(item) for item in items_of(node))


def entries_of(node: Node, problems: Problems) -> dict[str, tuple[Node, Node]]:
    """Key → (key's node, value's node); a key that comes twice is a problem."""
    if not isinstance(node, MappingNode):
        raise Mistake(node, "expected a mapping (name: value) here")
    entries: dict[str, tuple[Node, Node]] = {}
    for key, value in node.value:
        name = text_of(key)
        if name in entries:
            problems.add(key, f"{name!r} comes twice")
        entries[name] = (key, value)
    return entries


class Section:
    """A mapping with a closed set of keys."""

    def __init__(
        self, node: Node, problems: Problems, *, required: Iterable[str], optional: Iterable[str] = ()
    ) -> None:
        self.node = node
        self.problems = problems
        self.entries = entries_of(node, problems)
        needed = tuple(required)
        known = {*needed, *optional}
        for name, (key, _) in self.entries.items():
            if name not in known:
                problems.add(key, f"unknown key {name!r}{nearest(name, known - set(self.entries))}")
        for name in needed:
            if name not in self.entries:
                problems.add(node, f"the key {name!r} is missing")

    def get(self, key: str) -> Node | None:
        """The node of a key, if it is there."""
        entry = self.entries.get(key)
        return entry[1] if entry else None

    def text(self, key: str, default: str = "") -> str:
        """The text of a key; the default when it is missing (a required one was reported already)."""
        node = self.get(key)
        return default if node is None else text_of(node)

    def items(self, key: str) -> list[Node]:
        """The list of a key; empty when it is missing."""
        node = self.get(key)
        return [] if node is None else items_of(node)

    def mapping(self, key: str) -> dict[str, tuple[Node, Node]]:
        """The mapping of a key; empty when it is missing."""
        node = self.get(key)
        return {} if node is None else entries_of(node, self.problems)


def plain(node: Node) -> JsonValue:
    """The whole content as lists, mappings and texts: what the hash of a file is taken of."""
    if isinstance(node, MappingNode):
        return {str(key.value): plain(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.value]
    return str(node.value)
