"""The faults in force and what they do to one request."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from sandbox.faults.rules import FaultKind, FaultOrder, FaultRule, Target


@dataclass(frozen=True)
class Strike:
    """What happens to one request: a delay and at most one fault besides."""

    delay_seconds: float = 0.0
    fault: FaultRule | None = None
    names: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        """Whether the request is never processed."""
        return self.fault is not None and self.fault.kind in {FaultKind.ERROR, FaultKind.OUTAGE}

    @property
    def loses_answer(self) -> bool:
        """Whether the request is processed, and the connection then dropped without an answer."""
        return self.fault is not None and self.fault.kind is FaultKind.LOST_ANSWER


class FaultBoard:
    """Keeps the rules in the order they were arranged; of those that apply, the first decides."""

    def __init__(self, rules: list[FaultRule] | None = None) -> None:
        self._rules = {rule.id: rule for rule in rules or []}

    def add(self, order: FaultOrder) -> FaultRule:
        """Arrange a fault."""
        rule = FaultRule(id=f"fault_{token_hex(4)}", **order.model_dump())
        self._rules[rule.id] = rule
        return rule

    def remove(self, rule_id: str) -> bool:
        """End a fault; False when there is none with that id."""
        return self._rules.pop(rule_id, None) is not None

    def clear(self) -> None:
        """End every fault."""
        self._rules.clear()

    def rules(self) -> list[FaultRule]:
        """Every rule, spent ones too, with its hits."""
        return list(self._rules.values())

    def strike(self, target: Target, method: str, paths: list[str], now: datetime) -> Strike:
        """What happens to this request; counts a hit on each rule that takes part."""
        met: list[FaultRule] = []
        decisive: FaultRule | None = None
        for rule in self._rules.values():
            if not rule.applies(target, method, paths, now):
                continue
            if rule.kind is not FaultKind.LATENCY:
                if decisive is not None:
                    continue
                decisive = rule
            rule.hits += 1
            met.append(rule)
        delay = sum(rule.latency_ms for rule in met if rule.kind is FaultKind.LATENCY) / 1_000
        return Strike(delay, decisive, tuple(f"{rule.kind}:{rule.id}" for rule in met))
