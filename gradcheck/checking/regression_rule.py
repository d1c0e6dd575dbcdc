"""The rule by which an error has regressed: it is some times larger than before, and above a floor."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcheck.oracles.error_factors import EPS, FLOOR, LAST_DIGITS, REGRESSION
from gradcheck.records.evidence import ELEMENTWISE, ErrorKey


@dataclass(frozen=True)
class RegressionRule:
    """error > max(floor, factor × before).  floor: None for what rounding explains, which depends on the witness."""

    factor: float = REGRESSION
    floor: float | None = None

    def find_floor(self, key: ErrorKey) -> float:
        """Find the floor of one error."""
        if self.floor is not None:
            return self.floor
        return LAST_DIGITS * EPS if key.witness == ELEMENTWISE else FLOOR["float64"]

    def is_worse(self, key: ErrorKey, before: float, after: float) -> bool:
        """Whether the error after is worse than the one before."""
        return after > max(self.find_floor(key), self.factor * before)

    def __str__(self) -> str:
        floor = "what rounding explains" if self.floor is None else f"{self.floor:.3g}"
        return f"more than {self.factor:g} times worse, and above {floor}"


DEFAULT_RULE = RegressionRule()


@dataclass(frozen=True)
class RegressionRules:
    """The rule of all ops, and those of some, by label."""

    default: RegressionRule = DEFAULT_RULE
    by_op: Mapping[str, RegressionRule] = field(default_factory=dict)

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> "RegressionRules":
        """Return the rules of a table that the settings have validated: what an op does not set is as for all."""
        common = {name: value for name, value in table.items() if name != "ops"}
        by_op = {label: RegressionRule(**{**common, **own}) for label, own in table.get("ops", {}).items()}
        return cls(RegressionRule(**common), by_op)

    def find_rule(self, label: str) -> RegressionRule:
        """Find the rule of an op."""
        return self.by_op.get(label, self.default)

    def keep(self, labels: Collection[str]) -> "RegressionRules":
        """Return the rules without those of other ops."""
        return RegressionRules(self.default, {label: rule for label, rule in self.by_op.items() if label in labels})

    def describe(self, labels: Collection[str]) -> Iterator[str]:
        """Yield what is not as by default, and the rules of ops that are none of these labels."""
        if self.default != DEFAULT_RULE:
            yield f"the rule is another: an error has regressed where it is {self.default}"
        for label, rule in sorted(self.by_op.items()):
            if label not in labels:
                yield f"the rule of {label} is of no op that was compared"
            elif rule != DEFAULT_RULE:
                yield f"the rule of {label} is another: {rule}"
