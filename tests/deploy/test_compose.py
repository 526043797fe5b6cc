"""The production shape. No engine runs here: its form, its settings and its images' contents are checked."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from casewright.settings import Settings
from tests.deploy.shape import (
    COMPOSE,
    DOCKERFILE,
    ROOT,
    Required,
    environment,
    example,
    references,
    services,
    trial,
)

SERVICES = services()
OURS = {name: service for name, service in SERVICES.items() if service.build is not None}
PINNED = re.compile(r"^[a-z0-9./-]+:v?\d+\.\d+[\w.-]*$")
OPTIONAL_SECRETS = {"CASEWRIGHT_TEMPORAL_API_KEY"}
"""Only a Temporal elsewhere asks for it."""
FOR_COMMANDS_ONLY = {"api_token"}
"""Settings of whoever types a command; no program of an installation needs them."""


def fits_the_specification(path: Path) -> subprocess.CompletedProcess[str]:
    """The compose specification's own schema, as check-jsonschema carries it."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_file_is_as_the_compose_specification_says() -> None:
    answer = fits_the_specification(COMPOSE)
    assert answer.returncode == 0, answer.stdout


def test_a_misspelled_key_would_be_seen(tmp_path: Path) -> None:
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(COMPOSE.read_text(encoding="utf-8").replace("healthcheck:", "heathcheck:"), encoding="utf-8")
    assert fits_the_specification(wrong).returncode != 0


@pytest.mark.parametrize("name", OURS)
def test_every_variable_of_ours_is_a_setting(name: str) -> None:
    variables = {variable for variable in OURS[name].environment if variable.startswith("CASEWRIGHT_")}
    assert variables <= {f"CASEWRIGHT_{field.upper()}" for field in Settings.model_fields}


def test_every_setting_can_be_made_in_an_installation() -> None:
    reached = {variable for service in OURS.values() for variable in service.environment}
    missing = {field for field in Settings.model_fields if f"CASEWRIGHT_{field.upper()}" not in reached}
    assert missing == FOR_COMMANDS_ONLY, "pass new settings on in docker-compose.yml, deploy/.env.example, and docs"


@pytest.mark.parametrize("name", OURS)
def test_programs_take_what_they_are_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = environment(OURS[name], {**trial(), "CASEWRIGHT_PRODUCTION": "", "CASEWRIGHT_SPEED": "1"})
    for variable, value in told.items():
        monkeypatch.setenv(variable, value)
    settings = Settings()
    assert settings.model_fields_set == {variable.removeprefix("CASEWRIGHT_").lower() for variable in told}
    assert settings.production == (name in ("worker", "api"))


def test_nothing_secret_has_a_value_of_ours() -> None:
    required = {name for name, stops in references().items() if stops}
    secrets = {name for name in references() if name.endswith(("_PASSWORD", "_KEY"))}
    assert secrets - OPTIONAL_SECRETS <= required
    for service in SERVICES.values():
        for variable, value in service.environment.items():
            if variable.endswith(("_PASSWORD", "_KEY", "_TOKEN", "_PWD")):
                assert value is None or value.startswith("${"), variable
    with pytest.raises(Required, match=r"deploy/\.env\.example"):
        environment(SERVICES["worker"], {})


def test_the_example_lists_what_there_is_to_set_and_fills_in_nothing() -> None:
    assert {name for name, _, _ in example()} == references().keys() | {"COMPOSE_PROFILES"}
    counting = {name: value for name, value, counts in example() if counts}
    assert counting == {name: "" for name, stops in references().items() if stops}


def test_only_the_owners_setup_has_the_owners_password() -> None:
    told = {name: environment(service, trial() | {"OWNER_PASSWORD": "owners"}) for name, service in SERVICES.items()}
    assert {name for name, variables in told.items() if "owners" in " ".join(variables.values())} == {
        "postgres",
        "setup-database",
    }
    for name in ("worker", "api"):
        assert told[name]["CASEWRIGHT_DATABASE_URL"].startswith("postgresql://casewright_app:words@postgres:5432/")


def test_every_image_is_pinned() -> None:
    stages = re.findall(r"^FROM (\S+) AS (\S+)$", DOCKERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    ours = {stage for _, stage in stages}
    images = [service.image for service in SERVICES.values()] + [image for image, _ in stages if image not in ours]
    assert stages
    assert [image for image in images if not PINNED.match(image)] == []
    assert {service.build.target for service in OURS.values() if service.build} <= ours


def test_who_is_waited_for_is_there_and_can_be_ready() -> None:
    for name, service in SERVICES.items():
        for other, dependency in service.depends_on.items():
            waited_for = SERVICES[other]
            if dependency.condition == "service_healthy":
                assert waited_for.healthcheck, f"{name} waits for {other}, which has no health check"
            else:
                assert dependency.condition == "service_completed_successfully"
                assert waited_for.restart.startswith("on-failure"), f"{other} would be started again for ever"
            assert dependency.required != bool(waited_for.profiles), f"{other} may not be started at all"


def test_what_is_mounted_exists() -> None:
    sources = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.volumes}
    files = {source for source in sources if source.startswith("./")}
    assert files
    assert [source for source in files if not (ROOT / source).exists()] == []


def test_nothing_listens_beyond_this_machine() -> None:
    assert [p for service in SERVICES.values() for p in service.ports if not p.startswith("127.0.0.1:")] == []
