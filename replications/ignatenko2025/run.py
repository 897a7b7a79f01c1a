"""Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), "Making America Great Again?", in 194 economies.

One model covers the paper's one-sector versions: with `beta` = 1 there are no intermediate inputs (Tables 1, 2, 3, 9),
with `beta` < 1 production is roundabout (Table 4). Hats are new over base, primes are new levels, j sells, i buys.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jax import Array
from scipy.optimize import fsolve, minimize_scalar

from detente.errors import SolveError
from detente.report.comparison import PublishedComparison, Row

PUBLISHED = Path(__file__).with_name("published.csv")
#: The European Union as averaged in the paper: Czechia and Slovakia are in the data but not in its list.
EU = [
    *("AUT", "BEL", "BGR", "CYP", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV", "HUN"),
    *("IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVN", "SWE"),
]
FEDERAL_BUDGET = 0.23  # of GDP, Table 3


class Economy(NamedTuple):
    """A calibrated world: trade shares [exporter, importer], then one value per country, then parameters."""

    share: Array  # lambda_ji: share of j in the spending of i
    E: Array  # spending, thousand USD
    Y: Array  # income of factors, thousand USD
    T: Array  # transfer from abroad, thousand USD
    nu: Array  # share of sales in market i that stays with factors of i
    phi: Array  # elasticity of the price paid to the tariff, through entry
    beta: float  # share of labour in cost
    eps: float = 4.0  # trade elasticity
    kappa: float = 0.5  # labour supply elasticity
    psi: float = 0.67 / 4.0  # scale elasticity

    @property
    def trade(self) -> Array:
        """Base trade X_ji, thousand USD."""
        return self.share * self.E


class World(NamedTuple):
    """Solved changes and levels of one scenario."""

    w: Array
    E: Array
    L: Array
    P: Array
    trade: Array  # X'_ji, net of tariffs
    revenue: Array
    income_gap: Array  # of the income equation, relative to base income
    other_gap: Array  # of the budget, labour supply and price equations, relative
    price_level: Array  # of the numeraire equation
    welfare: Array


# -- Data and calibration ----------------------------------------------------------------------------------------------


def read(sources: Path) -> tuple[pd.DataFrame, np.ndarray]:
    """Countries (GDP in thousand USD, US tariff) and goods trade [exporter, importer], thousand USD, 2023."""
    folder = sources / "bilateral_goods_2023"
    countries = pd.read_csv(folder / "countries.csv").set_index("iso3")
    flows = pd.read_parquet(folder / "trade.parquet").pivot(index="exporter", columns="importer", values="value_kusd")
    trade = flows.reindex(index=countries.index, columns=countries.index).fillna(0.0).to_numpy()
    return countries.assign(gdp=countries["gdp_usd"] / 1000), trade


def distribution_shares(trade: np.ndarray, gdp: np.ndarray, us: int) -> np.ndarray:
    """nu: one value abroad, one in the US, that match 12% and 26% of sales in a world of two (rest, US)."""
    sums = np.stack([np.arange(len(gdp)) != us, np.arange(len(gdp)) == us]).astype(float)
    X, Y = sums @ trade @ sums.T, sums @ gdp

    def gap(nu: np.ndarray) -> list[float]:
        E = Y + (1 - nu) * (X.sum(0) - X @ (1 - nu))
        r11 = (E[0] - X[1, 0]) / (E[0] - X[1, 0] + X[0, 1])
        r22 = (E[1] - X[0, 1]) / (E[1] - X[0, 1] + X[1, 0])
        return [(1 - r11) * nu[1] + r11 * nu[0] - 0.12, r22 * nu[1] + (1 - r22) * nu[0] - 0.26]

    abroad, home = fsolve(gap, [0.1, 0.24], xtol=1e-12)
    return np.where(sums[1] > 0, home, abroad)


def calibrate(trade: np.ndarray, gdp: np.ndarray, us: int, beta: float = 1.0, classical: bool = False) -> Economy:
    """The base year. `classical`: Eaton-Kortum-Krugman, where nothing stays with distributors (nu = 0, phi = 1)."""
    nu = distribution_shares(trade, gdp, us)
    imports = trade.sum(0)
    own = np.maximum(gdp + (1 - nu) * (imports - trade @ (1 - nu)) - imports, 0.0)
    X = trade + np.diag(own / beta)
    theta = 4.0 / 0.67
    phi = 1 + (1 + theta) / ((1 - nu) * theta) - 1 / theta - 1
    if classical:
        nu, phi = np.zeros_like(nu), np.ones_like(nu)
    E, kept = X.sum(0), X @ (1 - nu)
    Y = beta * kept + nu * E
    arrays = (X / E, E, Y, E - Y - (1 - beta) * kept, nu, phi)
    return Economy(*map(jnp.asarray, arrays), beta=beta)


# -- The model ---------------------------------------------------------------------------------------------------------


def model(logs: Array, e: Economy, t: Array, relief: float) -> World:
    """Everything that follows from log hats of wage, spending, labour and price [4, country] and tariffs t_ji.

    `relief`: share of the duties that lowers the income tax (1), the rest being handed out lump sum (0).
    """
    w, E, L, P = jnp.exp(logs)
    entry = (w / P) ** (1 - e.beta)
    cost = w**e.beta * P ** (1 - e.beta) / (entry * L) ** e.psi
    supply = cost**-e.eps
    access = e.share * (1 + t) ** (-e.eps * e.phi)
    S = supply @ access
    per_access = E * e.E / S
    net = access / (1 + t)
    purchases = per_access * (supply @ net)  # sum_j X'_ji
    kept = supply * (net @ ((1 - e.nu) * per_access))  # sum_k (1 - nu_k) X'_ik
    revenue = E * e.E - purchases
    Y = w * L * e.Y
    transfer = e.T * Y.sum() / e.Y.sum()

    income = e.beta * kept + e.nu * purchases - Y
    budget = revenue + Y + (1 - e.beta) * kept + transfer - E * e.E
    keep_rate = 1 - relief * revenue / Y  # inverse of the rise in what workers keep of a wage
    labour = jnp.log(L) - e.kappa * jnp.log(w / P / keep_rate)
    price = jnp.log(P) - (1 - e.phi) * jnp.log(E / w) + jnp.log(S) / e.eps

    C = e.Y + e.T  # consumption
    d = C / (C - e.kappa / (1 + e.kappa) * keep_rate * e.Y)
    welfare = d * (revenue + Y + transfer) / C / P + (1 - d) * w * L / P
    level = jnp.where(e.beta == 1.0, (P - 1) @ e.E / e.E.sum(), (w - 1) @ e.Y / e.Y.sum())
    trade = supply[:, None] * net * per_access
    return World(w, E, L, P, trade, revenue, income / e.Y, jnp.stack([budget / e.E, labour, price]), level, welfare)


def residual(logs: Array, e: Economy, t: Array, relief: float) -> Array:
    """The equations, with the numeraire in the place of the last country's income, as one vector."""
    world = model(logs.reshape(4, -1), e, t, relief)
    return jnp.concatenate([world.income_gap.at[-1].set(world.price_level)[None], world.other_gap]).ravel()


