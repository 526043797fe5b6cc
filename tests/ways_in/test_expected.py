"""What is said about a value of another form: words and an example, whatever expression checked it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from casewright.domain.acts import ACT
from casewright.domain.ticket import Submission
from starter.api.app import ROUTERS
from starter.expected import UNNAMED, WORDS, said

SIGNS_OF_AN_EXPRESSION = ("^", "\\", "$", "]{", "pattern", "Input should", "String should")


def patterns_of_requests() -> set[str]:
    """Every expression that a body, a header, a query or a path of the API is checked by."""
    app = FastAPI()
    for router in ROUTERS:
        app.include_router(router)
    document = app.openapi()
    found: set[str] = set()
    for path in document["paths"].values():
        for operation in path.values():
            asked = (operation.get("parameters", []), operation.get("requestBody", {}))
            found.update(patterns(asked, document, set()))
    return found


def patterns(schema: Any, document: dict[str, Any], seen: set[str]) -> Iterator[str]:
    if isinstance(schema, list | tuple):
        for item in schema:
            yield from patterns(item, document, seen)
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("pattern"), str):
        yield schema["pattern"]
    reference = schema.get("$ref")
    if reference and reference not in seen:
        seen.add(reference)
        yield from patterns(document["components"]["schemas"][reference.rpartition("/")[2]], document, seen)
    for inner in schema.values():
        yield from patterns(inner, document, seen)


def test_every_expression_that_the_api_checks_by_has_words() -> None:
    found = patterns_of_requests()
    assert len(found) > 10
    assert found - set(WORDS) == set()


@pytest.mark.parametrize("words", [*WORDS.values(), UNNAMED])
def test_the_words_show_no_expression(words: str) -> None:
    assert not [sign for sign in SIGNS_OF_AN_EXPRESSION if sign in words]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"policy": "Z.9"}, "such as A.1"),
        ({"subject": ""}, "must not be empty"),
        ({"subject": "a\nb"}, "single line"),
        ({"subject": "x" * 201}, "at most 200 characters"),
        ({"subject": 5}, "must be text"),
        ({"requester": {"email": "ada"}}, "such as ada@example.com"),
        ({"requester": "ada"}, "must be an object"),
        ({"priority": "urgent"}, "must be one of low, medium, high, critical"),
        ({"claims": ["x"]}, "must be an object"),
        ({"claims": {"X": "x"}}, "such as invoice"),
        ({"claims": {"amount": {"amount": "much", "currency": "USD"}}}, 'such as "12.50"'),
    ],
)
def test_a_submission_of_another_form_is_told_what_is_expected(changed: dict[str, object], words: str) -> None:
    right: dict[str, object] = {"policy": "A.1", "subject": "s", "requester": {"email": "ada@example.com"}}
    with pytest.raises(ValidationError) as refusal:
        Submission.model_validate({**right, **changed})
    told = [said(error) for error in refusal.value.errors()]
    assert any(words in one for one in told), told
    assert not [one for one in told for sign in SIGNS_OF_AN_EXPRESSION if sign in one]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ({"type": "pay"}, "must be one of claim, reply"),
        ({}, "is required"),
        ({"type": "resolve", "code": "Not A Code", "summary": "s"}, "such as settled-by-phone"),
        ({"type": "override", "justification": " "}, "must say something"),
        ({"type": "override", "justification": "x", "remedy": {"kind": "refund", "amount": 5}}, '"currency": "USD"'),
    ],
)
def test_an_act_of_another_form_is_told_what_is_expected(act: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        ACT.validate_python({"id": "a", "actor": {"id": "ada", "kind": "person"}, **act})
    told = [said(error) for error in refusal.value.errors()]
    assert any(words in one for one in told), told
