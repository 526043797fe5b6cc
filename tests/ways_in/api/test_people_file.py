"""The file of people: what it says reaches the database, and a mistake names its place, never a token."""

from pathlib import Path

import pytest

from casewright.handbook import Handbook
from casewright.identity import PeopleError, load_people, read_people
from casewright.records.people import hash_token

ROOT = Path(__file__).parents[3]
ROLES = ("agent", "team-lead")


def written(tmp_path: Path, *entries: str) -> Path:
    path = tmp_path / "people.yaml"
    path.write_text("people:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries), encoding="utf-8")
    return path


def test_the_sample_people_hold_roles_of_the_handbook() -> None:
    roles = Handbook.load(ROOT / "handbook").organisation.roles
    people = read_people(ROOT / "sandbox" / "people.yaml", roles)
    assert {person.token for person in people} == {f"sandbox-token-{person.id}" for person in people}
    assert {role for person in people for role in person.roles} >= set(roles) - {"head-of-support"}
    assert sum("support-manager" in person.roles for person in people) == 2


def test_a_token_is_kept_as_its_hash_only(tmp_path: Path) -> None:
    token = "sandbox-token-ada"
    (ada,) = load_people(written(tmp_path, f"id: ada, name: Ada, kind: person, roles: [agent], token: {token}"), ROLES)
    assert ada.token_hash == hash_token(token)
    assert token not in ada.model_dump_json()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("id: ada, name: Ada, kind: robot", "people.1.kind"),
        ("id: ada, name: Ada", "people.1.kind"),
        ("id: a b, name: Ada, kind: person", "people.1.id"),
        ("id: ada, name: Ada, kind: person, role: agent", "people.1.role"),
        ("id: ada, name: Ada, kind: person, roles: [chief]", "ada holds 'chief'"),
        ("id: ada, name: Ada, kind: person, token: sandbox-secret", "people.1.token"),
        ("id: ada, name: Ada, kind: person, token: a-real-looking-secret", "people.1.token"),
        ("id: ada, name: Ada, kind: person, token_hash: secret", "people.1.token_hash"),
    ],
)
def test_a_mistake_names_file_and_entry_and_no_token(tmp_path: Path, entry: str, said: str) -> None:
    with pytest.raises(PeopleError) as refusal:
        load_people(written(tmp_path, entry), ROLES)
    assert "people.yaml" in str(refusal.value)
    assert said in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_two_people_never_share_an_id_or_a_token(tmp_path: Path) -> None:
    ada, bo = ("id: ada, name: Ada, kind: person", "id: bo, name: Bo, kind: person")
    with pytest.raises(PeopleError, match="same id 'ada'"):
        load_people(written(tmp_path, ada, ada))
    with pytest.raises(PeopleError, match="same token"):
        load_people(written(tmp_path, *(f"{one}, token: sandbox-token-shared" for one in (ada, bo))))


@pytest.mark.parametrize("text", ["", "people: [", "people: ada", "- ada", "people: [{id: \xff"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "people.yaml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(PeopleError, match=r"people\.yaml"):
        load_people(path)
    with pytest.raises(PeopleError, match="can't be read"):
        load_people(tmp_path / "missing.yaml")
