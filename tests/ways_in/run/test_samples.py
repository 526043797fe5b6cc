"""Sample files: read as text, checked before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from casewright.domain.money import Money
from starter.run.problem import RunProblem
from starter.run.samples import load_samples
from starter.run.wishes import Wishes
from tests.ways_in.run.boards import SAMPLE

OVERRIDE = {"type": "override", "justification": "goodwill"}


def write(folder: Path, number: int, **changes: object) -> None:
    content = {**SAMPLE, **changes}
    (folder / f"{number:02}-{content['name']}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")


def test_amounts_are_read_exactly(tmp_path: Path) -> None:
    write(tmp_path, 1)
    (sample,) = load_samples(tmp_path)
    assert sample.expect.refunds == {"ch_1": Money.from_minor(2000, "USD")}
    assert sample.expect.ledger[0].by == "system"


def test_samples_come_in_the_order_of_their_files(tmp_path: Path) -> None:
    write(tmp_path, 2, name="second", after="first")
    write(tmp_path, 1, name="first")
    assert [sample.name for sample in load_samples(tmp_path)] == ["first", "second"]


def test_two_samples_of_one_name_are_refused(tmp_path: Path) -> None:
    write(tmp_path, 1)
    write(tmp_path, 2)
    with pytest.raises(RunProblem, match="two samples named"):
        load_samples(tmp_path)


def test_a_verdict_is_bound_to_the_plan_that_was_shown(tmp_path: Path) -> None:
    acts = [{"by": "mia", "when": "waiting-approval", "act": {"type": "approve"}}]
    write(tmp_path, 1, acts=acts)
    (sample,) = load_samples(tmp_path)
    assert sample.acts[0].body("f" * 64) == {"type": "approve", "plan_hash": "f" * 64}


def test_other_acts_carry_no_plan(tmp_path: Path) -> None:
    write(tmp_path, 1, acts=[{"by": "mia", "when": "with-people", "act": OVERRIDE}])
    (sample,) = load_samples(tmp_path)
    assert sample.acts[0].body("f" * 64) == OVERRIDE


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"acts": [{"by": "mia", "when": "with-people", "act": {"type": "approv"}}]}, "approv"),
        ({"acts": [{"by": "mia", "when": "sometime", "act": OVERRIDE}]}, "when"),
        ({"expect": {**SAMPLE["expect"], "state": "done"}}, "state"),  # type: ignore[dict-item]
        ({"expect": {**SAMPLE["expect"], "refund": {}}}, "refund"),  # type: ignore[dict-item]
        ({"after": "nobody"}, "waits for nobody"),
    ],
)
def test_a_mistake_in_a_file_is_named(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    write(tmp_path, 1, **changes)
    with pytest.raises(RunProblem, match=words):
        load_samples(tmp_path)


def test_a_file_has_its_samples_name(tmp_path: Path) -> None:
    (tmp_path / "01-other.yaml").write_text(yaml.safe_dump(SAMPLE), encoding="utf-8")
    with pytest.raises(RunProblem, match="charged-twice"):
        load_samples(tmp_path)


def test_a_folder_without_samples_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(RunProblem, match="CASEWRIGHT_SAMPLES"):
        load_samples(tmp_path)


def test_the_projects_own_samples_can_be_read() -> None:
    shown = " ".join(sample.shows for sample in load_samples(Wishes().samples))
    rules = ("auto-refund", "specialist", "already-refunded", "ask-invoice", "gap-unknown-invoice", "gap-no-proof")
    ways = ("approve", "reject", "resolve", "override", "credit", "reassign", "claim", "note", "reprioritise", "reply")
    assert [word for word in (*rules, *ways) if word not in shown] == []
