"""What whoever starts a run asks for, from the environment: `make run ONCE=1` puts it there."""

from __future__ import annotations

from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from casewright.settings import MAX_SPEED
from starter.run.problem import RunProblem

CHECKOUT = Path(__file__).resolve().parents[2]


class Wishes(BaseSettings):
    """The switches of a run; the settings of the programs that it starts are in ``casewright.settings``."""

    model_config = SettingsConfigDict(env_prefix="CASEWRIGHT_", env_ignore_empty=True, extra="ignore")

    once: bool = Field(default=False, validation_alias=AliasChoices("ONCE", "once"))
    """Stop when the samples have settled; the exit code says whether all ended as expected."""
    as_json: bool = Field(default=False, validation_alias=AliasChoices("JSON", "as_json"))
    """With ``once``: one JSON document on standard output instead of a table."""
    fresh: bool = Field(default=False, validation_alias=AliasChoices("FRESH", "fresh"))
    """Remove what earlier runs kept."""
    speed: float | None = Field(
        default=None, gt=0, le=MAX_SPEED, allow_inf_nan=False, validation_alias=AliasChoices("SPEED", "speed")
    )
    """How many of the tickets' seconds pass in a real one; None: the data's own, 1 for new data."""
    database_url: SecretStr | None = Field(default=None, validation_alias=AliasChoices("DATABASE_URL", "database_url"))
    """A PostgreSQL that runs already; None: our own."""
    temporal_address: str | None = Field(
        default=None, validation_alias=AliasChoices("TEMPORAL_ADDRESS", "temporal_address")
    )
    """A Temporal service that runs already; None: our own."""
    temporal_namespace: str = "default"
    data: Path = CHECKOUT / ".casewright"
    """Where a run keeps its data, keys and logs."""
    samples: Path = CHECKOUT / "sandbox" / "samples"
    ui_port: int | None = None
    """Of the Temporal Web UI; None: 8233, or a free one when that is taken. Likewise the others."""
    temporal_port: int | None = None
    api_port: int | None = None
    sandbox_port: int | None = None


def read_wishes() -> Wishes:
    """The wishes in this process's environment.

    Raises:
        RunProblem: a value can't be read, or two don't go together.
    """
    try:
        wishes = Wishes()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]) or "a setting"
        raise RunProblem(f"{name}={first['input']!r} can't be used: {first['msg']}.") from error
    if wishes.as_json and not wishes.once:
        raise RunProblem("JSON=1 prints one document at the end, so it needs an end: add ONCE=1.")
    if wishes.fresh and (wishes.database_url or wishes.temporal_address):
        raise RunProblem(
            "FRESH=1 begins anew with data of our own only. DATABASE_URL or TEMPORAL_ADDRESS is set: empty that "
            "database and namespace yourself, remove the data folder, and start without FRESH."
        )
    return wishes.model_copy(update={"data": wishes.data.absolute()})
