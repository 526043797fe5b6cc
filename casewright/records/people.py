"""People and services: who they are, what roles they hold now, and whose token it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from casewright.domain.model import Frozen
from casewright.domain.people import Actor, ActorKind, PersonId, RoleName
from casewright.records.postgres import Connection, Pool, Record

_COLUMNS = "id, name, kind, roles, active"
_SYNC = """
INSERT INTO person (id, name, kind, roles, token_hash, active)
SELECT id, name, kind, string_to_array(roles, ' '), token_hash, active
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::boolean[])
    AS named (id, name, kind, roles, token_hash, active)
ON CONFLICT (id) DO UPDATE
SET (name, kind, roles, token_hash, active, updated_at)
    = (EXCLUDED.name, EXCLUDED.kind, EXCLUDED.roles, EXCLUDED.token_hash, EXCLUDED.active, now())
"""
# Those who aren't named any more are kept, as the journal names them, but may do nothing. A token that changes hands
# is taken away first.
_DISMISS = """
UPDATE person SET active = active AND id = ANY($1::text[]), token_hash = NULL, updated_at = now()
WHERE id <> ALL($1::text[]) OR token_hash = ANY($2::bytea[])
"""


class Person(Frozen):
    """A person or a service as the table has them."""

    id: PersonId
    name: str
    kind: Literal["person", "service"]
    roles: tuple[RoleName, ...] = ()
    active: bool = True

    @property
    def actor(self) -> Actor:
        """Who acts, with the roles held now."""
        return Actor(id=self.id, kind=ActorKind(self.kind), roles=self.roles)


class NamedPerson(Person):
    """A person or a service as an operator names them."""

    token_hash: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """``hash_token(token)``; None: can't come in by token."""


def hash_token(token: str) -> str:
    """What is kept of a token: its SHA-256. That suffices for random tokens of 128 bits and more, not for passwords."""
    return hashlib.sha256(token.encode()).hexdigest()


async def sync(connection: Connection, people: Sequence[NamedPerson]) -> None:
    """Make the table say exactly this; who isn't named any more is kept and becomes inactive."""
    ids = [person.id for person in people]
    hashes = [bytes.fromhex(person.token_hash) if person.token_hash else None for person in people]
    async with connection.transaction():
        await connection.execute(_DISMISS, ids, [one for one in hashes if one is not None])
        await connection.execute(
            _SYNC,
            ids,
            [person.name for person in people],
            [person.kind for person in people],
            [" ".join(person.roles) for person in people],
            hashes,
            [person.active for person in people],
        )


async def by_token(pool: Pool, token: str) -> Person | None:
    """Whose token it is; None: nobody's, or of someone inactive."""
    query = f"SELECT {_COLUMNS} FROM person WHERE token_hash = $1 AND active"
    async with pool.acquire() as connection:
        return _person(await connection.fetchrow(query, bytes.fromhex(hash_token(token))))


async def get(connection: Connection, id: str) -> Person | None:
    """One by id, inactive ones too."""
    return _person(await connection.fetchrow(f"SELECT {_COLUMNS} FROM person WHERE id = $1", id))


def _person(row: Record | None) -> Person | None:
    return Person.model_validate(dict(row)) if row is not None else None
