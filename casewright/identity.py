"""The file of people and services: who they are, what roles they hold, and by which token they come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, TypeAdapter, ValidationError, model_validator

from casewright.domain.model import Frozen
from casewright.domain.people import PersonId, RoleName
from casewright.domain.ticket import Email
from casewright.records.people import NamedPerson, Phone, hash_token, sync
from casewright.records.postgres import Pool

SANDBOX_TOKEN = "sandbox-"
"""What a token that lies open in a file begins with: nobody takes it for a real one."""
MIN_TOKEN = 16


class PeopleError(ValueError):
    """The file can't be used; the message says where and why."""


class ListedPerson(Frozen):
    """One entry of the file: ``token_hash`` for real people, ``token`` in the open for the sandbox's only."""

    id: PersonId
    name: Annotated[str, Field(min_length=1, max_length=120)]
    kind: Literal["person", "service"]
    roles: tuple[RoleName, ...] = ()
    active: bool = True
    mail: Email | None = None
    phone: Phone | None = None
    token: Annotated[str, Field(min_length=MIN_TOKEN, pattern=rf"^{SANDBOX_TOKEN}[a-z0-9-]{{1,80}}$")] | None = None
    token_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None

    @model_validator(mode="after")
    def _has_one_token_at_most(self) -> ListedPerson:
        if self.token is not None and self.token_hash is not None:
            raise ValueError("token and token_hash: give one of them")
        return self

    @property
    def named(self) -> NamedPerson:
        """As the database keeps them: without the token itself."""
        kept = hash_token(self.token) if self.token is not None else self.token_hash
        return NamedPerson(**self.model_dump(exclude={"token", "token_hash"}), token_hash=kept)


class _File(Frozen):
    people: tuple[ListedPerson, ...]

    @model_validator(mode="after")
    def _tells_them_apart(self) -> _File:
        for what, values in (
            ("id", [p.id for p in self.people]),
            ("token", [p.named.token_hash for p in self.people if p.named.token_hash]),
        ):
            twice = [value for value, times in Counter(values).items() if times > 1]
            if twice:
                raise ValueError(f"two entries have the same {what}" + (f" {twice[0]!r}" if what == "id" else ""))
        return self


_FILE = TypeAdapter(_File)


def read_people(path: Path, roles: Collection[str] | None = None) -> tuple[ListedPerson, ...]:
    """Everybody that a file names; with ``roles``, those that there are.

    Raises:
        PeopleError: it can't be read, an entry is wrong, or a role doesn't exist.
    """
    try:
        # As text, so that an id 007 stays one; only `active` and the lists are anything else.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        listed = _FILE.validate_python(content).people
    except (OSError, UnicodeDecodeError) as error:
        raise PeopleError(f"{path} can't be read: {error}") from error
    except yaml.YAMLError as error:
        raise PeopleError(f"{path} is not YAML: {error}") from error
    except ValidationError as error:
        raise PeopleError(f"{path}: {_words(error)}") from error
    for person in listed:
        for role in person.roles:
            if roles is not None and role not in roles:
                raise PeopleError(f"{path}: {person.id} holds {role!r}, which roles.yaml doesn't have")
    return listed


def load_people(path: Path, roles: Collection[str] | None = None) -> tuple[NamedPerson, ...]:
    """Everybody that a file names, for ``records.people.sync``.

    Raises:
        PeopleError: as ``read_people``.
    """
    return tuple(person.named for person in read_people(path, roles))


async def sync_people(pool: Pool, path: Path, roles: Collection[str] | None = None) -> None:
    """Make the database say exactly what the file says.

    Raises:
        PeopleError: as ``read_people``; nothing has changed then.
    """
    people = load_people(path, roles)
    async with pool.acquire() as connection:
        await sync(connection, people)


def _words(error: ValidationError) -> str:
    """Where and what, never the value: it may be a token."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
    return f"{where + ': ' if where else ''}{first['msg']}"
