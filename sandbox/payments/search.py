"""Stripe's search language over records: ``number:'INV-1001' AND status:'paid'``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.payments.listing import newest_first, read_limit
from sandbox.payments.parameters import Parameters
from sandbox.payments.problems import invalid
from sandbox.payments.records import Json, Record

SEARCHING = frozenset({"query", "limit", "page"})

_QUOTED = r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\""
_CLAUSE = re.compile(
    rf"\s*(?P<negated>-)?(?P<field>[a-z_]+)(?:\[(?:{_QUOTED})\])?\s*(?P<operator>>=|<=|:|~|>|<)\s*"
    rf"(?:{_QUOTED}|(?P<number>-?\d+))"
)
_JOIN = re.compile(r"\s+(AND|OR)\s+|\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Clause:
    """One comparison of a field, or of one metadata key, with a constant."""

    field: str
    key: str | None
    operator: str
    constant: str
    negated: bool

    def holds(self, shown: Json) -> bool:
        """Whether the object satisfies it; an absent field satisfies only a negation."""
        value = shown.get("metadata", {}).get(self.key) if self.key is not None else shown.get(self.field)
        return (value is not None and self._compares(value)) != self.negated

    def _compares(self, value: object) -> bool:
        if self.operator == ":":
            return str(value).casefold() == self.constant.casefold()
        if self.operator == "~":
            return self.constant.casefold() in str(value).casefold()
        if not isinstance(value, int):
            return False
        other = int(self.constant)
        return {">": value > other, "<": value < other, ">=": value >= other, "<=": value <= other}[self.operator]


def parse_query(query: str, fields: frozenset[str]) -> tuple[list[Clause], bool]:
    """The clauses, and whether any of them is enough (OR) or all are needed (AND).

    Raises:
        StripeProblem: The query can't be read, names an unknown field, or mixes AND with OR.
    """
    clauses: list[Clause] = []
    joins: set[str] = set()
    position = 0
    while match := _CLAUSE.match(query, position):
        clauses.append(_clause(match, fields, query))
        position = match.end()
        join = _JOIN.match(query, position)
        if join is None or not query[join.end() :].strip():
            break
        joins.add((join[1] or "AND").upper())
        position = join.end()
    if not clauses or query[position:].strip():
        raise invalid(f"We were unable to parse your search query: {query}", param="query")
    if len(joins) > 1:
        raise invalid("AND and OR can't be mixed in one search query.", param="query")
    return clauses, joins == {"OR"}


def _clause(match: re.Match[str], fields: frozenset[str], query: str) -> Clause:
    key = match[3] if match[3] is not None else match[4]
    constant = next((part for part in (match["number"], match[6], match[7]) if part is not None), "")
    if match["field"] not in fields or (match["field"] == "metadata") != (key is not None):
        raise invalid(f"Field `{match['field']}` is an unsupported search field: {query}", param="query")
    if match["operator"] in {">", "<", ">=", "<="} and not re.fullmatch(r"-?\d+", constant):
        raise invalid(f"`{match['operator']}` compares numbers only: {query}", param="query")
    constant = re.sub(r"\\(.)", r"\1", constant)
    return Clause(match["field"], key, match["operator"], constant, match["negated"] is not None)


def search_page(records: Sequence[Record], parameters: Parameters, url: str, fields: frozenset[str]) -> Json:
    """One page of the records that satisfy the query; the next page's token is its offset."""
    clauses, any_is_enough = parse_query(parameters.required("query"), fields)
    limit, offset = read_limit(parameters), parameters.integer("page") or 0
    enough = any if any_is_enough else all
    objects = [record.to_stripe() for record in newest_first(records)]
    found = [shown for shown in objects if enough(clause.holds(shown) for clause in clauses)]
    end = offset + limit
    more = len(found) > end
    page = {"has_more": more, "next_page": str(end) if more else None, "data": found[offset:end]}
    return {"object": "search_result", "url": url, **page}
