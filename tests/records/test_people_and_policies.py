"""Who may come in, and which policy versions there are."""

from datetime import timedelta

import pytest

from casewright.records import people, policies
from casewright.records.people import NamedPerson, hash_token
from casewright.records.policies import PolicyVersion
from casewright.records.postgres import Connection, Pool
from tests.records.story import NOON

ADA = NamedPerson(id="ada", name="Ada", kind="person", roles=("agent", "tier-2"), token_hash=hash_token("ada's"))
SHOP = NamedPerson(id="shop", name="Shop", kind="service", token_hash=hash_token("shop's"))
A_1 = PolicyVersion(policy="A.1", version=1, content="rules: …", hash="0" * 64, effective_from=NOON)


async def test_a_token_tells_who_it_is_with_the_roles_held_now(pool: Pool, app: Connection) -> None:
    await people.sync(app, [ADA, SHOP])
    await people.sync(app, [ADA.model_copy(update={"roles": ("team-lead",)}), SHOP])
    found = await people.by_token(pool, "ada's", NOON)
    assert found is not None
    assert (found.actor.id, found.actor.roles, found.actor.kind) == ("ada", ("team-lead",), "person")
    shop = await people.get(app, "shop")
    assert shop is not None
    assert (shop.actor.kind, shop.roles) == ("service", ())
    assert await people.by_token(pool, "somebody's", NOON) is None
    assert "ada's" not in str(await app.fetch("SELECT person::text FROM person"))


async def test_who_is_not_named_any_more_is_kept_and_cannot_come_in(pool: Pool, app: Connection) -> None:
    await people.sync(app, [ADA, SHOP])
    await people.sync(app, [SHOP])
    gone = await people.get(app, "ada")
    assert gone is not None
    assert not gone.active
    assert await people.by_token(pool, "ada's", NOON) is None
    assert await people.by_token(pool, "shop's", NOON) is not None


async def test_who_is_set_inactive_cannot_come_in(pool: Pool, app: Connection) -> None:
    await people.sync(app, [ADA.model_copy(update={"active": False})])
    assert await people.by_token(pool, "ada's", NOON) is None


async def test_a_token_may_change_hands(pool: Pool, app: Connection) -> None:
    await people.sync(app, [ADA, SHOP])
    swapped = [
        ADA.model_copy(update={"token_hash": SHOP.token_hash}),
        SHOP.model_copy(update={"token_hash": ADA.token_hash}),
    ]
    await people.sync(app, swapped)
    found = await people.by_token(pool, "ada's", NOON)
    assert found is not None
    assert found.id == "shop"


async def test_a_policy_version_is_kept_once_and_stays_readable(app: Connection) -> None:
    await policies.register(app, A_1)
    await policies.register(app, A_1)
    second = A_1.model_copy(update={"version": 2, "hash": "1" * 64})
    await policies.register(app, second)
    assert await policies.versions(app, "A.1") == [A_1, second]
    assert await policies.get(app, "A.1", 3) is None


@pytest.mark.parametrize("change", [{"hash": "1" * 64}, {"effective_from": NOON + timedelta(days=1)}])
async def test_a_policy_version_that_was_edited_is_refused_with_what_to_do(
    app: Connection, change: dict[str, object]
) -> None:
    await policies.register(app, A_1)
    with pytest.raises(policies.PolicyEdited, match=r"A\.1 version 1 .* a change is a new version"):
        await policies.register(app, A_1.model_copy(update=change))
