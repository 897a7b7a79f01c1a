"""Run a scenario: baseline, law, changes, equilibrium, and the outcome as the JSON that every front end shows."""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from detente.accounts import Baseline, load
from detente.accounts.places import Places
from detente.economy import HORIZONS, Economy, Horizon, Policy, Result, calibrate
from detente.errors import InputError
from detente.study.json_document import document
from detente.study.outcomes.closure_check import ClosureCheck, closure_check
from detente.study.outcomes.places import PlaceChanges, change_by_place
from detente.study.path import Year, path
from detente.study.scenario import Scenario
from detente.study.scenario.content_rules import solve
from detente.study.scenario.policy import apply_changes, elasticities, parties
from detente.study.scenario.quotas import apply_quotas
from detente.study.uncertainty.cache import fingerprint
from detente.study.uncertainty.draws import Draws, Progress, silent, solve_draws
from detente.study.uncertainty.sampling import MIXTURE, sample

if TYPE_CHECKING:
    from detente.law import Ledger


#: Draws of each year of a path, at most: a path of ten years costs as much as ten answers.
PATH_DRAWS = 64
#: Parties whose suppliers are kept draw by draw, at most.
MOST_BUYERS = 3


@dataclass(frozen=True)
class Study:
    """A scenario and what came of it.

    `result` is the last step: what the changes do to the world at the starting point (or, without changes, what the law of
    `day` does to the world before 2025). `steps` holds every step by name, and the whole where there are two. `by_authority`,
    for a law without changes: what each authority's measures do, against the same law without them. `parties`: the regions that
    the scenario is about. `notes`: what has to be known with the numbers. `locations`: where industries are, if not where
    Détente's own table has them. `closure_check`: whether the answer's signs hold under another closure. `draws`: the answer
    under draws of what is uncertain, and `path`: over years, if they were asked for.
    """

    scenario: Scenario
    economy: Economy
    steps: dict[str, Result]
    by_authority: dict[str, Result]
    day: datetime.date | None
    parties: list[str]
    notes: list[str]
    seconds: float
    locations: Places | None = None
    closure_check: ClosureCheck | None = None
    draws: Draws | None = None
    path: list[Year] | None = None

    @cached_property
    def places(self) -> PlaceChanges | None:
        """What the answer does to provinces and states; None for a world of other sectors or countries."""
        return change_by_place(self.result, self.locations)

    @property
    def result(self) -> Result:
        """The step that answers the scenario's question."""
        return answer_of(self.steps)

    def to_json(self) -> dict[str, Any]:
        """The document of `detente run --json`: percentages, million USD and thousand jobs; null where nothing is traded."""
        return document(self)


def run(
    scenario: Scenario | str | Path,
    *,
    draws: int = 0,
    elasticity_source: str = MIXTURE,
    seed: int = 1,
    places: Places | None = None,
    progress: Progress = silent,
) -> Study:
    """Solve a scenario (or the file of one). Raises `InputError` for what it asks, `SolveError` if nothing clears.

    With `draws`, the answer is solved that many times more under draws of what is uncertain
    (see `detente.study.uncertainty.sampling`): trade elasticities from `elasticity_source`, labour, the law.
    `places` replaces the shipped table of where industries are.
    A scenario with a `path` is followed over its years too (see `detente.study.path`).
    """
    if not isinstance(scenario, Scenario):
        scenario = Scenario.from_file(scenario)
    baseline = _baseline(scenario)
    economy = economy_of(scenario, baseline, HORIZONS[scenario.horizon])
    began = time.perf_counter()
    asked = scenario if scenario.last_year is None else scenario.during(scenario.last_year)
    law = law_of(asked)
    steps = solve_steps(asked, law, economy, scenario.law_bound)
    by_authority = _by_authority(asked, law, economy, answer_of(steps))
    day = law.day if law else None
    about = parties(scenario, baseline) or (["USA", "CAN"] if day else [])
    seconds = time.perf_counter() - began
    checked = closure_check(
        economy,
        answer_of(steps),
        lambda variant: answer_of(solve_steps(asked, law, variant, scenario.law_bound)),
        about,
    )
    study = Study(scenario, economy, steps, by_authority, day, about, _notes(scenario, day), seconds, places, checked)
    if draws:
        buyers = about if len(about) <= MOST_BUYERS else []
        drawn = _draws(
            economy, asked, law, HORIZONS[scenario.horizon], draws, elasticity_source, seed, places, buyers, progress
        )
        study = replace(study, draws=drawn)
    if scenario.path is None:
        return study

    def draw(then: Scenario, law: Law | None, horizon: Horizon, k: int, years: int) -> Draws:
        count, at = min(draws, PATH_DRAWS), economy_of(scenario, baseline, horizon)

        def told(done: int, _: int) -> None:
            progress(k * count + done, years * count)

        return _draws(at, then, law, horizon, count, elasticity_source, seed, places, (), told)

    return replace(study, path=path(scenario, baseline, draw if draws else None))


def economy_of(scenario: Scenario, baseline: Baseline, horizon: Horizon) -> Economy:
    """The economy that a scenario asks for, at a horizon."""
    return calibrate(
        baseline,
        horizon=horizon,
        closure=scenario.closure,
        factors=scenario.factors,
        anchor=scenario.anchor,
        trade_elasticity=elasticities(scenario, baseline),
        labour_supply=scenario.labour_supply,
        wage_floor=1.0 if scenario.wages == "rigid" else None,
    )


