"""An outcome by province and state: jobs, earnings per job and real income, adding up to the nation's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from detente.accounts.places import Places, by_place, load
from detente.economy import Result
from detente.economy.outcomes import Levels

#: A place is marked where more than this part of the jobs that move in it are placed by an assumption.
MOSTLY = 0.5


@dataclass(frozen=True)
class PlaceChanges:
    """What a result does to each place; over a country's places jobs and income sum to the nation's.

    `unemployment_pp` [place]: workers who find no work as wages do not fall, percentage points of all. Jobs in thousand:
    `before` [place], `change` [place], `change_by_sector` [place, sector]. `jobs_pct`, `real_earnings_pct` (sector income
    per job over consumer prices) and `real_income_pct` [place], percent; `real_income_musd` [place], million USD at the
    prices before. `assumed_share` [place]: of the jobs that come and go, the part in industries whose place is assumed, not
    measured; `assumed`, where that is most.
    """

    #: Attributes that uncertainty gives ranges to.
    RANGED: ClassVar = (
        "change",
        "jobs_pct",
        "unemployment_pp",
        "real_earnings_pct",
        "real_income_pct",
        "real_income_musd",
    )

    places: Places
    before: np.ndarray
    change: np.ndarray
    change_by_sector: np.ndarray
    unemployment_pp: np.ndarray
    real_earnings_pct: np.ndarray
    real_income_pct: np.ndarray
    real_income_musd: np.ndarray

    @property
    def jobs_pct(self) -> np.ndarray:
        """Change of jobs [place], percent."""
        return 100 * self.change / self.before

    @property
    def assumed_share(self) -> np.ndarray:
        """Part of the jobs that come and go in industries whose place is assumed [place]; 0 where none move."""
        moved = np.abs(self.change_by_sector)
        total = moved.sum(axis=1)
        assumed = (moved * self.places.assumed).sum(axis=1)
        return np.divide(assumed, total, out=np.zeros_like(total), where=total > 0)

    @property
    def assumed(self) -> np.ndarray:
        """Where most of the change rests on an assumption about where an industry is [place]."""
        return self.assumed_share > MOSTLY

    def most_affected(self, country: str, count: int = 10) -> list[int]:
        """Positions of the places of a country whose jobs change most in proportion, the hardest hit first."""
        inside = np.flatnonzero(self.places.inside(country))
        chosen = inside[np.argsort(-np.abs(self.jobs_pct[inside]), kind="stable")[:count]]
        return [int(k) for k in chosen[np.argsort(self.jobs_pct[chosen], kind="stable")]]


def change_by_place(result: Result, places: Places | None = None) -> PlaceChanges | None:
    """What a result does to each of `places` (default: those shipped); None for a world of other sectors or countries.

    Three assumptions: a sector changes in the same proportion everywhere in a country, places share its consumer prices,
    and duties, rents and transfers are spread over them like their income.
    """
    places, baseline = places or load(), result.economy.baseline
    if not set(places.countries) <= set(baseline.regions) or places.sectors != baseline.sectors:
        return None
    a, b = result.reference, result.found
    before, after = result.jobs(a), result.jobs(b)
    outcome = by_place(
        places,
        baseline.regions,
        employment=before,
        employment_hat=_hat(after, before),
        income=a.value_added,
        income_hat=_hat(b.value_added, a.value_added),
        price_index_hat=b.price_index / a.price_index,
        other_income=a.income - a.factor_income,
        new_other_income=b.income - b.factor_income,
    )
    change = outcome.new_jobs - outcome.jobs
    return PlaceChanges(
        places=places,
        before=outcome.jobs.sum(axis=1),
        change=change.sum(axis=1),
        change_by_sector=change,
        unemployment_pp=_unemployment(places, baseline.regions, b, after)
        - _unemployment(places, baseline.regions, a, before),
        real_earnings_pct=100 * (outcome.real_earnings - 1),
        real_income_pct=100 * (outcome.real_income - 1),
        real_income_musd=outcome.income * (outcome.real_income - 1),
    )


def _unemployment(places: Places, regions: Sequence[str], at: Levels, jobs: np.ndarray) -> np.ndarray:
    """Percent of each place's workers without work [place]: a sector's idle workers are where its jobs are."""
    workers = jobs / (1 - at.idle)
    idle, everybody = (places.allocate(values, regions).sum(axis=1) for values in (workers * at.idle, workers))
    return np.asarray(100 * idle / everybody)


def _hat(new: np.ndarray, old: np.ndarray) -> np.ndarray:
    return np.divide(new, old, out=np.ones_like(old), where=old > 0)