@jax.jit
def newton_step(logs: Array, e: Economy, t: Array, relief: float) -> Array:
    """Where the linearised equations put the log hats."""
    return logs - jnp.linalg.solve(jax.jacfwd(residual)(logs, e, t, relief), residual(logs, e, t, relief))


def solve(e: Economy, t: np.ndarray, relief: float = 1.0, start: Array | None = None) -> tuple[Array, World]:
    """Log hats and outcomes under tariffs `t` by Newton's method; raises `SolveError` short of a residual of 1e-10."""
    logs = jnp.zeros(4 * len(e.E)) if start is None else start
    for _ in range(30):
        gap = float(jnp.abs(residual(logs, e, t, relief)).max())
        if gap < 1e-12:
            break
        logs = newton_step(logs, e, t, relief)
    if not gap < 1e-10:
        raise SolveError(f"The 194-country model did not converge: largest relative gap {gap:.1e}, expected 1e-10.")
    return logs, model(logs.reshape(4, -1), e, t, relief)


# -- Tariffs [exporter, importer] --------------------------------------------------------------------------------------


def us_formula(e: Economy, us: int, size: Array) -> float:
    """The paper's optimal US tariff; `size` is spending without retaliation, income with it."""
    X = e.trade
    abroad = X[us] * (1 - e.nu) * (1 - e.share[us])
    d = (abroad.sum() - abroad[us]) / ((1 - e.nu[us]) * (size[us] - X[us, us]))
    return float(1 / ((1 + d * e.eps) * e.phi[us] - 1))


