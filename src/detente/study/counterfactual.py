"""`Counterfactual`: the one road from a scenario to what the economy solves, for every front end.

It owns what a scenario means: names, dates, the law and edits of it, quotas, content rules, closure and path. Whoever
shows an answer (`run`, a path, draws, talks, the command line, the page) asks it and assembles no policy of its own.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detente.accounts import Baseline, load
from detente.economy import HORIZONS, Economy, Horizon, Policy, Result, calibrate
from detente.economy.content import ContentRule, solve_content_rules
from detente.errors import InputError
from detente.study.backtest.evidence import evidence
from detente.study.scenario import Scenario
from detente.study.scenario.content_rules import content_rules
from detente.study.scenario.policy import apply_changes, elasticities, parties
from detente.study.scenario.quotas import apply_quotas
from detente.study.uncertainty.sampling import EVIDENCE, MIXTURE, Sample, sample

if TYPE_CHECKING:
    from detente.economy.outcomes import Levels
    from detente.law import Ledger

#: Fields of a scenario that say which economy answers it: `economy` is made of them and of nothing else.
ECONOMY_FIELDS = frozenset(
    {
        "baseline",
        "horizon",
        "closure",
        "factors",
        "anchor",
        "uses",
        "labour_supply",
        "wages",
        "elasticities",
        "trade_elasticities",
        "demand_elasticity",
        "input_elasticity",
    }
)
#: Fields that are not part of the question: a change of them alone changes no number.
UNASKED_FIELDS = frozenset({"title", "notes", "path"})

#: What every answer that rests on the law says of its rates.
RATES_SAID = {
    "statutory": "Rates are statutory: what the law states, on the trade of 2024 (rates: collected takes what is paid).",
    "collected": "Rates are collected: what is paid, as fitted to US Customs 2025-01 to 2025-08 and Canada's remission.",
}

#: Rates of the law where they are uncertain: `low`, `central`, `high`, or a position between, 0 (low) to 1 (high).
Bound = str | float


class Law(NamedTuple):
    """The law that a scenario starts from, and with its `measure` changes carried out."""

    day: datetime.date
    ledger: Ledger
    edited: Ledger


class Settled(NamedTuple):
    """An equilibrium and the policy that is charged in it, content rules carried out as rates."""

    policy: Policy
    levels: Levels
    diagnostics: dict[str, float]


@dataclass(frozen=True)
class Counterfactual:
    """A scenario on a baseline: the policies it starts from and arrives at, and what an economy makes of them.

    `year`: the year whose law and changes count, for a path; without one the law is that of the scenario's day and the
    changes are those in force in the last year that it names. Its methods raise `InputError`, naming file and line, for
    what the scenario asks and the baseline, the law or the economy does not have.
    """

    scenario: Scenario
    baseline: Baseline
    year: int | None = None

    @classmethod
    def of(cls, scenario: Scenario) -> Counterfactual:
        """The counterfactual of a scenario, on the baseline it names. Raises `InputError`."""
        path = scenario.baseline
        if scenario._document is not None and path.endswith(".nc") and not Path(path).is_absolute():
            path = str(scenario._document.path.parent / path)  # relative to the file that names it
        try:
            return cls(scenario, load(path, uses=scenario.uses))
        except InputError as error:
            raise scenario.complain(["baseline"], str(error)) from None

    def in_year(self, year: int) -> Counterfactual:
        """The same as it stands at the end of a year."""
        return replace(self, year=year)

    @cached_property
    def asked(self) -> Scenario:
        """The scenario with the changes that are in force."""
        year = self.scenario.last_year if self.year is None else self.year
        return self.scenario if year is None else self.scenario.during(year)

    @cached_property
    def law(self) -> Law | None:
        """The law it starts from, edits included; None for the tariffs of the baseline."""
        edits = any(change.kind == "measure" for change in self.asked.changes) or self.scenario.ledger
        if self.scenario.law is None:
            if edits:
                raise self.asked.complain(
                    ["law"], "a change of a measure needs the law of a day to start from; give law: DATE."
                )
            if self.scenario.rates == "collected":
                raise self.asked.complain(["rates"], "collected rates are those of a law; give law: DATE.")
            return None
        from detente.law import Ledger
        from detente.law.ledger import SERIES_FROM
        from detente.study.scenario.law import changed_ledger, day_of

        day, ledger = day_of(self.scenario), Ledger.default()
        assert day is not None
        if self.year is not None:
            day = min(max(datetime.date(self.year, 12, 31), SERIES_FROM), day)
        return Law(day, ledger, changed_ledger(self.asked, self._with_files(ledger)))

    def _with_files(self, ledger: Ledger) -> Ledger:
        for position, file in enumerate(self.scenario.ledger_files):
            try:
                ledger = ledger.with_file(file)
            except InputError as error:
                raise self.scenario.complain(["ledger", position], str(error)) from None
        return ledger

    @property
    def day(self) -> datetime.date | None:
        """The day of the law; None for the tariffs of the baseline."""
        return None if self.law is None else self.law.day

    @property
    def parties(self) -> list[str]:
        """The regions that it is about: those that its changes name or, for the law alone, the two whose law is held."""
        held = self.scenario.law_between or ["USA", "CAN"]
        return parties(self.scenario, self.baseline) or (held if self.law else [])

    @property
    def notes(self) -> list[str]:
        """What has to be known with its numbers."""
        notes = []
        if self.year is None and (last := self.scenario.last_year) is not None:
            notes.append(f"Changes are those in force in {last}, the last year named; a path has each year.")
        if self.scenario.elasticities == "evidence":
            notes.append(
                "Elasticities are those estimated on US imports of 2018-19 and 2025 (docs/checked.md); ranges hold their error, "
                "not that of pooling or of substitution between sectors."
            )
        if self.law is None:
            return notes
        from detente.study.scenario.law import warnings

        notes.append(RATES_SAID[self.scenario.rates])
        if self.scenario.law_between is not None:
            among = ", ".join(self.scenario.law_between)
            notes.append(f"The law counts on trade between {among} alone; elsewhere tariffs are those of the baseline.")
        return [*notes, *warnings(self.law.day)]

    @property
    def economy_key(self) -> str:
        """A text that is the same for two counterfactuals whose economies are the same, on one baseline."""
        return self.scenario.model_dump_json(include=set(ECONOMY_FIELDS))

    @property
    def reference_key(self) -> tuple[object, ...]:
        """The same for two counterfactuals that are compared with the same equilibrium, on one baseline."""
        asked = self.scenario
        law = (self.day, asked.law_bound, asked.rates, tuple(asked.law_between or ())) if self.starts_from_law else None
        return self.economy_key, law

    @property
    def key(self) -> tuple[object, ...]:
        """What the answer rests on, beside baseline and program: the question and the day of the law."""
        files = [hashlib.sha256(file.read_bytes()).hexdigest() for file in self.scenario.ledger_files if file.is_file()]
        return sorted(self.asked.model_dump(exclude=set(UNASKED_FIELDS)).items()), self.day, files

    def economy(self, horizon: Horizon | None = None) -> Economy:
        """The economy that it asks for, at its own horizon or another."""
        scenario = self.scenario
        return calibrate(
            self.baseline,
            horizon=HORIZONS[scenario.horizon] if horizon is None else horizon,
            closure=scenario.closure,
            factors=scenario.factors,
            anchor=scenario.anchor,
            trade_elasticity=self._long_run_elasticities,
            labour_supply=scenario.labour_supply,
            wage_floor=scenario.wage_floor,
            demand_elasticity=self._between_sectors("demand_elasticity"),
            input_elasticity=self._between_sectors("input_elasticity"),
        )

    @property
    def _long_run_elasticities(self) -> np.ndarray:
        """Trade elasticities [sector] of which the horizon takes its part; those of the evidence are of the short one."""
        if self.scenario.elasticities == "published":
            return elasticities(self.scenario, self.baseline)
        multiplier = np.array([evidence().multiplier_of(sector) for sector in self.baseline.sectors])
        found = self.baseline.trade_elasticity * multiplier / HORIZONS["short"].elasticity_factor
        for sector, value in self.scenario.trade_elasticities.items():
            found[self.baseline.sectors.index(sector)] = value
        return np.asarray(found)

    def _between_sectors(self, name: str) -> float:
        """An elasticity of substitution between sectors; the evidence's where the scenario has none of its own."""
        own: float = getattr(self.scenario, name)
        return evidence().shared[name] if self.scenario.elasticities == "evidence" and own == 1.0 else own

    @property
    def law_varies(self) -> bool:
        """Whether draws vary what is uncertain in the law."""
        return self.law is not None and self.scenario.law_bound == "central"

    @property
    def closure_varies(self) -> bool:
        """Whether draws vary what is assumed of trade deficits: unless the scenario names it."""
        return "closure" not in self.scenario.model_fields_set

    def sample(
        self,
        count: int,
        *,
        horizon: Horizon | None = None,
        source: str = MIXTURE,
        seed: int = 1,
        hold_law: bool = False,
        worlds: int = 0,
    ) -> Sample:
        """Draws of what is uncertain in the economy and, unless held, in the law; see `detente.study.uncertainty.sampling`.

        `worlds`: how many draws of the accounts they take turns with (none: the accounts are held).
        """
        return sample(
            count,
            self.baseline.sectors,
            self._long_run_elasticities,
            HORIZONS[self.scenario.horizon] if horizon is None else horizon,
            source=EVIDENCE if self.scenario.elasticities == "evidence" else source,
            known=self.scenario.trade_elasticities,
            labour_supply=self.scenario.labour_supply,
            law=self.law_varies and not hold_law,
            worlds=worlds,
            closure=self.closure_varies,
            factors=self.scenario.factors == "all",
            seed=seed,
        )

    @property
    def starts_from_law(self) -> bool:
        """Whether the answer is set against the law of the day; if not, against the baseline."""
        if self.law is None or self.scenario.against == "baseline":
            return False
        return bool(self.scenario.changes or self.scenario.ledger) or self.scenario.against == "law"

    def before(self, economy: Economy, bound: Bound | None = None) -> Policy:
        """The policy that the answer is compared with."""
        return self._law_policy(economy, bound) if self.starts_from_law else economy.status_quo()

    def after(self, economy: Economy, bound: Bound | None = None) -> Policy:
        """The policy that it arrives at: the law, edited, and the changes; content rules come with the equilibrium."""
        start = economy.status_quo() if self.law is None else self._law_policy(economy, bound, edited=True)
        baseline = economy.baseline  # not always the one loaded: a closure may re-base the world
        return apply_quotas(self.asked, baseline, apply_changes(self.asked, baseline, start))

    def content_rules(self, economy: Economy, policy: Policy) -> list[ContentRule]:
        """The content rules on top of `policy`."""
        return content_rules(self.asked, economy, policy)

    def settle(self, economy: Economy, policy: Policy) -> Settled:
        """The equilibrium of `policy` with the content rules on top. Raises `SolveError`."""
        rules = self.content_rules(economy, policy)
        if not rules:
            return Settled(policy, *economy.levels(policy))
        spared = [change.tariff for change in self.asked.changes if change.tariff and change.tariff.except_content_of]
        update = any(tariff.content == "equilibrium" for tariff in spared)
        return Settled(*solve_content_rules(economy, policy, rules, update=update))

    def charged(self, economy: Economy) -> Policy:
        """The policy that is charged in the end, content rules carried out at the content of its own equilibrium."""
        policy = self.after(economy)
        return self.settle(economy, policy).policy if self.content_rules(economy, policy) else policy

    def reference(self, economy: Economy, bound: Bound | None = None) -> Levels:
        """The equilibrium that the answer is compared with."""
        return economy.levels(self._law_policy(economy, bound))[0] if self.starts_from_law else economy.base

    def solve(self, economy: Economy, bound: Bound | None = None) -> dict[str, Result]:
        """Baseline -> law of the day -> changes, each against the one before, and the whole where there are two.

        Raises `SolveError` when no equilibrium is found.
        """
        _, found, diagnostics = self.settle(economy, self.after(economy, bound))
        whole = Result(economy, economy.base, found, diagnostics)
        if self.law is None:
            return {"changes": whole}
        if not self.scenario.changes and not self.starts_from_law:
            return {"law": whole}
        at_law, at_law_diagnostics = economy.levels(self._law_policy(economy, bound))
        return {
            "law": Result(economy, economy.base, at_law, at_law_diagnostics),
            "changes": Result(economy, at_law, found, diagnostics),
            "law and changes": whole,
        }

    def answer_of(self, steps: dict[str, Result]) -> Result:
        """The step of `solve` that answers the question."""
        if self.law is None:
            return steps["changes"]
        return steps["changes"] if self.starts_from_law else steps.get("law and changes", steps["law"])

    def answer(self, economy: Economy, bound: Bound | None = None) -> Result:
        """What the scenario does, against what it is compared with. Raises `SolveError`."""
        _, found, diagnostics = self.settle(economy, self.after(economy, bound))
        return Result(economy, self.reference(economy, bound), found, diagnostics)

    def by_authority(self, economy: Economy, at_law: Levels) -> dict[str, Result]:
        """A law without changes taken apart: each authority's effect is that of its measures being there."""
        if self.law is None or self.scenario.changes or self.scenario.ledger:
            return {}
        from detente.study.scenario.law import authorities

        effects = {}
        for authority in authorities(self.law.day, self.law.ledger, economy.regions):
            without, diagnostics = economy.levels(self._law_policy(economy, None, without=(authority,)))
            effects[authority] = Result(economy, without, at_law, diagnostics)
        return effects

    def _law_policy(
        self, economy: Economy, bound: Bound | None, *, edited: bool = False, without: tuple[str, ...] = ()
    ) -> Policy:
        from detente.study.scenario.law import between, policy_of_law

        assert self.law is not None
        ledger = self.law.edited if edited else self.law.ledger
        bound = self.scenario.law_bound if bound is None else bound
        policy = policy_of_law(economy, self.law.day, ledger, bound=bound, without=without, rates=self.scenario.rates)
        if self.scenario.law_between is None:
            return policy
        try:
            return between(economy, policy, self.scenario.law_between)
        except InputError as error:
            raise self.scenario.complain(["law_between"], str(error)) from None
