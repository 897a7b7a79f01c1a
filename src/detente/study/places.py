"""A study's outcome by province and state."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detente.accounts.places import Places, by_place, load

if TYPE_CHECKING:
    from detente.study.run import Study


class PlaceJobs(NamedTuple):
    """Jobs [place], thousand: `before` the change, and `change` of them; `assumed` [place], True where the change rests
    mostly on an assumption about where an industry is."""

    places: Places
    before: np.ndarray
    change: np.ndarray
    assumed: np.ndarray


def jobs_by_place(study: Study) -> PlaceJobs | None:
    """What a study does to jobs in each province and state; None for a baseline with other countries or sectors.

    A sector changes in the same proportion everywhere in a country; over its places the changes sum to the nation's.
    """
    places, baseline = load(), study.economy.baseline
    if not set(places.countries) <= set(baseline.regions) or places.sectors != baseline.sectors:
        return None
    reference, found = study.result.reference, study.result.found
    jobs = baseline.employment
    outcome = by_place(
        places,
        baseline.regions,
        employment=jobs,
        employment_hat=1
        + np.divide(study.result.arrays["employment_kjobs"], jobs, out=np.zeros_like(jobs), where=jobs > 0),
        income=baseline.value_added,
        income_hat=np.asarray(found.value_added / np.where(reference.value_added > 0, reference.value_added, 1)),
        price_index_hat=np.asarray(found.price_index / reference.price_index),
    )
    change = outcome.new_jobs - outcome.jobs
    total = np.abs(change).sum(axis=1)
    assumed = (np.abs(change) * places.assumed).sum(axis=1) > total / 2
    return PlaceJobs(places, outcome.jobs.sum(axis=1), change.sum(axis=1), assumed)
