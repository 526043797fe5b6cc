"""The facts of B.1: whose account it is, how it stands, and who failed to sign in to it (RULES B.1)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.identity.facts import ACCOUNT, LOGINS, LOOK_BACK, IdentityFacts
from activities.identity.store import LISTED
from activities.outside import Outside
from casewright.domain.effects import Unreachable
from casewright.domain.facts import Availability, Fact
from casewright.domain.identity import FailedLogins, IdentityAccount, Standing
from casewright.domain.tempo import WALL_CLOCK
from tests.activities.neighbours import Neighbours, OddSystem, case

ALMA = "alma@accounts.example"
EXTENSION = "urn:casewright:params:scim:schemas:extension:account:2.0:User"
FAILURE = {"outcome": "failure", "address": "192.0.2.1"}
ODD_ADDRESSES = [
    '"al ma"@accounts.example',
    '"al\\"ma"@accounts.example',
    "al\\ma@accounts.example",
    "al\\\\ma\\@accounts.example",
    "al'ma+post&filter=x#y%22@accounts.example",
    "älma@bücher.example",
    "алма🔑@accounts.example",
]


async def gathered(ours: Outside, address: str) -> dict[str, Fact]:
    facts = await IdentityFacts(ours.identity, WALL_CLOCK).gather(case(address))
    assert {fact.name for fact in facts} == IdentityFacts.names
    return {fact.name: fact for fact in facts}


async def account_of(ours: Outside, address: str) -> IdentityAccount | None:
    return (await gathered(ours, address))[ACCOUNT].read(IdentityAccount)


async def logins_of(ours: Outside, address: str) -> FailedLogins | None:
    return (await gathered(ours, address))[LOGINS].read(FailedLogins)


def user(**fields: object) -> dict[str, object]:
    """A SCIM user in good standing, unless told otherwise."""
    usual = {"id": "usr_1", "userName": ALMA, "active": True, "emails": [{"value": ALMA, "primary": True}]}
    return {**usual, EXTENSION: {"status": "active"}, **fields}


def answers(odd: OddSystem, users: list[dict[str, object]], **logins: Any) -> None:
    """Let the odd store list these users and this page of logins."""
    page = {"logins": [], "next_cursor": None, **logins}
    listed = {"totalResults": len(users), "Resources": users}
    odd.by_path = {"/scim/v2/Users": json.dumps(listed).encode(), "/logins": json.dumps(page).encode()}


async def test_an_account_in_good_standing_and_its_failed_logins_are_values(neighbours: Neighbours) -> None:
    logins = [{"at": "-1h", **FAILURE}, {"at": "-2h", "outcome": "success", "address": "192.0.2.1"}]
    await neighbours.identity("usr_alma", ALMA, logins=logins)
    before = WALL_CLOCK.now()
    account, failed = await account_of(neighbours.ours, ALMA), await logins_of(neighbours.ours, ALMA)
    assert account == IdentityAccount(user="usr_alma", standing=Standing.GOOD, registered=True)
    assert failed is not None
    assert len(failed.failed) == 1
    assert before - LOOK_BACK <= failed.since <= WALL_CLOCK.now() - LOOK_BACK


async def test_an_address_that_nobody_has_is_known_to_be_nobodys(neighbours: Neighbours) -> None:
    await neighbours.identity("usr_alma", ALMA)
    facts = await gathered(neighbours.ours, "nobody@accounts.example")
    assert {fact.availability for fact in facts.values()} == {Availability.NONE}


@pytest.mark.parametrize("path", ["/identity/scim/*", "/identity/v1/*"])
@pytest.mark.parametrize("address", [ALMA, "nobody@accounts.example"])
@pytest.mark.parametrize(
    "fault",
    [{"kind": "error", "status": s} for s in (401, 409, 429, 500)] + [{"kind": "lost_answer"}, {"kind": "outage"}],
    ids=["401", "409", "429", "500", "lost", "503"],
)
async def test_when_one_call_fails_neither_fact_is_known_and_the_reason_names_nobody(
    neighbours: Neighbours, path: str, address: str, fault: dict[str, object]
) -> None:
    await neighbours.identity("usr_alma", ALMA)
    await neighbours.fault("identity", path=path, **fault)
    facts = await gathered(neighbours.ours, address)
    assert {fact.availability for fact in facts.values()} == {Availability.UNAVAILABLE}
    (reason,) = {fact.reason for fact in facts.values()}
    assert reason is not None
    assert reason.startswith("the identity store ")
    assert not any(private in reason for private in (address, address.partition("@")[0], "usr_", "/", "@"))


@pytest.mark.parametrize("address", ODD_ADDRESSES)
async def test_an_address_of_odd_letters_finds_its_own_account_and_no_other(
    neighbours: Neighbours, address: str
) -> None:
    await neighbours.identity("usr_alma", ALMA)
    assert await neighbours.ours.identity.users_with(address) == ()
    # The sandbox takes spaces in user names, and none in addresses.
    mail = address.replace(" ", "_")
    await neighbours.identity("usr_name", address, emails=["name@accounts.example"])
    await neighbours.identity("usr_mail", "mail@accounts.example", emails=["mail@accounts.example", mail])
    found = [{user.id for user in await neighbours.ours.identity.users_with(asked)} for asked in (address, mail)]
    assert found == [{"usr_name", "usr_mail"}] * 2 if mail == address else [{"usr_name"}, {"usr_mail"}]


@pytest.mark.parametrize(
    "injected",
    [
        f'x@x.example" or userName eq "{ALMA}',
        f'{ALMA}" and userName eq "{ALMA}',
        f'x@x.example\\" or userName eq "{ALMA}',
        '" pr or userName co "',
        "*",
    ],
)
async def test_an_address_can_add_nothing_to_the_question(neighbours: Neighbours, injected: str) -> None:
    await neighbours.identity("usr_alma", ALMA)
    assert await neighbours.ours.identity.users_with(injected) == ()


async def test_another_case_of_letters_is_the_same_address(neighbours: Neighbours) -> None:
    await neighbours.identity("usr_alma", ALMA)
    account = await account_of(neighbours.ours, ALMA.upper())
    assert account == IdentityAccount(user="usr_alma", standing=Standing.GOOD, registered=True)


async def test_of_two_people_with_one_address_nobody_is_taken_for_the_one(neighbours: Neighbours) -> None:
    shared = "family@accounts.example"
    await neighbours.identity("usr_alma", ALMA, shared)
    await neighbours.identity("usr_bela", "bela@accounts.example", shared)
    account = await account_of(neighbours.ours, shared)
    assert account is not None
    assert account.standing is Standing.UNCLEAR


async def test_one_persons_user_name_that_is_anothers_address_is_unclear_too(neighbours: Neighbours) -> None:
    await neighbours.identity("usr_alma", ALMA)
    await neighbours.identity("usr_bela", "bela@accounts.example", emails=["bela@accounts.example", ALMA])
    account = await account_of(neighbours.ours, ALMA)
    assert account is not None
    assert account.standing is Standing.UNCLEAR


@pytest.mark.parametrize("resources", [{}, {"Resources": []}, {"Resources": [user()]}])
async def test_a_list_that_leaves_out_one_of_two_people_is_not_believed(
    odd: tuple[OddSystem, Outside], resources: dict[str, object]
) -> None:
    system, ours = odd
    answers(system, [user()])
    system.by_path = {**system.by_path, "/scim/v2/Users": json.dumps({"totalResults": 2, **resources}).encode()}
    facts = await gathered(ours, ALMA)
    assert facts[ACCOUNT].reason == "the identity store's answer can't be read"


async def test_an_empty_list_may_lack_its_resources(odd: tuple[OddSystem, Outside]) -> None:
    system, ours = odd
    answers(system, [])
    system.by_path = {**system.by_path, "/scim/v2/Users": b'{"totalResults": 0}'}
    assert await account_of(ours, ALMA) is None


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("active", Standing.GOOD),
        ("locked_for_security", Standing.SECURITY),
        ("deactivated_for_security", Standing.SECURITY),
        ("deactivated", Standing.OTHER),
    ],
)
async def test_the_stores_words_for_a_standing(neighbours: Neighbours, status: str, standing: Standing) -> None:
    await neighbours.identity("usr_alma", ALMA, status=status)
    account = await account_of(neighbours.ours, ALMA)
    assert account is not None
    assert account.standing is standing


@pytest.mark.parametrize(
    ("told", "standing"),
    [
        ({EXTENSION: {"status": "hibernating"}}, Standing.UNCLEAR),
        ({EXTENSION: {"status": "Active"}}, Standing.UNCLEAR),
        ({EXTENSION: {"status": ""}}, Standing.UNCLEAR),
        ({EXTENSION: {}}, Standing.UNCLEAR),
        ({EXTENSION: None}, Standing.UNCLEAR),
        ({"active": False}, Standing.OTHER),
        ({"active": False, EXTENSION: {"status": "locked_for_security"}}, Standing.SECURITY),
        ({"nickName": "Al", "urn:example:new": {"risk": 9}, "emails": [{"value": ALMA, "kind": 3}]}, Standing.GOOD),
    ],
)
async def test_words_and_fields_that_nobody_knows_are_never_taken_for_good_standing(
    odd: tuple[OddSystem, Outside], told: dict[str, object], standing: Standing
) -> None:
    system, ours = odd
    answers(system, [user(**told)])
    account = await account_of(ours, ALMA)
    assert account is not None
    assert account.standing is standing


async def test_an_account_found_by_an_address_that_isnt_its_registered_one_says_so(neighbours: Neighbours) -> None:
    await neighbours.identity("usr_alma", ALMA, "alma.private@accounts.example")
    account = await account_of(neighbours.ours, "alma.private@accounts.example")
    assert account == IdentityAccount(user="usr_alma", standing=Standing.GOOD, registered=False)


@pytest.mark.parametrize(("count", "cut"), [(LISTED - 1, False), (LISTED, False), (LISTED + 1, True)])
async def test_of_more_logins_than_a_page_holds_it_is_known_from_when_on_they_are_complete(
    neighbours: Neighbours, count: int, cut: bool
) -> None:
    logins = [{"at": f"-{number + 1}m", **FAILURE} for number in range(count)]
    await neighbours.identity("usr_alma", ALMA, logins=logins)
    failed = await logins_of(neighbours.ours, ALMA)
    assert failed is not None
    assert len(failed.failed) == min(count, LISTED)
    assert failed.failed == tuple(sorted(failed.failed, reverse=True))
    oldest = failed.failed[-1]
    assert failed.count(oldest + timedelta(seconds=1)) == len(failed.failed) - 1
    earlier = failed.count(oldest - timedelta(seconds=1))
    assert earlier == (None if cut else len(failed.failed))


async def test_logins_of_the_same_instant_as_a_pages_last_are_not_said_to_be_complete(neighbours: Neighbours) -> None:
    newer = [{"at": f"-{number + 1}m", **FAILURE} for number in range(LISTED - 1)]
    together = [{"at": "-6h", **FAILURE}] * 3
    await neighbours.identity("usr_alma", ALMA, logins=[*newer, *together])
    failed = await logins_of(neighbours.ours, ALMA)
    assert failed is not None
    oldest = failed.failed[-1]
    assert failed.failed.count(oldest) == 1, "two more are on the next page"
    assert failed.count(oldest) is None
    assert failed.count(failed.failed[-2]) == LISTED - 1


async def test_an_empty_page_with_others_behind_it_says_nothing(odd: tuple[OddSystem, Outside]) -> None:
    system, ours = odd
    answers(system, [user()], next_cursor="more")
    facts = await gathered(ours, ALMA)
    assert facts[LOGINS].reason == "the identity store cut its log off before the first login"
    assert facts[ACCOUNT].availability is Availability.UNAVAILABLE


@pytest.mark.parametrize(
    ("at", "instant"),
    [
        ("2026-03-02T12:00:00Z", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        ("2026-03-02T12:00:00.123456789Z", datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)),
        ("2026-03-03T02:00:00+14:00", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        ("2026-03-02T00:00:00-12:00", datetime(2026, 3, 2, 12, tzinfo=UTC)),
    ],
)
async def test_instants_of_any_offset_are_the_same_instants(
    odd: tuple[OddSystem, Outside], at: str, instant: datetime
) -> None:
    system, ours = odd
    answers(system, [user()], logins=[{"at": at, "outcome": "failure", "device": "unknown"}])
    failed = await logins_of(ours, ALMA)
    assert failed is not None
    assert failed.failed == (instant,)


@pytest.mark.parametrize(
    "at", ["2026-03-02T12:00:00", "2026-03-02", "yesterday", "", None, "2026-02-30T12:00:00Z", "2026-03-02T25:00:00Z"]
)
async def test_an_instant_that_is_naive_or_none_is_not_guessed(odd: tuple[OddSystem, Outside], at: object) -> None:
    system, ours = odd
    answers(system, [user()], logins=[{"at": at, "outcome": "failure"}])
    facts = await gathered(ours, ALMA)
    assert {fact.reason for fact in facts.values()} == {"the identity store's answer can't be read"}


@pytest.mark.parametrize("expires", ["2026-03-02T12:00:00", "soon", None])
async def test_a_link_whose_end_is_naive_or_none_is_not_used(odd: tuple[OddSystem, Outside], expires: object) -> None:
    system, ours = odd
    system.status = 201
    system.body = json.dumps({"id": "rst_1", "expires": expires, "url": "https://example.com/secret"}).encode()
    with pytest.raises(Unreachable, match="the identity store's answer can't be read"):
        await ours.identity.make_reset("usr_1", 1800, "T-1/reset")
