"""A file's node tree: read by libyaml where PyYAML has it, and the same, mark by mark, where it hasn't."""

from collections.abc import Iterator

import pytest
import yaml

from casewright.policy.nodes import compose
from casewright.policy.problems import PolicyError

from .edits import NAME, TEXT

pytestmark = pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without libyaml here")
Place = tuple[type[yaml.Node], str | None, int, int]


def places(node: yaml.Node | None) -> Iterator[Place]:
    """Each node's kind, text, line and column."""
    assert node is not None
    text = node.value if isinstance(node, yaml.ScalarNode) else None
    yield type(node), text, node.start_mark.line, node.start_mark.column
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from (*places(key), *places(value))
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from places(item)


def test_a_file_reads_the_same_without_the_quick_loader() -> None:
    assert list(places(compose(TEXT, NAME))) == list(places(yaml.compose(TEXT, Loader=yaml.BaseLoader)))


def test_the_quick_loader_is_used_where_it_is() -> None:
    # Only libyaml says it in these words.
    with pytest.raises(PolicyError, match="mapping values are not allowed in this context"):
        compose("a: b: c", NAME)
