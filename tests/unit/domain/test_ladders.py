"""Who is asked level by level, and how long a span is in words."""

import pytest
from pydantic import ValidationError

from casewright.domain import spans
from casewright.domain.charter import AuthorityRow, Charter, Team

TOP = tuple(AuthorityRow(kind=kind, roles=("director",), source="DF 6.1") for kind in ("refund", "credit"))
CHAIN = {"agent": "lead", "specialist": "manager", "lead": "manager", "manager": "director"}


def charter(levels: dict[str, str]) -> Charter:
    return Charter(acts={}, matrix=TOP, next_level=levels)


@pytest.mark.parametrize(
    ("roles", "levels"),
    [
        (("agent",), (("agent",), ("lead",), ("manager",), ("director",))),
        (("director", "manager"), (("manager",), ("director",))),
        (("lead", "specialist"), (("lead", "specialist"), ("manager",), ("director",))),
        (("agent", "specialist"), (("agent", "specialist"), ("lead", "manager"), ("director",))),
        (("director",), (("director",),)),
        (("auditor",), (("auditor",),)),
        ((), ()),
    ],
)
def test_the_lowest_are_asked_first_and_then_whoever_is_above_them(
    roles: tuple[str, ...], levels: tuple[tuple[str, ...], ...]
) -> None:
    assert charter(CHAIN).ladder(roles) == levels


@pytest.mark.parametrize("levels", [{"agent": "agent"}, {**CHAIN, "director": "lead"}])
def test_a_chain_without_a_top_is_refused(levels: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="comes back to"):
        charter(levels)


def test_a_team_of_which_nothing_is_said_works_as_most_do() -> None:
    assert charter(CHAIN).team("billing") == charter(CHAIN).team(None) == Team()


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ("1 min", "1 minute"),
        ("15 min", "15 minutes"),
        ("1 h", "1 hour"),
        ("2 d", "2 days"),
        ("4 bh", "4 business hours"),
        ("1 wd", "1 working day"),
    ],
)
def test_a_span_is_said_in_words(span: str, words: str) -> None:
    assert spans.in_words(span) == words


@pytest.mark.parametrize(
    ("span", "other", "shorter"),
    [
        ("60 min", "1 h", True),
        ("61 min", "1 h", False),
        ("24 h", "1 d", True),
        ("2 wd", "2 wd", True),
        ("3 wd", "2 wd", False),
        ("1 bh", "1 wd", False),
        ("1 h", "4 bh", False),
    ],
)
def test_spans_compare_where_it_is_sure(span: str, other: str, shorter: bool) -> None:
    assert spans.at_most(span, other) is shorter
