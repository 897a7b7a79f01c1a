"""Run a scenario: the equilibrium of its counterfactual, ranges and years if asked for, and the outcome for every front end."""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.accounts.places import Places
from detente.economy import Economy, Explanation, Result
from detente.economy.labelled_outcomes import LabelledOutcomes
from detente.errors import InputError
from detente.study.counterfactual import Counterfactual
from detente.study.documents import RunDocument
from detente.study.json_document import document
from detente.study.outcomes.closure_check import ClosureCheck, closure_check
from detente.study.outcomes.places import PlaceChanges, change_by_place
from detente.study.path import PATH_DRAWS, Year, path
from detente.study.provenance import Provenance
from detente.study.scenario import Scenario
from detente.study.uncertainty.draws import Drawn, Draws, Progress, silent
from detente.study.uncertainty.ranges import ranges_of
from detente.study.uncertainty.sampling import MIXTURE

if TYPE_CHECKING:
    import xarray as xr

#: Who writes folders and reports, by name: it stands to the right and is found when it is asked.
FILES = "detente.report.files"
#: Parties whose suppliers are kept draw by draw, at most.
MOST_BUYERS = 3


@dataclass(frozen=True, repr=False)
class Study(LabelledOutcomes):
    """A scenario and what came of it: the outcomes of its answer by name, as of a `Result`, and what stands behind them.

    `result` answers the question: what the changes do to the world at the starting point (or, without changes, what the law of
    `day` does to the world before 2025). `steps` holds every step by name, and the whole where there are two. `by_authority`, for
    a law without changes: what each authority's measures do, against the same law without them. `locations`: where
    industries are, if not where Détente's own table has them. `closure_check`: whether the answer's signs hold under another
    closure. `draws`: the answer under draws of what is uncertain, and `path`: over years, if they were asked for.
    `command`: what repeats it, where it was asked for on the command line.

    Example:
        >>> import detente as dt
        >>> tariff = {"importer": "AAA", "exporter": "BBB", "sectors": ["goods"], "rate": 0.5}
        >>> study = dt.run({"title": "half", "baseline": "toy", "law": "none", "changes": [{"tariff": tariff}]}, draws=4)
        >>> study
        <Study of half: welfare from -3.104 (BBB) to +1.261 percent (CCC), 4 draws>
        >>> study.ranges.welfare.sel(region="BBB", bound="low").item() < study.welfare.sel(region="BBB").item()
        True
    """

    counterfactual: Counterfactual
    economy: Economy
    steps: dict[str, Result]
    by_authority: dict[str, Result]
    seconds: float
    locations: Places | None = None
    closure_check: ClosureCheck | None = None
    draws: Draws | None = None
    path: list[Year] | None = None
    seed: int = 1
    elasticity_source: str = MIXTURE
    command: str = ""

    @property
    def provenance(self) -> Provenance:
        """What it rests on, and the command that repeats it."""
        count = 0 if self.draws is None else len(self.draws.outcomes["welfare"])
        drawn: dict[str, Any] = {"draws": count, "seed": self.seed, "elasticity_source": self.elasticity_source}
        document = self.scenario._document
        source = "scenario" if document is None else repr(document.path.name)
        asked = ", ".join([source, *(f"{name}={value!r}" for name, value in drawn.items())])
        return Provenance.of(self.counterfactual, **drawn, command=self.command or f"detente.run({asked})")

    @property
    def scenario(self) -> Scenario:
        """The scenario as it was asked."""
        return self.counterfactual.scenario

    @property
    def day(self) -> datetime.date | None:
        """The day of the law; None for the tariffs of the baseline."""
        return self.counterfactual.day

    @cached_property
    def parties(self) -> list[str]:
        """The regions that the scenario is about."""
        return self.counterfactual.parties

    @cached_property
    def notes(self) -> list[str]:
        """What has to be known with the numbers."""
        return self.counterfactual.notes

    @cached_property
    def places(self) -> PlaceChanges | None:
        """What the answer does to provinces and states; None for a world of other sectors or countries."""
        return change_by_place(self.result, self.locations)

    @property
    def result(self) -> Result:
        """The step that answers the scenario's question."""
        return self.counterfactual.answer_of(self.steps)

    @cached_property
    def explanation(self) -> Explanation:
        """Why output, prices and jobs move."""
        return self.result.explain()

    @cached_property
    def dataset(self) -> xr.Dataset:  # type: ignore[override]
        """Every outcome of the answer, labelled, with what it rests on as attributes."""
        return self.result.dataset.assign_attrs(title=self.scenario.title, **self.provenance.record())

    @cached_property
    def ranges(self) -> LabelledOutcomes:
        """The outcomes of regions and sectors with the dimension `bound` (low, central, high) in front.

        Raises `InputError` where the study was solved once, without draws.
        """
        if self.draws is None:
            raise InputError("This study has no ranges, as it was solved once; ask for them: dt.run(..., draws=256).")
        return ranges_of(self.result, self.draws)

    def save(self, path: str | Path) -> None:
        """Write a file (.nc or .csv of outcomes, .json, .html: the report) or, without an ending, the folder of ``--out``.

        Raises `InputError` for another kind of file or a place that cannot be written.
        """
        path = Path(path)
        if path.suffix in (".nc", ".csv"):
            super().save(path)
        elif path.suffix == "":
            import_module(FILES).write(self, path)
        elif path.suffix in (".json", ".html"):
            import_module(FILES).write_file(self, path)
        else:
            raise InputError(f"Cannot tell what to write from {path.name!r}; end it in .nc, .csv, .json or .html.")

    def __repr__(self) -> str:
        drawn = "" if self.draws is None else f", {len(self.draws.sample)} draws"
        return f"{super().__repr__()[:-1]}{drawn}>"

    def to_json(self) -> RunDocument:
        """The document of `detente run --json`: percentages, million USD and thousand jobs; null where nothing is traded."""
        return document(self)


