"""National results by sector carried to states and provinces, adding up to the nation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detente.accounts.places.places import Places
from detente.errors import InputError


class PlaceOutcomes(NamedTuple):
    """What a change does to each place; every array starts with [place].

    `jobs` and `new_jobs` [place, sector]: thousand jobs. `income` and `new_income` [place]: money of sectors and other
    income, in the unit given. `earnings` [place]: hat of sector income per job. `real_earnings`, `real_income` [place]:
    hats, divided by the country's consumer prices, which places are assumed to share.
    """

    jobs: np.ndarray
    new_jobs: np.ndarray
    income: np.ndarray
    new_income: np.ndarray
    earnings: np.ndarray
    real_earnings: np.ndarray
    real_income: np.ndarray


def by_place(
    places: Places,
    regions: Sequence[str],
    *,
    employment: np.ndarray,
    employment_hat: np.ndarray,
    income: np.ndarray,
    income_hat: np.ndarray,
    price_index_hat: np.ndarray,
    other_income: np.ndarray | None = None,
    new_other_income: np.ndarray | None = None,
) -> PlaceOutcomes:
    """Jobs, earnings and real income by place, from national arrays labelled by `regions`.

    `employment` (thousand jobs) and `income` (of labour, or value added) [region, sector] are of the baseline, their
    hats ratios to it; where wages and jobs are known apart, `income_hat` is their product. `price_index_hat` [region].
    `other_income` and `new_other_income` [region]: duties and transfers, spread over places like their baseline sector
    income. A sector's hat is taken to be the same in every place of a country. Jobs and income sum over a country's
    places to the national figures. Raises `InputError` when an array has the wrong shape or a country is absent.
    """
    rows = places.rows(regions)
    matrix, vector = (len(regions), len(places.sectors)), (len(regions),)

    def checked(name: str, values: np.ndarray | None, shape: tuple[int, ...]) -> np.ndarray:
        values = np.zeros(shape) if values is None else np.asarray(values, float)
        if values.shape != shape:
            raise InputError(f"{name} has shape {values.shape}; results by place need {shape}, one row per region.")
        if not np.isfinite(values[rows]).all():  # regions without places may lack numbers
            raise InputError(f"{name} is unknown (not a number) in {' or '.join(places.countries)}.")
        return values

    employment = checked("employment", employment, matrix)
    new_employment = employment * checked("employment_hat", employment_hat, matrix)
    income = checked("income", income, matrix)
    new_income = income * checked("income_hat", income_hat, matrix)
    price = checked("price_index_hat", price_index_hat, vector)[rows]
    other = checked("other_income", other_income, vector)[rows]
    new_other = checked("new_other_income", new_other_income, vector)[rows]

    jobs = places.allocate(employment, regions)
    new_jobs = places.allocate(new_employment, regions)
    earned = places.allocate(income, regions, by="income").sum(axis=1)
    new_earned = places.allocate(new_income, regions, by="income").sum(axis=1)
    weight = earned / income.sum(axis=1)[rows]
    base, new = earned + weight * other, new_earned + weight * new_other
    earnings = new_earned / earned / (new_jobs.sum(axis=1) / jobs.sum(axis=1))
    return PlaceOutcomes(jobs, new_jobs, base, new, earnings, earnings / price, new / base / price)