def _draws(
    economy: Economy,
    scenario: Scenario,
    law: Law | None,
    horizon: Horizon,
    count: int,
    source: str,
    seed: int,
    places: Places | None,
    buyers: Sequence[str],
    progress: Progress,
) -> Draws:
    """A scenario's answer in variants of its economy, kept under the fingerprint of all they rest on."""
    law_varies = law is not None and scenario.law_bound == "central"

    def answer(variant: Economy, position: float) -> Result:
        bound = position if law_varies else scenario.law_bound
        return answer_of(solve_steps(scenario, law, variant, bound))

    drawn = sample(
        count,
        economy.sectors,
        elasticities(scenario, economy.baseline),
        horizon,
        source=source,
        known=scenario.trade_elasticities,
        labour_supply=scenario.labour_supply,
        law=law_varies,
        seed=seed,
    )
    where = None if places is None else (places.employment_share.tobytes(), places.income_share.tobytes())
    asked = scenario.model_dump(exclude={"title", "notes", "path"})
    day = law.day if law else None
    key = fingerprint(economy.baseline, sorted(asked.items()), day, horizon, source, seed, where, tuple(buyers))
    return solve_draws(economy, drawn, answer, places=places, buyers=buyers, key=key, progress=progress)


def answer_of(steps: dict[str, Result]) -> Result:
    """The step that answers the scenario's question: the changes, or without any the law."""
    return steps.get("changes") or steps["law"]


class Law(NamedTuple):
    """The law that a scenario starts from, and with its `measure` changes carried out."""

    day: datetime.date
    ledger: Ledger
    edited: Ledger


def law_of(scenario: Scenario) -> Law | None:
    """The scenario's law; None for the tariffs of the baseline. Raises `InputError` for edits of a law that is not there."""
    edits = any(change.kind == "measure" for change in scenario.changes)
    if scenario.law is None:
        if edits:
            raise scenario.complain(
                ["law"], "a change of a measure needs the law of a day to start from; give law: DATE."
            )
        return None
    from detente.law import Ledger
    from detente.study.scenario.law import changed_ledger, day_of

    day, ledger = day_of(scenario), Ledger.default()
    assert day is not None
    return Law(day, ledger, changed_ledger(scenario, ledger) if edits else ledger)


def policies(scenario: Scenario, law: Law | None, economy: Economy, bound: str | float) -> tuple[Policy, Policy]:
    """The policy that an answer starts from and the one it arrives at, content rules apart.

    From the law to the changes or, without changes, from the baseline to the law. `bound`: of the law's rates, see
    `detente.study.scenario.law.policy_of_law`.
    """
    start = before = economy.status_quo()
    if law is not None:
        from detente.study.scenario.law import policy_of_law

        before = policy_of_law(economy, law.day, law.ledger, bound=bound)
        if not scenario.changes:
            return start, before
        start = before if law.edited is law.ledger else policy_of_law(economy, law.day, law.edited, bound=bound)
    return before, apply_quotas(scenario, economy.baseline, apply_changes(scenario, economy.baseline, start))


def solve_steps(scenario: Scenario, law: Law | None, economy: Economy, bound: str | float) -> dict[str, Result]:
    """Baseline -> law of the day -> changes, each against the one before, and the whole where there are two."""
    before, after = policies(scenario, law, economy, bound)
    at_law = economy.base
    steps = {}
    if law is not None:
        at_law, diagnostics = economy.levels(before if scenario.changes else after)
        steps["law"] = Result(economy, economy.base, at_law, diagnostics)
        if not scenario.changes:
            return steps
    found, diagnostics = solve(scenario, economy, after)
    steps["changes"] = Result(economy, at_law, found, diagnostics)
    if law is not None:
        steps["law and changes"] = Result(economy, economy.base, found, diagnostics)
    return steps


def _by_authority(scenario: Scenario, law: Law | None, economy: Economy, at_law: Result) -> dict[str, Result]:
    """A law without changes taken apart: each authority's effect is that of its measures being there."""
    if law is None or scenario.changes:
        return {}
    from detente.study.scenario.law import authorities, policy_of_law

    effects = {}
    for authority in authorities(law.day, law.ledger, economy.regions):
        removed = policy_of_law(economy, law.day, law.ledger, bound=scenario.law_bound, without=(authority,))
        without, diagnostics = economy.levels(removed)
        effects[authority] = Result(economy, without, at_law.found, diagnostics)
    return effects


def _notes(scenario: Scenario, day: datetime.date | None) -> list[str]:
    notes = []
    if scenario.last_year is not None:
        notes.append(f"Changes are those in force in {scenario.last_year}, the last year named; a path has each year.")
    if day is None:
        return notes
    from detente.study.scenario.law import warnings

    return [*notes, *warnings(day)]


def _baseline(scenario: Scenario) -> Baseline:
    path = scenario.baseline
    if scenario._document is not None and path.endswith(".nc") and not Path(path).is_absolute():
        path = str(scenario._document.path.parent / path)  # relative to the file that names it
    try:
        return load(path, uses=scenario.uses)
    except InputError as error:
        raise scenario.complain(["baseline"], str(error)) from None
