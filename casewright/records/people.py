"""People and services: who they are, what roles they hold now, whose token it is, and where they are reached."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from casewright.domain.model import Frozen
from casewright.domain.people import Actor, ActorKind, PersonId, RoleName, StandIn
from casewright.domain.ticket import Email
from casewright.records.postgres import Connection, Pool, Record

Phone = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]
"""In E.164, such as +15550100123."""
_LENT = """
(SELECT coalesce(json_agg(json_build_object('person', lent.person, 'roles', lent.roles) ORDER BY lent.person), '[]')
 FROM (SELECT DISTINCT person, roles FROM standing_in AS now
       WHERE now.deputy = one.id AND now."from" <= $2 AND $2 < now.until) AS lent)
"""
_AS_OF_NOW = f"""
SELECT id, name, kind, roles, active, {_LENT} AS stands_in_for
FROM person AS one WHERE active AND
"""
_HOLDERS = """
SELECT id, name, mail, phone FROM person AS one
WHERE active AND kind = 'person' AND id <> ALL($2::text[])
  AND (roles && $1::text[] OR EXISTS (
        SELECT FROM standing_in AS now
        WHERE now.deputy = one.id AND now.person <> ALL($2::text[]) AND now.roles && $1::text[]
          AND now."from" <= $3 AND $3 < now.until))
ORDER BY id
"""
_SYNC = """
INSERT INTO person (id, name, kind, roles, token_hash, active, mail, phone)
SELECT id, name, kind, string_to_array(roles, ' '), token_hash, active, mail, phone
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::boolean[], $7::text[], $8::text[])
    AS named (id, name, kind, roles, token_hash, active, mail, phone)
ON CONFLICT (id) DO UPDATE
SET (name, kind, roles, token_hash, active, mail, phone, updated_at)
    = (EXCLUDED.name, EXCLUDED.kind, EXCLUDED.roles, EXCLUDED.token_hash, EXCLUDED.active, EXCLUDED.mail,
       EXCLUDED.phone, now())
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
    stands_in_for: tuple[StandIn, ...] = ()
    """Whose roles they hold at the instant that was asked about, as a deputy."""

    @property
    def actor(self) -> Actor:
        """Who acts, with the roles held now."""
        return Actor(id=self.id, kind=ActorKind(self.kind), roles=self.roles, stands_in_for=self.stands_in_for)


class NamedPerson(Person):
    """A person or a service as an operator names them."""

    token_hash: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """``hash_token(token)``; None: can't come in by token."""
    mail: Email | None = None
    """Where they are asked for approvals; None: they aren't, by mail."""
    phone: Phone | None = None
    """For text messages."""


class Colleague(Frozen):
    """Somebody who is to hear of something, and how."""

    id: PersonId
    name: str
    mail: Email | None
    phone: Phone | None


_STAND_INS = TypeAdapter(tuple[StandIn, ...])


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
            [person.mail for person in people],
            [person.phone for person in people],
        )


async def by_token(pool: Pool, token: str, now: datetime) -> Person | None:
    """Whose token it is, with whom they stand in for; None: nobody's, or of someone inactive."""
    async with pool.acquire() as connection:
        query = f"{_AS_OF_NOW} token_hash = $1"
        return _person(await connection.fetchrow(query, bytes.fromhex(hash_token(token)), now))


async def acting(connection: Connection, ids: Collection[str], now: datetime) -> dict[str, Person]:
    """Those of these people and services who are active, with whom they stand in for, by id."""
    found = await connection.fetch(f"{_AS_OF_NOW} id = ANY($1::text[])", list(ids), now)
    return {row["id"]: _certain(row) for row in found}


async def holders(
    connection: Connection, roles: Collection[str], now: datetime, *, not_to: Collection[str] = ()
) -> list[Colleague]:
    """The active people who hold any of these roles, of their own or as a deputy, by id.

    Whoever is in ``not_to`` is left out, and so is what only they lend.
    """
    found = await connection.fetch(_HOLDERS, list(roles), list(not_to), now)
    return [Colleague.model_validate(dict(row)) for row in found]


async def reached_at(connection: Connection, mail: str) -> frozenset[str]:
    """The ids of those whose own address this is, in whatever case: a request that came from it is theirs."""
    found = await connection.fetch("SELECT id FROM person WHERE lower(mail) = lower($1)", mail)
    return frozenset(row["id"] for row in found)


async def token_hash_of(connection: Connection, id: str) -> str | None:
    """What is kept of somebody's present token, as ``hash_token`` has it; None: they have none."""
    kept: bytes | None = await connection.fetchval("SELECT token_hash FROM person WHERE id = $1", id)
    return kept.hex() if kept is not None else None


async def get(connection: Connection, id: str) -> Person | None:
    """One by id, inactive ones too; without whom they stand in for."""
    row = await connection.fetchrow("SELECT id, name, kind, roles, active FROM person WHERE id = $1", id)
    return Person.model_validate(dict(row)) if row is not None else None


def _person(row: Record | None) -> Person | None:
    return _certain(row) if row is not None else None


def _certain(row: Record) -> Person:
    return Person.model_validate({**row, "stands_in_for": _STAND_INS.validate_json(row["stands_in_for"])})