def run(
    scenario: Scenario | Mapping[str, Any] | str | Path,
    *,
    draws: int = 0,
    elasticity_source: str = MIXTURE,
    draw_accounts: bool = True,
    seed: int = 1,
    places: Places | None = None,
    progress: Progress = silent,
) -> Study:
    """Solve a scenario, its fields as a mapping, or the file of one.

    Raises `InputError` for what it asks and for a number of draws that gives no range, `SolveError` if nothing clears.

    With `draws`, the answer is solved that many times more under draws of what is uncertain
    (see `detente.study.uncertainty.sampling`): trade elasticities from `elasticity_source`, labour, the law and,
    with `draw_accounts`, the accounts within the errors of their grades.
    `places` replaces the shipped table of where industries are.
    A scenario with a `path` is followed over its years too (see `detente.study.path`).

    Example:
        >>> import detente as dt
        >>> tariff = {"importer": "AAA", "exporter": "BBB", "sectors": ["goods"], "rate": 0.5}
        >>> study = dt.run({"title": "half", "baseline": "toy", "law": "none", "changes": [{"tariff": tariff}]})
        >>> study.welfare.sel(region="BBB").item() < 0
        True
    """
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 0 or draws == 1:
        raise InputError(f"draws={draws!r} gives no range; give 2 or more (256 as the command), or 0 for none.")
    scenario = Scenario.of(scenario)
    counterfactual = Counterfactual.of(scenario)
    economy = counterfactual.economy()
    began = time.perf_counter()
    steps = counterfactual.solve(economy)
    by_authority = counterfactual.by_authority(economy, counterfactual.answer_of(steps).found)
    spent = time.perf_counter() - began
    answer = counterfactual.answer_of(steps)
    checked = closure_check(economy, answer, counterfactual.answer, counterfactual.parties)
    study = Study(counterfactual, economy, steps, by_authority, spent, places, checked)
    study = replace(study, seed=seed, elasticity_source=elasticity_source)
    drawn = Drawn(draws, elasticity_source, seed, places, accounts=draw_accounts)
    if draws:
        buyers = tuple(study.parties) if len(study.parties) <= MOST_BUYERS else ()
        study = replace(study, draws=replace(drawn, buyers=buyers).of(counterfactual, economy, progress))
    if scenario.path is not None:
        yearly = replace(drawn, count=min(draws, PATH_DRAWS)) if draws else None
        study = replace(study, path=path(counterfactual, yearly, progress))
    return study
