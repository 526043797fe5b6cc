"""The metrics: each with its name, unit and attributes; docs/telemetry.md has the same table.

Without an exporter the instruments are OpenTelemetry's own that do nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from opentelemetry import metrics

_METER = metrics.get_meter("casewright")
_WAITS = (1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 86_400, 3 * 86_400, 7 * 86_400)
_CALLS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LATENESS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)


@dataclass(frozen=True)
class Metric:
    """What a metric is called, and the closed set of its attributes, all of them ids and words of ours."""

    name: str
    unit: str
    attributes: tuple[str, ...]
    description: str

    def _labelled(self, attributes: dict[str, str]) -> dict[str, str]:
        if set(attributes) != set(self.attributes):
            raise ValueError(f"{self.name} has the attributes {self.attributes}, not {tuple(attributes)}")
        return attributes


@dataclass(frozen=True)
class Counter(Metric):
    """How often something happened."""

    _instrument: metrics.Counter = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        made = _METER.create_counter(self.name, unit=self.unit, description=self.description)
        object.__setattr__(self, "_instrument", made)

    def add(self, amount: int = 1, /, **attributes: str) -> None:
        """Count."""
        self._instrument.add(amount, self._labelled(attributes))


@dataclass(frozen=True)
class Histogram(Metric):
    """How long something took."""

    bounds: tuple[float, ...]
    _instrument: metrics.Histogram = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        made = _METER.create_histogram(
            self.name, unit=self.unit, description=self.description, explicit_bucket_boundaries_advisory=self.bounds
        )
        object.__setattr__(self, "_instrument", made)

    def record(self, seconds: float, /, **attributes: str) -> None:
        """Measure once."""
        self._instrument.record(seconds, self._labelled(attributes))


SUBMITTED = Counter("casewright.tickets.submitted", "{ticket}", ("policy",), "Tickets whose first row was stored")
DECIDED = Counter(
    "casewright.tickets.decided", "{decision}", ("policy", "ownership"), "Decisions stored; deciding again counts again"
)
TIME_TO_DECISION = Histogram(
    "casewright.tickets.time_to_decision",
    "s",
    ("policy", "ownership"),
    "From the submission until the decision, in the ticket's time",
    _WAITS,
)
DECISION_DURATION = Histogram(
    "casewright.decision.duration", "s", ("policy", "ownership"), "What it took to gather facts and decide", _CALLS
)
BREACHED = Counter("casewright.clocks.breached", "{breach}", ("commitment", "kind"), "Commitments that were not met")
LATENESS = Histogram(
    "casewright.clocks.lateness",
    "s",
    ("commitment", "kind"),
    "From a missed deadline until the row that says so was stored, in the ticket's time",
    _LATENESS,
)
ATTEMPTS = Counter("casewright.effects.attempts", "{attempt}", ("kind",), "Tries of a step, first ones and retries")
RETRIES = Counter("casewright.effects.retries", "{attempt}", ("kind",), "Tries of a step after its first one")
FAILURES = Counter("casewright.effects.failures", "{attempt}", ("kind", "error"), "Tries of a step without an outcome")
DONE = Counter("casewright.effects.done", "{step}", ("kind", "found"), "Steps that happened, or had happened before")
REFUSED = Counter("casewright.effects.refused", "{step}", ("kind", "guard"), "Steps that a guard or system refused")
UNCERTAIN = Counter("casewright.effects.uncertain", "{step}", ("kind",), "Steps that nobody knows the outcome of")

METRICS: tuple[Metric, ...] = (
    SUBMITTED,
    DECIDED,
    TIME_TO_DECISION,
    DECISION_DURATION,
    BREACHED,
    LATENESS,
    ATTEMPTS,
    RETRIES,
    FAILURES,
    DONE,
    REFUSED,
    UNCERTAIN,
)
