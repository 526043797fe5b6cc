"""Form-encoded parameters with nested brackets, as Stripe's clients send them."""

import re
from collections.abc import Set
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import parse_qsl

from sandbox.payments.problems import invalid

Form: TypeAlias = "dict[str, str | Form]"

_BRACKET = re.compile(r"\[([^\]]*)\]")
MAX_METADATA_KEYS, MAX_METADATA_KEY, MAX_METADATA_VALUE = 50, 40, 500


def decode_form(encoded: str) -> Form:
    """``a=1&metadata[ticket]=T-1&expand[]=charge`` as nested mappings; list items become numbered entries."""
    form: Form = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        head, _, _ = name.partition("[")
        _place(form, [head, *_BRACKET.findall(name)], value, name)
    return form


def _place(form: Form, path: list[str], value: str, name: str) -> None:
    for step in path[:-1]:
        nested = form.setdefault(step, {})
        if isinstance(nested, str):
            raise invalid(f"Invalid parameter: {name}", param=name)
        form = nested
    form[path[-1] or str(len(form))] = value


@dataclass(frozen=True)
class Parameters:
    """Typed reading of a decoded form; every refusal is worded as Stripe words it."""

    form: Form

    def refuse_unknown(self, accepted: Set[str]) -> None:
        """Refuse the first parameter that the endpoint doesn't know."""
        for name in self.form:
            if name not in accepted:
                raise invalid(f"Received unknown parameter: {name}", param=name, code="parameter_unknown")

    def text(self, name: str) -> str | None:
        """A plain value, or None when absent or empty."""
        value = self.form.get(name)
        if isinstance(value, dict):
            raise invalid(f"Invalid string: {name}", param=name)
        return value or None

    def required(self, name: str) -> str:
        """A plain value that must be there."""
        value = self.text(name)
        if value is None:
            raise invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
        return value

    def integer(self, name: str) -> int | None:
        """A whole number, or None when absent."""
        value = self.text(name)
        return None if value is None else _integer(value, name)

    def metadata(self) -> dict[str, str]:
        """The metadata pairs, within Stripe's limits (50 keys, 40 and 500 characters)."""
        value = self.form.get("metadata", {})
        if isinstance(value, str):
            raise invalid("Invalid metadata: must be a hash", param="metadata")
        pairs = {key: item for key, item in value.items() if isinstance(item, str)}
        too_long = any(len(k) > MAX_METADATA_KEY or len(v) > MAX_METADATA_VALUE for k, v in pairs.items())
        if len(pairs) != len(value) or len(pairs) > MAX_METADATA_KEYS or too_long:
            raise invalid("Metadata is nested or beyond its limits (50 keys, 40 and 500 characters)", param="metadata")
        return pairs

    def bounds(self, name: str) -> dict[str, int]:
        """A number range such as ``created[gte]``; a plain number means exactly that."""
        value = self.form.get(name, {})
        if isinstance(value, str):
            number = _integer(value, name)
            return {"gte": number, "lte": number}
        unknown = value.keys() - {"gt", "gte", "lt", "lte"}
        if unknown:
            raise invalid(f"Received unknown parameter: {name}[{min(unknown)}]", param=name, code="parameter_unknown")
        return {bound: _integer(str(number), f"{name}[{bound}]") for bound, number in value.items()}

    def expansions(self) -> list[str]:
        """The paths to expand, such as ``data.charge``."""
        value = self.form.get("expand", {})
        if isinstance(value, str):
            raise invalid("Invalid array", param="expand")
        return [path for path in value.values() if isinstance(path, str)]


def _integer(value: str, name: str) -> int:
    if not re.fullmatch(r"-?\d{1,15}", value):
        raise invalid(f"Invalid integer: {value}", param=name, code="parameter_invalid_integer")
    return int(value)
