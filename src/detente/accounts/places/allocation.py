"""Splitting what a place makes in one statistical line among the sectors that the line covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.balancing import ras
from detente.accounts.build.vocabulary import SECTORS, S


def table(name: str) -> pd.DataFrame:
    """A table of this folder, every cell read as text."""
    return pd.read_csv(Path(__file__).with_name(name), dtype=str)


@dataclass
class Tally:
    """Amounts of one country by place and sector, and how much of each rests on an assumption."""

    places: list[str]

    def __post_init__(self) -> None:
        self.amount = np.zeros((len(self.places), len(SECTORS)))
        self.assumed = np.zeros_like(self.amount)

    def add(self, line: np.ndarray, filled: np.ndarray, weights: Mapping[str, float], located: Located) -> None:
        """Add a line [place], `filled` [place] of which is imputed, split among the sectors of `weights`.

        What a sector gets rests on an assumption in the measure in which the line is imputed or another sector's.
        """
        parts = split(line, weights, located)
        imputed = np.divide(filled, line, out=np.zeros_like(line), where=line > 0)
        for k, (sector, weight) in enumerate(weights.items()):
            of_others = 1 - weight / sum(weights.values())
            self.amount[:, S[sector]] += parts[:, k]
            self.assumed[:, S[sector]] += parts[:, k] * np.maximum(imputed, of_others)


Located = Mapping[str, np.ndarray]
"""Sector -> share of each place in the sector [place], NaN where the table of locations is silent."""


def locations(country: str, places: list[str]) -> Located:
    """The shipped table of assumed locations, for one country."""
    rows = table("locations.csv")
    rows = rows[rows["country"] == country]
    found: dict[str, np.ndarray] = {}
    for sector, place, share in zip(rows["sector"], rows["place"], rows["share"], strict=True):
        found.setdefault(sector, np.full(len(places), np.nan))[places.index(place)] = float(share)
    return found


def split(line: np.ndarray, weights: Mapping[str, float], located: Located) -> np.ndarray:
    """A line [place] divided among sectors [place, sector], adding up to the line in every place.

    The first guess puts a sector where `located` says (what is not named there: where the line is), and RAS brings it
    to the line by place and to the national `weights` by sector.
    """
    if len(weights) == 1:
        return line[:, None].copy()
    spread = line / line.sum()
    prior = np.empty((len(line), len(weights)))
    for k, sector in enumerate(weights):
        shares = located.get(sector, np.full(len(line), np.nan))
        silent = np.isnan(shares)
        rest = max(1.0 - np.nansum(shares), 0.0)
        unnamed = spread * silent
        prior[:, k] = np.where(silent, rest * unnamed / max(unnamed.sum(), 1e-300), shares)
    blocked = (line > 0) & (prior.sum(axis=1) <= 0)  # the line is where none of its sectors is located
    prior[blocked] = spread[blocked, None]
    columns = np.fromiter(weights.values(), float)
    columns *= line.sum() / columns.sum()
    return ras(prior * columns, line, columns)
