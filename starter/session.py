"""What ``make run`` leaves for commands: where its parts answer, so that a newcomer needs no settings."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import AwareDatetime, SecretStr, ValidationError, field_serializer

from casewright.domain.model import Frozen
from casewright.settings import Settings

CHECKOUT = Path(__file__).resolve().parents[1]
FILE = "run.json"


def run_file() -> Path:
    """Where it lies: in the folder of ``CASEWRIGHT_DATA``, by default ``.casewright`` of this checkout."""
    return Path(os.environ.get("CASEWRIGHT_DATA") or CHECKOUT / ".casewright") / FILE


class RunInfo(Frozen):
    """A run that is up. The file holds keys: its owner alone may read it."""

    pid: int
    """Of the process that runs everything."""
    api_url: str
    sandbox_url: str
    temporal_address: str
    temporal_namespace: str = "default"
    temporal_ui: str | None = None
    database_url: SecretStr
    """The application's."""
    gateway_api_key: SecretStr
    handbook: Path
    people: Path
    """Who there is, with the sandbox's tokens."""
    anchors: Path
    anchor_key: SecretStr
    epoch: AwareDatetime | None = None
    speed: float = 1
    """Of its tickets' time, which runs from ``epoch``."""

    @field_serializer("database_url", "gateway_api_key", "anchor_key")
    def _in_the_open(self, secret: SecretStr) -> str:
        return secret.get_secret_value()

    @classmethod
    def load(cls, path: Path | None = None) -> RunInfo | None:
        """The run that is up; None when there is none, or its file is of another version."""
        try:
            found = cls.model_validate_json((path or run_file()).read_bytes())
        except (OSError, ValidationError):
            return None
        return found if _lives(found.pid) else None

    def save(self, path: Path | None = None) -> Path:
        """Write the file, whole or not at all; returns where."""
        target = path or run_file()
        fresh = target.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(self.model_dump_json(indent=2))
        fresh.replace(target)
        return target


def settings_of_commands(run: RunInfo | None = None) -> Settings:
    """What the environment says; where it is silent, what the run that is up says; else the usual defaults."""
    settings = Settings()
    run = run or RunInfo.load()
    if run is None:
        return settings
    told = {
        "temporal_address": run.temporal_address,
        "temporal_namespace": run.temporal_namespace,
        "database_url": run.database_url,
        "gateway_url": run.sandbox_url,
        "gateway_api_key": run.gateway_api_key,
        "handbook": run.handbook,
        "people": run.people,
        "api_url": run.api_url,
        "anchors": run.anchors,
        "anchor_key": run.anchor_key,
        "epoch": run.epoch,
        "speed": run.speed,
    }
    return settings.model_copy(
        update={name: value for name, value in told.items() if name not in settings.model_fields_set}
    )


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
