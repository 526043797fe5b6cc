"""Mail templates: a subject, a body, and placeholders that are all known (DF 5, 6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casewright.policy.problems import PolicyError, Problem
from casewright.policy.steps import STANDARD_VALUES

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_DEFAULTS = {"name": "customer"}
_SUBJECT = "Subject: "

REQUIRED: dict[str, frozenset[str]] = {
    "acknowledgment": frozenset({"subject"}),
    "acknowledgment-promise": frozenset({"subject", "promise"}),
    "delay-apology": frozenset({"subject", "promise"}),
    "delay-apology-credit": frozenset({"subject", "promise", "amount"}),
    "escalation-notice": frozenset({"subject", "team", "time"}),
    "low-score": frozenset({"subject", "score"}),
    "survey": frozenset({"subject", "link"}),
    "question": frozenset({"message"}),
    "reply": frozenset({"message"}),
    "resolved": frozenset({"summary"}),
    "refund-confirmation": frozenset({"amount", "plan"}),
    "credit-confirmation": frozenset({"amount"}),
    "password-reset": frozenset({"link", "minutes"}),
    "return-label": frozenset({"product", "order", "tracking"}),
    "staff-at-risk": frozenset({"clock", "deadline", "state", "link"}),
    "staff-breach": frozenset({"clock", "deadline", "state", "link"}),
    "staff-low-rating": frozenset({"score", "link"}),
    "staff-approval-unanswered": frozenset({"roles", "link"}),
    "staff-approval-request": frozenset({"what", "amount", "evidence", "link"}),
    "staff-approval-reminder": frozenset({"what", "amount", "evidence", "link"}),
}
"""Templates that the code itself sends, and the values it gives besides ticket and name."""
STAFF = "staff-"
"""How the names of messages to colleagues begin: no policy sends one of these to a customer."""


@dataclass(frozen=True, slots=True)
class Template:
    """One message to customers, or to colleagues."""

    name: str
    subject: str
    body: str

    @property
    def placeholders(self) -> frozenset[str]:
        """Every value that it needs."""
        return frozenset(_PLACEHOLDER.findall(self.subject + self.body))


def read_template(name: str, text: str, file: str) -> Template:
    """A file whose first line is ``Subject: …``.

    Raises:
        PolicyError: it has no subject or body, or a brace that is no placeholder.
    """
    problems: list[Problem] = []
    first, _, body = text.partition("\n")
    if not first.startswith(_SUBJECT) or not first.removeprefix(_SUBJECT).strip():
        problems.append(Problem(file, 1, f"the first line must be '{_SUBJECT}…'"))
    if not body.strip():
        problems.append(Problem(file, 2, "the message has no body"))
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"[{}]", _PLACEHOLDER.sub("", line)):
            problems.append(Problem(file, number, "a brace that is no placeholder: write {name}, in lower case"))
    if problems:
        raise PolicyError(problems)
    return Template(name, first.removeprefix(_SUBJECT).strip(), body.strip() + "\n")


def required_templates(found: Mapping[str, Template], folder: str, problems: list[Problem]) -> dict[str, Template]:
    """The templates that the code sends by itself; what is missing or asks for other values becomes a problem."""
    there: dict[str, Template] = {}
    for name, values in REQUIRED.items():
        template = found.get(name)
        if template is None:
            problems.append(Problem(f"{folder}/{name}.txt", 1, "the template is missing"))
            continue
        there[name] = template
        for extra in sorted(template.placeholders - values - STANDARD_VALUES):
            problems.append(Problem(f"{folder}/{name}.txt", 1, f"unknown placeholder {{{extra}}}"))
        for lost in sorted(values - template.placeholders):
            problems.append(Problem(f"{folder}/{name}.txt", 1, f"the placeholder {{{lost}}} is missing"))
    return there


def render(template: Template, values: Mapping[str, str]) -> tuple[str, str]:
    """Subject and body; values are inserted as they are, and never looked into for placeholders.

    Raises:
        ValueError: a value is missing or unknown, or would add a line to the header.
    """
    given = {**_DEFAULTS, **values}
    _refuse("lacks", template, template.placeholders - given.keys())
    _refuse("has no placeholder", template, given.keys() - template.placeholders - STANDARD_VALUES)
    subject = _filled(template.subject, given)
    if not subject.isprintable():
        raise ValueError(f"the subject of {template.name} would hold a line break or control character")
    return subject, _filled(template.body, given)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)


def _refuse(what: str, template: Template, names: Iterable[str]) -> None:
    wrong = sorted(names)
    if wrong:
        raise ValueError(f"the template {template.name} {what} {', '.join(wrong)}")
