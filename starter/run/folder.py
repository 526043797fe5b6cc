"""The folder where a run keeps everything: data, keys, logs. One run at a time on it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pydantic import BaseModel, SecretStr, ValidationError, field_serializer

from casewright.domain.tempo import Tempo
from casewright.embedded.errors import EmbeddedServerError
from casewright.embedded.locks import exclusive
from casewright.embedded.postgres_home import discard_data
from starter.run.problem import RunProblem


class Keys(BaseModel):
    """What is made up once and kept with the data, for without it the data can't be used again."""

    intake_key: SecretStr
    """Ticket ids are made with it."""
    gateway_api_key: SecretStr
    anchor_key: SecretStr
    generation: str
    """Part of the samples' idempotency keys: new data, new sample tickets."""

    @field_serializer("intake_key", "gateway_api_key", "anchor_key")
    def _in_the_open(self, key: SecretStr) -> str:
        return key.get_secret_value()

    @property
    def link_key(self) -> SecretStr:
        """Signs links; it follows from a key that is kept already, so that older data have one."""
        made = hmac.new(self.intake_key.get_secret_value().encode(), b"links", hashlib.sha256)
        return SecretStr(made.hexdigest())

    @classmethod
    def made_up(cls) -> Keys:
        """New ones."""
        return cls(
            intake_key=SecretStr(secrets.token_urlsafe(32)),
            gateway_api_key=SecretStr(f"sk_test_{secrets.token_hex(16)}"),
            anchor_key=SecretStr(secrets.token_urlsafe(32)),
            generation=secrets.token_hex(4),
        )


class DataFolder:
    """Where things lie in the data folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.postgres = root / "postgres"
        self.temporal = root / "temporal" / "temporal.db"
        self.sandbox = root / "sandbox" / "state.json"
        self.anchors = root / "anchors"
        self.logs = root / "logs"
        self.run_info = root / "run.json"
        self._lock = root / "lock"
        self._keys = root / "keys.json"
        self._tempo = root / "tempo.json"

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Have the folder to oneself, created where it is missing.

        Raises:
            RunProblem: another run has it, or it can't be written.
        """
        with ExitStack() as held:
            try:
                self.root.mkdir(parents=True, exist_ok=True)
                held.enter_context(exclusive(self._lock, str(self.root)))
                self.logs.mkdir(exist_ok=True)
            except EmbeddedServerError as taken:
                raise RunProblem(self._in_use()) from taken
            except OSError as refused:
                raise RunProblem(
                    f"{self.root} can't be used ({refused}): set CASEWRIGHT_DATA to another folder."
                ) from refused
            yield

    def clear(self) -> None:
        """Remove everything but the lock that we hold."""
        discard_data(self.postgres)
        for path in self.root.iterdir():
            if path == self._lock:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        self.logs.mkdir()

    def show_log(self, log_file: Path) -> None:
        """Let a log that lies elsewhere be found in the folder of logs, too."""
        link = self.logs / log_file.name
        if not link.is_symlink():
            link.symlink_to(os.path.relpath(log_file, self.logs))

    def keys(self) -> Keys:
        """The keys kept here, made up at the first start.

        Raises:
            RunProblem: the file can't be read; the data can't be used without it.
        """
        try:
            return Keys.model_validate_json(self._keys.read_text(encoding="utf-8"))
        except FileNotFoundError:
            keys = Keys.made_up()
            self._keep(self._keys, keys)
            return keys
        except ValidationError as error:
            raise self._damaged(self._keys) from error

    def has_keys(self) -> bool:
        """Whether there was a start before this one."""
        return self._keys.exists()

    def tempo(self) -> Tempo | None:
        """The tempo kept here; None: none was ever.

        Raises:
            RunProblem: the file can't be read.
        """
        try:
            return Tempo.model_validate_json(self._tempo.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise self._damaged(self._tempo) from error

    def keep_tempo(self, tempo: Tempo) -> None:
        """Have it in time for every later start."""
        self._keep(self._tempo, tempo)

    def _damaged(self, path: Path) -> RunProblem:
        return RunProblem(f"{path} is damaged: restore it, or begin anew with FRESH=1.")

    def _keep(self, path: Path, content: BaseModel) -> None:
        """Write the file, readable by its owner only, whole or not at all."""
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content.model_dump_json(indent=2))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def _in_use(self) -> str:
        holder = self._lock.read_text(encoding="utf-8").strip() or "unknown"
        return (
            f"Casewright already runs on {self.root} (process {holder}). Use that one, stop it with Ctrl-C where it "
            "runs, or start a second one on other data: make run CASEWRIGHT_DATA=/another/folder"
        )
