"""What `make run` leaves for the commands that come after it, so that they need no environment variables."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr, ValidationError, field_serializer

from casewright.domain.model import Frozen
from casewright.settings import Settings

FILE_NAME = "run.json"
DATA_VARIABLE = "CASEWRIGHT_DATA"
USUAL_FOLDER = Path(__file__).resolve().parents[1] / ".casewright"


class RunInfoDamaged(ValueError):
    """There is such a file, and it can't be read."""


class RunInfo(Frozen):
    """Where a run answers, and what it takes to come in. Kept in a file that only its owner can read."""

    api_url: str
    sandbox_url: str
    web_ui_url: str | None = None
    """None: the Temporal isn't the run's own."""
    database_url: SecretStr
    """The application's connection."""
    temporal_address: str
    temporal_namespace: str = "default"
    gateway_url: str | None = None
    """None: the payment gateway's own address."""
    gateway_api_key: SecretStr
    anchors: Path
    """The folder of signed digests."""
    anchor_key: SecretStr
    handbook: Path | None = None
    people: Path | None = None
    """The file of sample people with their tokens."""
    api_token: SecretStr = SecretStr("")
    """A sample agent's: who the command line acts as when nobody is named."""

    @field_serializer("database_url", "gateway_api_key", "anchor_key", "api_token")
    def _in_the_open(self, secret: SecretStr) -> str:
        return secret.get_secret_value()

    def write(self, folder: Path) -> Path:
        """Leave it in the data folder, mode 600; whoever reads meanwhile sees the old file or the new one."""
        path = folder / FILE_NAME
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(self.model_dump_json(indent=2) + "\n")
        fresh.replace(path)
        return path

    @classmethod
    def load(cls, folder: Path) -> RunInfo | None:
        """What the latest run left there; None: nothing.

        Raises:
            RunInfoDamaged: the file is not what a run writes.
        """
        path = folder / FILE_NAME
        try:
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise RunInfoDamaged(f"{path} can't be read: start again with `make run`, which writes it anew") from error

    @staticmethod
    def remove(folder: Path) -> None:
        """Take it away: nothing answers there any more."""
        (folder / FILE_NAME).unlink(missing_ok=True)


def data_folder() -> Path:
    """Where a run on this machine keeps its data: CASEWRIGHT_DATA, or ``.casewright`` in the checkout."""
    return Path(os.environ.get(DATA_VARIABLE) or USUAL_FOLDER)


@dataclass(frozen=True)
class Session:
    """What a command works with: the environment's settings, and the run's where the environment says nothing."""

    settings: Settings
    sandbox_url: str | None
    """None: neither a run nor the environment names one."""


def current_session(folder: Path | None = None) -> Session:
    """The settings as they are now.

    Raises:
        RunInfoDamaged: the run's file can't be read.
    """
    settings = Settings()
    run = RunInfo.load(folder or data_folder())
    if run is None:
        return Session(settings, settings.gateway_url)
    told = {name: value for name in Settings.model_fields if (value := getattr(run, name, None)) is not None}
    missing = {name: value for name, value in told.items() if name not in settings.model_fields_set}
    merged = settings.model_copy(update=missing)
    return Session(merged, settings.gateway_url or run.sandbox_url)
