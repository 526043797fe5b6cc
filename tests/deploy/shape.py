"""docker-compose.yml, deploy/Dockerfile and deploy/.env.example as the tests read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
_REFERENCE = re.compile(r"\$\{(?P<name>\w+)(?P<how>:[?-])?(?P<rest>[^}]*)\}")
_COPY = re.compile(r"^COPY (?!--from)(.+) \S+$", re.MULTILINE)
_EXAMPLE = re.compile(r"^(?P<off># )?(?P<name>[A-Z_]+)=(?P<value>.*)$", re.MULTILINE)


class Build(BaseModel):
    """How an image of ours is made."""

    context: str
    dockerfile: str
    target: str


class Dependency(BaseModel):
    """What a service waits for."""

    condition: str
    required: bool = True


class Service(BaseModel):
    """The parts of a service that are checked."""

    model_config = ConfigDict(extra="ignore")

    image: str
    build: Build | None = None
    restart: str
    depends_on: dict[str, Dependency] = {}
    environment: dict[str, str | None] = {}
    volumes: list[str] = []
    ports: list[str] = []
    profiles: list[str] = []
    healthcheck: dict[str, object] | None = None
    command: list[str] = []


class Required(Exception):
    """A variable without a value, and the words that compose would say."""


def services() -> dict[str, Service]:
    """Every service, with anchors and merges resolved."""
    document = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, Service]).validate_python(document["services"])


def references() -> dict[str, bool]:
    """Variables that the file takes from .env → whether one without a value stops compose."""
    found = {m["name"]: m["how"] == ":?" for m in _REFERENCE.finditer(COMPOSE.read_text(encoding="utf-8"))}
    passed_on = {
        name for service in services().values() for name, value in service.environment.items() if value is None
    }
    return {**dict.fromkeys(passed_on, False), **found}


def environment(service: Service, env_file: Mapping[str, str]) -> dict[str, str]:
    """What the service's program would see.

    Raises:
        Required: a variable that must have a value has none.
    """

    def value(match: re.Match[str]) -> str:
        given = env_file.get(match["name"], "")
        if not given and match["how"] == ":?":
            raise Required(f"{match['name']}: {match['rest']}")
        return given or (match["rest"] if match["how"] == ":-" else "")

    told = {name: env_file.get(name) if text is None else text for name, text in service.environment.items()}
    return {name: _REFERENCE.sub(value, text) for name, text in told.items() if text is not None}


def example() -> list[tuple[str, str, bool]]:
    """deploy/.env.example line by line: name, value, and whether the line counts (isn't a comment)."""
    text = (ROOT / "deploy" / ".env.example").read_text(encoding="utf-8")
    return [(m["name"], m["value"], m["off"] is None) for m in _EXAMPLE.finditer(text)]


def trial() -> dict[str, str]:
    """An .env as the example proposes it for trying out: the last value of each name, words for what is empty."""
    return {name: value or "words" for name, value, _ in example()}


def copied() -> list[str]:
    """What the Dockerfile takes from the checkout."""
    return [path for line in _COPY.findall(DOCKERFILE.read_text(encoding="utf-8")) for path in line.split()]
