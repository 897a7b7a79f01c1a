"""Make the shipped table of places from its sources: ``python -m detente.accounts.places.build SOURCES``."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.vocabulary import SECTORS
from detente.accounts.places import provinces, states
from detente.accounts.places.allocation import Tally, table

SHIPPED = Path(__file__).with_name("shares.csv")

#: A number is marked as assumed when more than this part of its jobs rests on an assumption.
ASSUMED_ABOVE = 0.10


def build(sources: Path) -> pd.DataFrame:
    """One row per place and sector: jobs (thousand), shares of the country's jobs and income, and their marks."""
    places = table("places.csv")
    parts: list[pd.DataFrame] = []
    for country, estimate in (("CAN", provinces.estimate), ("USA", states.estimate)):
        inside = places[places["country"] == country].reset_index(drop=True)
        jobs, income = estimate(sources, inside)
        for k, place in enumerate(inside["place"]):
            parts.append(
                pd.DataFrame(
                    {
                        "place": place,
                        "sector": SECTORS,
                        "employment_share": (jobs.amount / jobs.amount.sum(axis=0))[k],
                        "income_share": (income.amount / income.amount.sum(axis=0))[k],
                        "jobs_kjobs": jobs.amount[k],
                        "assumed": mark(jobs)[k],
                        "income_assumed": mark(income)[k],
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def mark(tally: Tally) -> np.ndarray:
    """1 where a number rests on assumptions [place, sector]; a zero does where its sector does."""
    sector = tally.assumed.sum(axis=0) > ASSUMED_ABOVE * tally.amount.sum(axis=0)
    return np.where(tally.amount > 0, tally.assumed > ASSUMED_ABOVE * tally.amount, sector).astype(int)


def write(sources: Path, path: Path = SHIPPED) -> None:
    """Build and write the table that ships."""
    build(sources).to_csv(path, index=False, float_format="%.7g", lineterminator="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
