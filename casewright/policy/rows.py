"""Reading the rows of the table: rules and gaps, in order."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yaml import MappingNode, Node

from casewright.domain.decision import ApprovalNeed, Commitment, Ownership
from casewright.policy.conditions import Conditions
from casewright.policy.grammar import Ref, Row, Vocabulary
from casewright.policy.nodes import Section, text_of, texts_of
from casewright.policy.problems import Mistake, Problems, nearest
from casewright.policy.rule_commitments import read_commitment
from casewright.policy.step_reader import read_step
from casewright.policy.steps import STANDARD_VALUES

_REQUIRED = ("id", "source", "when", "ownership", "reason")
_OPTIONAL = ("team", "approval", "commitments", "steps", "question")


@dataclass(frozen=True, slots=True)
class Rows:
    """Reads rows of one policy."""

    policy: str
    conditions: Conditions
    vocabulary: Vocabulary
    problems: Problems

    def read(self, nodes: list[Node]) -> tuple[Row, ...]:
        """Every row that can be read; the rest becomes problems."""
        rows: list[Row] = []
        for node in nodes:
            with self.problems.collecting():
                row = self._row(node)
                if any(row.id == other.id for other in rows):
                    self.problems.add(node, f"the rule {row.id} comes twice")
                rows.append(row)
        return tuple(rows)

    def _row(self, node: Node) -> Row:
        section = Section(node, self.problems, required=_REQUIRED, optional=_OPTIONAL)
        when = section.get("when")
        if when is None:
            raise Mistake(node, "a row without a condition would always hold")
        row = Row(
            id=self._id(section),
            source=section.text("source"),
            when=self.conditions.read(when),
            ownership=self._ownership(section),
            reason=section.text("reason"),
            team=self._known(section, "team", self.vocabulary.teams),
            approval=self._approval(section.get("approval")),
            commitments=self._commitments(section),
            steps=tuple(read_step(item, self.vocabulary, self.problems) for item in section.items("steps")),
            question=self._known(section, "question", frozenset(self.vocabulary.templates)),
            line=node.start_mark.line + 1,
        )
        self._check(node, row)
        return row

    def _id(self, section: Section) -> str:
        rule = section.text("id")
        if not re.fullmatch(rf"{re.escape(self.policy)}/[a-z0-9-]+", rule):
            raise Mistake(
                section.get("id") or section.node, f"{rule!r} is no rule of {self.policy}: {self.policy}/name"
            )
        return rule

    def _ownership(self, section: Section) -> Ownership:
        word = section.text("ownership")
        if word not in list(Ownership):
            where = section.get("ownership") or section.node
            raise Mistake(where, f"unknown ownership {word!r}{nearest(word, Ownership)}")
        return Ownership(word)

    def _known(self, section: Section, key: str, known: frozenset[str]) -> str | None:
        node = section.get(key)
        if node is None:
            return None
        name = text_of(node)
        if name not in known:
            raise Mistake(node, f"unknown {'template' if key == 'question' else key} {name!r}{nearest(name, known)}")
        return name

    def _approval(self, node: Node | None) -> Ref | ApprovalNeed | None:
        if node is None:
            return None
        if not isinstance(node, MappingNode):
            text = text_of(node)
            if not text.startswith("$"):
                raise Mistake(node, f"{text!r}: an approval is the $name of a value, or roles with a 'why'")
            return Ref(text[1:])
        section = Section(node, self.problems, required=("roles", "why"))
        roles = section.get("roles")
        names = texts_of(roles) if roles is not None else ()
        for name in names:
            if name not in self.vocabulary.roles:
                self.problems.add(roles or node, f"unknown role {name!r}{nearest(name, self.vocabulary.roles)}")
        return ApprovalNeed(roles=names, why=section.text("why"))

    def _commitments(self, section: Section) -> tuple[Commitment, ...]:
        nodes = section.items("commitments")
        found = tuple(read_commitment(node, self.vocabulary.calendars, self.problems) for node in nodes)
        names = [commitment.name for commitment in found]
        for name, node in zip(names, nodes, strict=True):
            if names.count(name) > 1:
                raise Mistake(node, f"two commitments are named {name!r}: each has a clock of its own")
        return found

    def _check(self, node: Node, row: Row) -> None:
        """What only the parts of a row together show."""
        ids = [step.id for step in row.steps]
        if len(set(ids)) != len(ids):
            self.problems.add(node, f"{row.id}: two steps have one id; give them an 'id' each")
        if any(step.gated for step in row.steps) and row.approval is None:
            self.problems.add(node, f"{row.id}: a gated step waits for an approval, and none is declared")
        if row.approval is not None and not any(step.gated for step in row.steps):
            self.problems.add(node, f"{row.id}: an approval is declared, and no step is gated by it")
        if (row.ownership is Ownership.ASK) != (row.question is not None):
            self.problems.add(node, f"{row.id}: 'ask' needs a question, and nothing else has one")
        if row.question and self.vocabulary.templates[row.question] - STANDARD_VALUES:
            self.problems.add(node, f"{row.id}: a question's template has no values but ticket and name")
        if row.ownership is Ownership.ESCALATE and row.team is None:
            self.problems.add(node, f"{row.id}: an escalation names its team")
        if row.ownership is Ownership.AUTOMATE and (row.team or any(step.gated for step in row.steps)):
            self.problems.add(node, f"{row.id}: what is automated has neither a team nor gated steps")
