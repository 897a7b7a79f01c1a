"""What happened: US imports and the duty collected on them, by partner and sector, as customs published them by month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pandas as pd

from detente.accounts import Baseline
from detente.law.customs import customs_months
from detente.study.backtest.episode import Episode
from detente.study.backtest.sector_groups import sector_groups

#: Partners that customs list and the accounts hold.
ALONE = (
    *(
        "CAN",
        "MEX",
        "BRA",
        "GBR",
        "DEU",
        "FRA",
        "ITA",
        "ESP",
        "NLD",
        "BEL",
        "IRL",
        "SWE",
        "AUT",
        "CHE",
        "RUS",
        "CHN",
        "JPN",
    ),
    *("KOR", "TWN", "IND", "IDN", "VNM", "THA", "AUS"),
)
#: Members of the European Union that customs list.
EU = ("DEU", "FRA", "ITA", "ESP", "NLD", "BEL", "IRL", "SWE", "AUT")
#: What is left of the world, and the regions of the accounts that it stands for. (In customs' total of the European Union
#: what is left beside these members falls at the start of 2018 by what the United Kingdom sold: no rest can be followed.)
REST = {"rest of world": ("POL", "CZE", "EUR", "NOR", "TUR", "ROW")}
PARTNERS = (*ALONE, *REST)
#: Years without a trade war, whose growth shows how much trade moves anyhow: (first year, last year) of the start.
QUIET = {1: (2013, 2014, 2015, 2016, 2022, 2023), 2: (2013, 2014, 2015)}
#: Largest change of a cell that is taken as it is, log points; beyond it a cell has begun or ended.
LARGEST_CHANGE = 2.0


@dataclass(frozen=True)
class Window:
    """US imports [partner, group] of some months, million USD, and the `duty` collected on them."""

    imports: np.ndarray
    duty: np.ndarray

    @property
    def rate(self) -> np.ndarray:
        """Duty over imports, a fraction; zero where nothing is imported."""
        return np.divide(self.duty, self.imports, out=np.zeros_like(self.duty), where=self.imports > 0)


@cache
def _shipped() -> pd.DataFrame:
    return by_group(customs_months())


def by_group(months: pd.DataFrame) -> pd.DataFrame:
    """Customs' months (`customs_months`) added up to month, partner as listed and group [imports_usd, duty_usd]."""
    group_of = {code: name for name, (_, codes) in sector_groups().items() for code in codes}
    months = months.assign(group=months["naics3"].map(group_of)).dropna(subset=["group"])
    return months.groupby(["month", "exporter", "group"], observed=True)[["imports_usd", "duty_usd"]].sum()


def window(first: str, last: str, cells: pd.DataFrame | None = None) -> Window:
    """Imports and duty from month `first` to month `last`, of `cells` (`by_group`) or of the months that ship."""
    cells = _shipped() if cells is None else cells
    months = cells.index.get_level_values("month")
    total = cells[(months >= first) & (months <= last)].groupby(["exporter", "group"], observed=True).sum()
    return Window(*(_by_partner(total[column].unstack(fill_value=0)) for column in ("imports_usd", "duty_usd")))


def _by_partner(table: pd.DataFrame) -> np.ndarray:
    """Partners as listed to `PARTNERS` [partner, group], million USD."""
    table = table.reindex(columns=list(sector_groups()), fill_value=0.0) / 1e6
    alone = table.reindex(index=list(ALONE), fill_value=0.0).to_numpy()
    return np.maximum(np.vstack([alone, table.loc["WLD"].to_numpy() - alone.sum(axis=0)]), 0.0)


