"""What colleagues are told, in the words of the handbook: never personal data, but where to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casewright.handbook import Handbook


@dataclass(frozen=True)
class StaffWords:
    """The handbook's templates for the staff."""

    handbook: Handbook
    pages_url: str

    def say(self, key: str, template: str, values: Mapping[str, str]) -> tuple[str, str]:
        """Subject and body about the ticket of this key; a template that has ``{link}`` gets the ticket's address.

        Raises:
            LookupError: there is no such template.
            ValueError: a value is missing or unknown.
        """
        ticket = key.partition("/")[0]
        told = {"ticket": ticket, **values}
        known = self.handbook.templates.get(template)
        if known is not None and "link" in known.placeholders:
            told.setdefault("link", f"{self.pages_url}/tickets/{ticket}")
        return self.handbook.render(template, told)
