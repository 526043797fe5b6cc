"""Ticket ids: a keyed hash under which no two submitters ever meet."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from casewright.client import InvalidSubmission
from casewright.client.ids import is_ticket, ticket_of
from casewright.domain.ticket import TicketId

FEW = settings(max_examples=30, deadline=None, database=None)
KEY = b"a test's intake key"
submitters = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.:@-]{0,20}", fullmatch=True)
keys = st.text(min_size=1, max_size=200).filter(lambda text: text.encode("utf-8", "ignore").decode() == text)


@FEW
@given(submitters, keys)
def test_the_same_key_of_the_same_submitter_is_the_same_ticket(submitter: str, key: str) -> None:
    ticket = ticket_of(KEY, submitter, key)
    assert ticket == ticket_of(KEY, submitter, key)
    assert TypeAdapter(TicketId).validate_python(ticket) == ticket
    assert re.fullmatch("T-[0-9A-HJKMNP-TV-Z]{16}", ticket)


@FEW
@given(submitters, keys, submitters, keys)
def test_different_submitters_or_keys_never_meet(one: str, key: str, other: str, another: str) -> None:
    assume((one, key) != (other, another))
    assert ticket_of(KEY, one, key) != ticket_of(KEY, other, another)


@FEW
@given(st.text("ab", min_size=2, max_size=30), st.data())
def test_where_the_submitter_ends_and_the_key_begins_matters(text: str, data: st.DataObject) -> None:
    cuts = st.integers(1, len(text) - 1)
    first, second = data.draw(cuts), data.draw(cuts)
    assume(first != second)
    assert ticket_of(KEY, text[:first], text[first:]) != ticket_of(KEY, text[:second], text[second:])


def test_another_intake_key_gives_other_ids() -> None:
    assert ticket_of(KEY, "portal", "1") != ticket_of(b"another", "portal", "1")


def test_without_an_intake_key_nobody_gets_an_id_that_anybody_could_guess() -> None:
    with pytest.raises(ValueError, match="CASEWRIGHT_INTAKE_KEY"):
        ticket_of(b"", "portal", "1")


@pytest.mark.parametrize(
    ("submitter", "key", "field"),
    [
        ("portal", "", "key"),
        ("portal", "k" * 201, "key"),
        ("portal", "\ud800", "key"),
        ("", "k", "submitter"),
        ("a b", "k", "submitter"),
        ("x" * 101, "k", "submitter"),
    ],
)
def test_what_is_no_key_or_no_submitter_is_refused_by_name(submitter: str, key: str, field: str) -> None:
    with pytest.raises(InvalidSubmission) as refused:
        ticket_of(KEY, submitter, key)
    assert refused.value.field == field


@pytest.mark.parametrize("text", ["", "T-", "T-abc", "T-" + "0" * 17, "casewright-scheduler", "T-00000000000000!0"])
def test_what_does_not_look_like_an_id_is_no_ticket(text: str) -> None:
    assert not is_ticket(text)
