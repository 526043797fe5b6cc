"""Tokens of links: what is signed is read again, and nothing else is, each refusal for its own reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from casewright.links import ApprovalLink, BadLink, Flaw, FormSeal, Links, Purpose, Said, SignIn, SurveyLink

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LINKS = Links("a key")
NONCE = "0" * 32
SURVEY = SurveyLink(nonce=NONCE, expires=NOW + timedelta(days=14), ticket="T-0123456789ABCDEF")
APPROVAL = ApprovalLink(
    nonce=NONCE, expires=NOW + timedelta(days=7), ticket="T-0123456789ABCDEF", person="manager-1", plan_hash="f" * 64
)
EVERY = (
    SURVEY,
    APPROVAL,
    SignIn(token="1" * 32, nonce=NONCE, expires=NOW + timedelta(hours=8), person="manager-1"),
    FormSeal(nonce=NONCE, expires=NOW + timedelta(hours=8), page=NONCE),
)


def flaw(shape: type[Said], token: str, links: Links = LINKS, now: datetime = NOW) -> Flaw:
    """Why a token is refused."""
    with pytest.raises(BadLink) as refused:
        links.read(shape, token, now)
    return refused.value.flaw


@pytest.mark.parametrize("said", EVERY, ids=lambda said: str(said.purpose))
def test_what_was_signed_is_read_again_for_its_own_purpose_only(said: Said) -> None:
    token = LINKS.sign(said)
    assert LINKS.read(type(said), token, NOW) == said
    for other in EVERY:
        if other is not said:
            assert flaw(type(other), token) is Flaw.OTHER_PURPOSE


class Lookalike(SurveyLink):
    """What says the same as a survey's link, for something else."""

    purpose = Purpose.FORM


def test_a_purpose_is_told_by_its_key_not_by_what_a_token_says() -> None:
    assert flaw(SurveyLink, LINKS.sign(Lookalike(**SURVEY.model_dump()))) is Flaw.OTHER_PURPOSE


def test_no_character_of_a_token_can_be_changed() -> None:
    token = LINKS.sign(APPROVAL)
    for place, letter in enumerate(token[:-1]):
        other = "A" if letter != "A" else "B"
        assert flaw(ApprovalLink, token[:place] + other + token[place + 1 :]) is Flaw.TAMPERED


@pytest.mark.parametrize("token", ["", ".", "x", "x" * 5_000, "é", "a.b", "..", "\x00"])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert flaw(SurveyLink, token) is Flaw.TAMPERED


def test_another_key_signs_nothing_that_counts() -> None:
    assert flaw(SurveyLink, Links("another key").sign(SURVEY)) is Flaw.TAMPERED


def test_a_token_counts_until_it_expires_and_not_then() -> None:
    token = LINKS.sign(SURVEY)
    assert LINKS.read(SurveyLink, token, SURVEY.expires - timedelta(microseconds=1)) == SURVEY
    assert flaw(SurveyLink, token, now=SURVEY.expires) is Flaw.EXPIRED


def test_a_token_tells_only_what_an_address_may_hold() -> None:
    assert set(LINKS.sign(APPROVAL)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_nonce_is_the_same_for_the_same_and_another_for_anything_else() -> None:
    assert LINKS.nonce("approval", "T-1/step", "mia") == LINKS.nonce("approval", "T-1/step", "mia")
    others = {LINKS.nonce("approval", "T-1/step", "dee"), LINKS.nonce("approval", "T-1/stepm", "ia")}
    assert (
        len({*others, LINKS.nonce("approval", "T-1/step", "mia"), Links("k").nonce("approval", "T-1/step", "mia")}) == 4
    )


def test_an_empty_key_signs_nothing() -> None:
    with pytest.raises(ValueError, match="CASEWRIGHT_LINK_KEY"):
        Links("")
    assert Links.under("") is None
