"""The sweep file: a scenario, what varies, and the points at which it is solved."""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from detente.economy import OUTCOMES
from detente.errors import InputError
from detente.study.scenario import Scenario
from detente.study.scenario.messages import first_complaint
from detente.study.scenario.yaml_document import Document, load

MOST_POINTS = 10_000_000
#: Outcomes by region that are kept where none are named.
KEPT = ("welfare", "real_gdp", "consumer_price", "tariff_revenue_musd", "trade_balance_musd")
#: Outcomes that belong to regions alone and can be kept.
REGIONAL = tuple(name for name, (dims, _, _) in OUTCOMES.items() if dims == ("region",))


class Vary(BaseModel):
    """A field of the scenario and its values: a list of any, or a range of numbers.

    `field`: a path such as ``closure``, ``trade_elasticities.steel`` or ``changes.0.tariff.rate`` (positions from 0).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    field: Annotated[str, Field(min_length=1)]
    values: Annotated[list[Any], Field(min_length=1)] | None = None
    range: tuple[float, float] | None = None
    count: Annotated[int, Field(ge=2, le=MOST_POINTS)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Vary:
        if (self.values is None) == (self.range is None):
            raise ValueError("give values (a list) or range (lowest and highest), one of them")
        if self.range is not None and self.range[0] > self.range[1]:
            raise ValueError(f"range runs from {self.range[0]:g} down to {self.range[1]:g}; give the lowest first")
        if self.count is not None and self.range is None:
            raise ValueError("count is how many values of a range a grid takes; values are taken as they are")
        return self

    @property
    def steps(self) -> list[Any]:
        """The values of a grid."""
        if self.range is None:
            return list(self.values or ())
        return [float(value) for value in np.linspace(self.range[0], self.range[1], self.count or 2)]

    def at(self, position: float) -> Any:
        """The value at a position from 0 to 1."""
        if self.values is not None:
            return self.values[min(int(position * len(self.values)), len(self.values) - 1)]
        assert self.range is not None
        return self.range[0] + position * (self.range[1] - self.range[0])


class Sweep(BaseModel):
    """A scenario at many points.

    `design`: every combination (`grid`; a range needs a count), values side by side (`list`), or `points` of them at random or
    from a scrambled Sobol sequence. `draws`: how often each point is drawn beside its central answer (elasticities, labour,
    closure and law; the accounts are held). `keep`: outcomes by region; `regions`: which (all).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[str, Field(min_length=1)]
    scenario: dict[str, Any]
    vary: Annotated[list[Vary], Field(min_length=1)]
    design: Literal["grid", "list", "random", "sobol"] = "grid"
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)] | None = None
    draws: Annotated[int, Field(ge=0, le=100_000)] = 0
    seed: Annotated[int, Field(ge=0)] = 1
    keep: Annotated[list[str], Field(min_length=1)] = list(KEPT)
    regions: list[str] = []

    @model_validator(mode="after")
    def _consistent(self) -> Sweep:
        drawn = self.design in ("random", "sobol")
        if drawn != (self.points is not None):
            raise ValueError(
                f"design {self.design} {'needs points' if drawn else 'has no points of its own; leave points out'}"
            )
        if unknown := [name for name in self.keep if name not in REGIONAL]:
            raise ValueError(f"{unknown[0]!r} is not an outcome by region; choose among {', '.join(REGIONAL)}")
        if self.design == "grid" and any(one.range and not one.count for one in self.vary):
            raise ValueError("a grid takes count values of a range; give count beside range")
        lengths = {len(one.values or ()) for one in self.vary}
        if self.design == "list" and (any(one.values is None for one in self.vary) or len(lengths) > 1):
            raise ValueError(
                "a list takes the first value of each field together, then the second: give values, as many of each"
            )
        if self.draws == 1:
            raise ValueError("draws: 1 gives no range; give 2 or more, or 0")
        names = [one.field for one in self.vary]
        if len(set(names)) < len(names):
            raise ValueError("a field varies twice")
        if self.size > MOST_POINTS:
            raise ValueError(f"{self.size:,} solves are more than the most that one sweep holds, {MOST_POINTS:,}")
        return self

    @classmethod
    def from_file(cls, path: str | Path) -> Sweep:
        """Read and validate a sweep file. Raises `InputError` naming the line."""
        return cls.from_document(load(path))

    @classmethod
    def from_document(cls, document: Document) -> Sweep:
        """The sweep of a document; its first and last points must be scenarios."""
        if not isinstance(document.data, dict):
            raise document.complain([], "is not a mapping; a sweep has a title, a scenario and what varies.")
        try:
            found = cls.model_validate(document.data)
        except ValidationError as error:
            raise first_complaint(document, error, cls) from None
        for point in {0, found.count - 1}:
            try:
                found.scenario_at(point)
            except InputError as error:
                raise document.complain(["scenario"], f"point {point} is no scenario: {error}") from None
        return found

    @cached_property
    def count(self) -> int:
        """How many points."""
        if self.points is not None:
            return self.points
        if self.design == "list":
            return len(self.vary[0].values or ())
        return int(np.prod([len(values) for values in self._axes], dtype=object))

    @property
    def size(self) -> int:
        """How many solves: each point's central answer, and its draws."""
        return self.count * (1 + self.draws)

    @cached_property
    def _axes(self) -> list[list[Any]]:
        return [one.steps for one in self.vary]

    @cached_property
    def _positions(self) -> np.ndarray:
        """Positions of points drawn [point, field], 0 to 1."""
        if self.design == "random":
            return np.random.default_rng(self.seed).uniform(size=(self.count, len(self.vary)))
        from scipy.stats import qmc

        sequence = qmc.Sobol(len(self.vary), scramble=True, rng=np.random.default_rng(self.seed))
        return sequence.random_base2(int(np.ceil(np.log2(max(self.count, 2)))))[: self.count]

    def values_at(self, point: int) -> dict[str, Any]:
        """What varies, at a point: field -> value."""
        names = [one.field for one in self.vary]
        if self.design == "grid":
            at = np.unravel_index(point, [len(axis) for axis in self._axes])
            return {name: axis[k] for name, axis, k in zip(names, self._axes, at, strict=True)}
        if self.design == "list":
            return {one.field: (one.values or [])[point] for one in self.vary}
        return {one.field: one.at(float(u)) for one, u in zip(self.vary, self._positions[point], strict=True)}

    def scenario_at(self, point: int) -> Scenario:
        """The scenario of a point. Raises `InputError` where a field is not there or a value is not allowed."""
        fields = copy.deepcopy(self.scenario)
        for name, value in self.values_at(point).items():
            _set(fields, name, value)
        return Scenario.from_fields({"title": self.title, **fields})

    @property
    def fingerprint(self) -> str:
        """The same for two sweeps that ask the same: what their results are filed under."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()[:16]


def _set(fields: Any, path: str, value: Any) -> None:
    """Put a value at a path of keys and positions; only the last key may be new."""
    *way, last = path.split(".")
    for step in itertools.chain(way):
        try:
            fields = fields[int(step)] if isinstance(fields, list) else fields.setdefault(step, {})
        except (ValueError, IndexError, AttributeError):
            raise InputError(f"vary: the scenario has no {step!r} of {path!r}.") from None
    if isinstance(fields, list):
        if not last.isdigit() or int(last) >= len(fields):
            raise InputError(f"vary: the scenario has no position {last!r} of {path!r}; positions count from 0.")
        fields[int(last)] = value
    elif isinstance(fields, dict):
        fields[last] = value
    else:
        raise InputError(f"vary: the scenario has nothing below {way[-1]!r} of {path!r}.")
