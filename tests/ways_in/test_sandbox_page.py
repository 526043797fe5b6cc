"""sandbox/README.md on policy A.1's customers: their addresses, and what is left to try after the samples."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from casewright.domain.ticket import ClaimValue
from starter.run.samples import Sample, load_samples

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "sandbox" / "README.md").read_text(encoding="utf-8")
SAMPLES = load_samples(ROOT / "sandbox" / "samples")


def invoices(text: str) -> set[str]:
    return set(re.findall(r"INV-\d{4}", text))


def by_hand() -> tuple[set[str], set[str]]:
    """Invoices whose money is all there, and those that give none anyway."""
    told = PAGE.split("**To try by hand.**", 1)[1].split("\n\n", 1)[0]
    with_money, _, without = told.partition("What gives no money")
    return invoices(with_money), invoices(without)


def about(sample: Sample) -> set[str]:
    """The invoices that a sample is about, from its submission and from what is answered."""
    claims: list[Iterable[object] | ClaimValue] = [*sample.submission.claims.values()]
    return invoices(f"{claims} {[act.act for act in sample.acts]}")


def test_every_customer_of_the_table_is_seeded_with_this_address() -> None:
    section = PAGE.split("## What is seeded for policy A.1", 1)[1].split("\n## ", 1)[0]
    listed = dict(re.findall(r"^\| INV-\d{4} +\| (\w+) +\| (\S+@\S+) ", section, re.MULTILINE))
    seeded: dict[str, str] = {}
    for file in sorted((ROOT / "sandbox" / "seeds").glob("*-a1-*.yaml")):
        customers = yaml.safe_load(file.read_text(encoding="utf-8")).get("customers", [])
        seeded.update({one["id"].removeprefix("cus_"): one["email"] for one in customers})
    assert len(listed) > 20
    assert listed == seeded


def test_what_is_left_to_try_by_hand_is_given_by_no_sample() -> None:
    with_money, without = by_hand()
    assert len(with_money) > 1
    given = invoices(" ".join(f"INV-{charge[3:7]}" for sample in SAMPLES for charge in sample.expect.refunds))
    waiting = {one for sample in SAMPLES if sample.expect.state == "waiting-approval" for one in about(sample)}
    assert (with_money | without) & (given | waiting) == set()


def test_the_readme_tries_what_is_left() -> None:
    tried = invoices((ROOT / "README.md").read_text(encoding="utf-8"))
    assert tried
    assert tried <= by_hand()[0]