@dataclass(frozen=True)
class Observed:
    """An episode as it happened, [partner, group].

    `growth`: log change of imports, `noise`: how much it moves in years without a trade war (standard deviation of the log
    change over the same months and as many years, growth common to a sector's partners taken out), `common_noise` [group]:
    the same of that common growth. `quiet_growth`: mean growth of all imports in such years, `total_noise` its standard
    deviation. `scored`: cells large enough and not left out.
    """

    before: Window
    after: Window
    noise: np.ndarray
    common_noise: np.ndarray
    quiet_growth: float
    total_noise: float
    scored: np.ndarray

    @cached_property
    def growth(self) -> np.ndarray:
        """Log change of imports, at most `LARGEST_CHANGE` either way."""
        return log_change(self.before.imports, self.after.imports)

    @property
    def duty_change(self) -> np.ndarray:
        """Change of duty over imports, a fraction; zero where nothing was imported."""
        traded = (self.before.imports > 0) & (self.after.imports > 0)
        return np.where(traded, self.after.rate - self.before.rate, 0.0)


def quiet_variance(happened: Observed) -> np.ndarray:
    """Variance of a cell's growth without a trade war: its own, its sector's, that of all imports and their trend."""
    return np.asarray(happened.noise**2 + happened.common_noise**2 + happened.total_noise**2 + happened.quiet_growth**2)


def observe(episode: Episode, baseline: Baseline, news: pd.DataFrame | None = None) -> Observed:
    """What happened in an episode; `news`: months (`by_group`) in which it ended, where they do not ship with the package.

    Cells in which the accounts hold no trade are not scored.
    """
    before, after = window(*episode.before), window(*episode.after, news)
    groups = [sectors for sectors, _ in sector_groups().values()]
    kept = np.array([[not episode.why_left_out(partner, sectors) for sectors in groups] for partner in PARTNERS])
    large = before.imports * 12 / episode.months >= episode.smallest
    held = on_cells(baseline.border_value[baseline.regions.index("USA")].sum(axis=2), baseline) > 1.0
    return Observed(before, after, *_quiet(episode, kept), large & held & kept)


def on_cells(flows: np.ndarray, baseline: Baseline) -> np.ndarray:
    """Imports of the United States by region and sector of the accounts [region, sector] added up to [partner, group]."""
    partners, groups = membership(baseline)
    return np.asarray(partners @ flows @ groups.T)


def membership(baseline: Baseline) -> tuple[np.ndarray, np.ndarray]:
    """Which regions a partner is [partner, region], which sectors a group [group, sector]: ones and zeros."""
    members = [REST.get(partner, (partner,)) for partner in PARTNERS]
    partners = np.array([[region in mine for region in baseline.regions] for mine in members], dtype=float)
    groups = [[sector in mine for sector in baseline.sectors] for mine, _ in sector_groups().values()]
    return partners, np.array(groups, dtype=float)


def log_change(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Log of after over before, within `LARGEST_CHANGE`; zero where there is neither."""
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.log(after / before)
    return np.clip(
        np.nan_to_num(change, nan=0.0, posinf=LARGEST_CHANGE, neginf=-LARGEST_CHANGE), -LARGEST_CHANGE, LARGEST_CHANGE
    )


def common_growth(change: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """What the partners of a sector have in common [group]: the weighted mean change."""
    total = weight.sum(axis=0)
    return np.divide((weight * change).sum(axis=0), total, out=np.zeros_like(total), where=total > 0)


def _later(month: str, years: int) -> str:
    return f"{int(month[:4]) + years}{month[4:]}"


def _quiet(episode: Episode, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, float]:
    """How imports move without a trade war: noise of cells and of sectors, mean and noise of the growth of all `kept`."""
    own, common, total = [], [], []
    for year in QUIET.get(episode.years, QUIET[2]):
        shift = year - int(episode.before[0][:4])
        first, second = (
            window(_later(months[0], shift), _later(months[1], shift)) for months in (episode.before, episode.after)
        )
        change = log_change(first.imports, second.imports)
        growth = common_growth(change, first.imports)
        all_of_them = float(np.log(second.imports[kept].sum() / first.imports[kept].sum()))
        own.append(change - growth)
        common.append(growth - all_of_them)
        total.append(all_of_them)
    root = [np.sqrt(np.mean(np.square(values), axis=0)) for values in (own, common)]
    return root[0], root[1], float(np.mean(total)), float(np.std(total))