def retaliation_formula(e: Economy, us: int) -> float:
    """The paper's optimal retaliation of the rest of the world taken as one country."""
    abroad = jnp.arange(len(e.E)) != us
    X = e.trade
    exports = X[abroad, us].sum()
    kept_abroad = (1 - e.nu[us]) * (1 - exports / e.E[us])
    inside = X[abroad][:, abroad].sum()
    d = exports * kept_abroad / ((1 - e.nu[0]) * (e.Y[abroad].sum() - inside))
    return float(1 / ((1 + d * e.eps) * e.phi[0] - 1))


def best_uniform(value: Callable[[float], float], highest: float) -> float:
    """The uniform rate that maximises `value`."""
    found = minimize_scalar(lambda rate: -value(rate), bounds=(0.0, highest), options={"xatol": 1e-4})
    return float(found.x)


# -- What the tables print ---------------------------------------------------------------------------------------------


def changes(e: Economy, world: World) -> pd.DataFrame:
    """Percent changes by country, and duties in percent of base spending."""
    off = 1 - np.eye(len(e.E))
    base, new = np.asarray(e.trade), np.asarray(world.trade)
    income = np.asarray(world.w * world.L)

    def over_income(axis: int) -> np.ndarray:
        return (new * off).sum(axis) / (base * off).sum(axis) / income - 1

    deficit, base_deficit = new.sum(0) - new.sum(1), base.sum(0) - base.sum(1)
    return 100 * pd.DataFrame(
        {
            "welfare": world.welfare - 1,
            "deficit": (deficit - base_deficit) / np.abs(base_deficit),
            "exports_to_GDP": over_income(1),
            "imports_to_GDP": over_income(0),
            "employment": world.L - 1,
            "prices": world.P - 1,
            "tariff_revenue_percent_of_GDP": world.revenue / e.E,
            "tariff_revenue_percent_of_federal_budget": world.revenue / e.E / FEDERAL_BUDGET,
        }
    )


def average(table: pd.DataFrame, region: str, codes: pd.Index, weight: np.ndarray) -> pd.Series:
    """A country's row, or the weighted mean over the EU or over all but the US."""
    names = {"US": ["USA"], "CHN": ["CHN"], "EU": EU, "nonUS_avg": codes.drop("USA")}[region]
    rows = codes.get_indexer(names)
    return table.iloc[rows].mul(weight[rows], axis=0).sum() / weight[rows].sum()


#: Shorter names for the printed table.
SHORT = {
    "exports_to_GDP": "exports/GDP",
    "imports_to_GDP": "imports/GDP",
    "tariff_revenue_percent_of_GDP": "revenue/GDP",
    "tariff_revenue_percent_of_federal_budget": "revenue/budget",
}
#: Scenarios whose tariffs an optimiser chose: whose welfare it maximised, and why the other numbers are not judged.
OPTIMISED = {
    "inputs_optimal": (
        "US",
        "the paper applies one element of an unconverged vector of 193 tariffs; ours is the optimum",
    ),
    "inputs_ustr_retaliation": (
        "nonUS_avg",
        "the paper's search, at most 200 iterations, ended below our uniform rate in welfare abroad",
    ),
}


