"""Where a client connects, and how: settings of ours, Temporal's own variables, and a profile that is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from temporalio.service import TLSConfig

from casewright.client.connecting import BadConnection, target
from casewright.settings import Settings, in_words

OURS = {"target_host": "temporal.example.com:7233", "namespace": "casewright"}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("TEMPORAL_", "CASEWRIGHT_TEMPORAL_")):
            monkeypatch.delenv(name)


def settings(**told: object) -> Settings:
    usual = {"temporal_address": OURS["target_host"], "temporal_namespace": OURS["namespace"]}
    return Settings.model_validate({**usual, **told})


def test_without_a_word_the_connection_is_plain() -> None:
    assert target(settings()) == {**OURS, "tls": False}


def test_an_api_key_brings_tls_along() -> None:
    assert target(settings(temporal_api_key=SecretStr("k"))) == {**OURS, "tls": True, "api_key": "k"}


def test_temporals_own_variables_say_how_and_never_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_API_KEY", "theirs")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "elsewhere.example.com:7233")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "elsewhere")
    assert target(settings()) == {**OURS, "tls": True, "api_key": "theirs"}
    assert target(settings(temporal_api_key=SecretStr("ours")))["api_key"] == "ours"


def test_no_key_is_sent_where_tls_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_API_KEY", "theirs")
    assert target(settings(temporal_tls=False)) == {**OURS, "tls": False}
    monkeypatch.setenv("TEMPORAL_TLS", "false")
    assert target(settings()) == {**OURS, "tls": False}


def test_a_key_of_ours_without_tls_is_refused_in_words() -> None:
    with pytest.raises(ValidationError) as refused:
        settings(temporal_api_key=SecretStr("k"), temporal_tls=False)
    assert "only sent over TLS" in in_words(refused.value)


def test_a_profile_is_used_where_it_is_named_and_not_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "temporalio" / "temporal.toml"
    file.parent.mkdir()
    file.write_text('[profile.default.tls]\nserver_name = "t"\n[profile.cloud]\napi_key = "p"\n', encoding="utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert target(settings())["tls"] is False
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(file))
    tls = target(settings())["tls"]
    assert isinstance(tls, TLSConfig)
    assert tls.domain == "t"
    monkeypatch.setenv("TEMPORAL_PROFILE", "cloud")
    assert target(settings()) == {**OURS, "tls": True, "api_key": "p"}


def test_a_profile_that_does_not_exist_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "temporal.toml"
    file.write_text("", encoding="utf-8")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(file))
    monkeypatch.setenv("TEMPORAL_PROFILE", "nobody")
    with pytest.raises(BadConnection, match="Profile 'nobody' not found"):
        target(settings())