def run(sources: Path) -> PublishedComparison:
    """Solve the scenarios of Tables 1, 2, 3, 4 and 9 that one sector allows, and set them beside the paper's."""
    countries, trade = read(sources)
    codes, gdp = countries.index, countries["gdp"].to_numpy()
    us = int(codes.get_loc("USA"))
    abroad = codes != "USA"

    def on_imports(rate: np.ndarray | float) -> np.ndarray:  # of the US
        t = np.zeros((len(gdp), len(gdp)))
        t[abroad, us] = np.broadcast_to(rate, gdp.shape)[abroad]
        return t

    def on_exports(rate: np.ndarray | float) -> np.ndarray:
        return on_imports(rate).T

    base = calibrate(trade, gdp, us)
    announced = np.maximum(0.10, countries["us_announced_tariff_apr2025"].fillna(0.0).to_numpy())
    ustr, reciprocal = on_imports(announced), on_exports(announced)
    optimal, retaliation = on_imports(us_formula(base, us, base.E)), on_exports(retaliation_formula(base, us))
    optimal_in_war = on_imports(us_formula(base, us, base.Y))

    roundabout = calibrate(trade, gdp, us, beta=0.49)
    foreign = np.where(abroad, roundabout.Y, 0.0) / roundabout.Y[abroad].sum()

    def us_welfare(rate: float) -> float:
        return float(solve(roundabout, on_imports(rate))[1].welfare[us])

    def foreign_welfare(rate: float) -> float:
        return float(foreign @ solve(roundabout, ustr + on_exports(rate))[1].welfare)

    best, best_reply = best_uniform(us_welfare, 0.25), best_uniform(foreign_welfare, 0.50)

    scenarios: dict[str, tuple[Economy, np.ndarray, float]] = {
        "ustr": (base, ustr, 1.0),
        "ustr_lump_sum": (base, ustr, 0.0),
        "optimal": (base, optimal, 1.0),
        "ustr_reciprocal": (base, ustr + reciprocal, 1.0),
        "ustr_retaliation": (base, ustr + retaliation, 1.0),
        "optimal_retaliation": (base, optimal_in_war + retaliation, 1.0),
        "pass_through": (base._replace(phi=base.phi - 0.75), ustr, 1.0),
        "elasticity_8": (base._replace(eps=8.0), ustr, 1.0),
        "eaton_kortum": (calibrate(trade, gdp, us, classical=True), ustr, 1.0),
        "inputs_ustr": (roundabout, ustr, 1.0),
        "inputs_ustr_reciprocal": (roundabout, ustr + reciprocal, 1.0),
        "inputs_optimal": (roundabout, on_imports(best), 1.0),
        "inputs_ustr_retaliation": (roundabout, ustr + on_exports(best_reply), 1.0),
    }
    tables: dict[str, pd.DataFrame] = {}
    dropped = []
    for name, (economy, t, relief) in scenarios.items():
        _, world = solve(economy, t, relief)
        tables[name] = changes(economy, world)
        dropped.append(abs(float(world.income_gap[-1])))

    def row(entry: pd.Series) -> Row:
        economy = scenarios[entry.scenario][0]
        weight = np.asarray(gdp if entry.scenario.startswith("inputs") else economy.E)
        ours = float(average(tables[entry.scenario], entry.region, codes, weight)[entry.quantity])
        region_name = {"nonUS_avg": "others"}.get(entry.region, entry.region)
        quantity = SHORT.get(entry.quantity, entry.quantity)
        label = f"{entry.table}, {entry.scenario.replace('_', ' ')}: {quantity}, {region_name}"
        if entry.scenario not in OPTIMISED:
            return Row(label, entry.value, ours, entry.tolerance)
        region, note = OPTIMISED[entry.scenario]
        if (entry.region, entry.quantity) == (region, "welfare"):
            return Row(label, entry.value, ours, entry.tolerance, "the optimiser's own welfare", sense="at_least")
        return Row(label, entry.value, ours, None, note)

    published = pd.read_csv(PUBLISHED)
    notes = (
        f"Largest residual of the dropped equation (income of country 194): {max(dropped):.1e} of its income.",
        f"Optimal tariff with inputs, uniform: US {best:.4f}; retaliation {best_reply:.4f}.",
        "Not reproducible from the data held: everything with several sectors (Tables 4 and 9).",
    )
    rows = tuple(row(entry) for _, entry in published.iterrows())
    return PublishedComparison(
        "Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), one sector, 194 economies", rows, notes
    )
