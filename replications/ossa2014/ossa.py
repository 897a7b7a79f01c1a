"""Ossa's (2014) economy: monopolistic competition, fixed firms, profits, no input-output links, balanced trade.

A second economy behind `detente.economy.interface`, written from the equations of the paper (section I and the
equilibrium in changes, conditions 5 to 8). Indices: n importer, i exporter, s sector.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jax import Array

from detente.economy.interface import Equilibrium, Policy


class Solution(NamedTuple):
    """An equilibrium in hats: wages [i], expenditure [n], price indices [n, s], trade net of tariffs [n, i, s]."""

    wage: Array
    expenditure: Array
    price: Array
    trade: Array
    residual: Array | float = 0.0
    steps: Array | int = 0


@dataclass(frozen=True, eq=False)
class OssaEconomy:
    """Base-year accounts: `trade` [importer, exporter, sector] net of tariffs, million USD; `base_tariff` fractions."""

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    trade: np.ndarray
    base_tariff: np.ndarray
    sigma: np.ndarray
    balanced: bool = True
    uses: tuple[str, ...] = ("all",)

    def __post_init__(self) -> None:
        T, t, sigma = self.trade, self.base_tariff, self.sigma
        sales = T.sum(axis=0)  # [i, s]
        spending = (1 + t) * T
        absorption = spending.sum(axis=1)  # [n, s]
        X = absorption.sum(axis=1)
        labour = ((sigma - 1) / sigma) * sales
        put = lambda name, value: object.__setattr__(self, name, jnp.asarray(value))  # noqa: E731
        put("alpha", np.divide(T, sales, out=np.zeros_like(T), where=sales > 0))
        put(
            "gamma",
            np.divide(spending, absorption[:, None], out=np.zeros_like(T), where=absorption[:, None] > 0),
        )
        put("delta", labour / labour.sum(axis=1, keepdims=True))
        put("mu", absorption / X[:, None])
        put("X", X)
        put("profit", sales / sigma)
        revenue = (t * T).sum(axis=(1, 2))
        surplus = T.sum(axis=(0, 2)) - T.sum(axis=(1, 2))
        put("wage_bill", X + surplus - revenue - (sales / sigma).sum(axis=1))
        # Where `balanced` is false the data still carry imbalances, and the equilibrium (net exports 0) removes them.
        if self.balanced and np.abs(surplus).max() > 1e-6 * X.max():
            raise ValueError("trade is not balanced; call `purged` on the raw data first")

    # -- the interface ---------------------------------------------------------------------------------------------

    @property
    def trade_elasticity(self) -> Array:
        """Elasticity of trade with respect to its cost, sigma - 1 [s]."""
        return jnp.asarray(self.sigma - 1)

    @property
    def border_value(self) -> np.ndarray:
        """Trade of the base year net of tariffs [n, i, s, 1], million USD."""
        return self.trade[..., None]

    def status_quo(self) -> Policy:
        """The tariffs of the base year; no other instrument exists in this model."""
        n, s = len(self.regions), len(self.sectors)
        return Policy(
            jnp.asarray(self.base_tariff)[..., None],
            jnp.zeros((n, n, s)),
            jnp.ones((n, n, s, 1)),
            jnp.zeros((n, s)),
        )

    def equilibrium(self, policy: Policy, start: Any = None) -> Equilibrium:
        """Outcomes under `policy` (tariffs and trade costs act; export taxes and subsidies are not in the model)."""
        t = policy.tariff[..., 0]
        solution = self.solve(t, policy.trade_cost[..., 0], start)
        labour = (1 - 1 / self.sigma) * solution.trade.sum(axis=0)
        delta = labour / labour.sum(axis=1, keepdims=True)
        revenue = (t * solution.trade).sum(axis=(1, 2))
        price = self.consumer_price(solution)
        return Equilibrium(
            welfare=solution.expenditure / price,
            price_index=price,
            income=self.X * solution.expenditure,
            # Ossa's L_js: firms' sales, which are wages and profits, and the tariff revenue handed to their workers.
            sector_income=solution.trade.sum(axis=0) + delta * revenue[:, None],
            revenue=revenue,
            employment=jnp.where(self.delta > 0, delta / jnp.where(self.delta > 0, self.delta, 1.0), 1.0),
            employed=jnp.ones(len(self.regions)),
            residual=solution.residual,
            evaluations=solution.steps,
            state=jnp.log(solution.wage),
        )

    # -- the model -------------------------------------------------------------------------------------------------

    def consumer_price(self, solution: Solution) -> Array:
        """Hat of the consumer price index [n]."""
        return jnp.exp((self.mu * jnp.log(solution.price)).sum(axis=1))

    def solve(self, tariff: Array, trade_cost: Array | float = 1.0, start: Array | None = None) -> Solution:
        """The equilibrium for new `tariff` levels [n, i, s]: Newton in log wages, derivatives by implicit function."""
        tau = (1 + tariff) / (1 + self.base_tariff) * trade_cost

        def gap(log_wage: Array) -> Array:
            excess = self._given_wages(log_wage, tau, tariff, trade_cost)[0]
            numeraire = (self.wage_bill * jnp.expm1(log_wage)).sum() / self.wage_bill.sum()
            return excess.at[-1].set(numeraire)  # Walras: the last labour market clears when the others do

        origin = jnp.zeros(len(self.regions)) if start is None else jax.lax.stop_gradient(start)
        log_wage, steps = jax.lax.custom_root(gap, origin, _newton, _tangent, has_aux=True)
        excess, solution = self._given_wages(log_wage, tau, tariff, trade_cost)
        return solution._replace(residual=jnp.abs(excess).max(), steps=steps)

    def _given_wages(
        self, log_wage: Array, tau: Array, tariff: Array, trade_cost: Array | float
    ) -> tuple[Array, Solution]:
        """Excess demand for labour [i], and prices, spending and trade when wages are given."""
        w, sigma = jnp.exp(log_wage), self.sigma
        cost = jnp.log(tau) + log_wage[None, :, None]
        bought = self.gamma.sum(axis=1) > 0
        total = (self.gamma * jnp.exp((1 - sigma) * cost)).sum(axis=1)
        log_P = jnp.log(jnp.where(bought, total, 1.0)) / (1 - sigma)
        # Quantities sold relative to the base year, at sales prices w_i, for each dollar of X_n.
        factor = trade_cost * jnp.exp(
            -sigma * jnp.log(tau) + (1 - sigma) * log_wage[:, None] + (sigma - 1) * log_P[:, None]
        )
        sales = self.alpha * factor  # [n, i, s]
        profits = jnp.einsum("is,nis->in", self.profit, sales)  # of i, per unit of X_n
        duties = (tariff * self.trade * factor).sum(axis=(1, 2))
        system = jnp.eye(len(self.regions)) - (jnp.diag(duties) + profits) / self.X[:, None]
        X = jnp.linalg.solve(system, self.wage_bill * w / self.X)
        hired = jnp.einsum("is,nis,n->i", self.delta, sales, X)
        solution = Solution(w, X, jnp.exp(log_P), self.trade * factor * X[:, None, None])
        return jnp.log(hired) - log_wage, solution

    def rebased(self, tariff: np.ndarray) -> OssaEconomy:
        """The economy whose base year is the equilibrium at `tariff`: hats are then relative to it."""
        solution = jax.jit(self.solve)(jnp.asarray(tariff))
        if not solution.residual < 1e-9:
            raise ArithmeticError(f"no equilibrium to start from: labour markets miss by {solution.residual:.1e}")
        return OssaEconomy(self.regions, self.sectors, np.asarray(solution.trade), np.asarray(tariff), self.sigma)

    @classmethod
    def from_sources(cls, folder: Path, sigma: str = "sigma") -> OssaEconomy:
        """The paper's economy: raw trade with its imbalances removed by one solve (section II.C)."""
        sectors = pd.read_csv(folder / "sectors.csv")
        cells = pd.read_csv(folder / "trade_tariffs.csv")
        regions = tuple(dict.fromkeys(cells["exporter"]))
        codes = tuple(sectors["code"])
        shape = (len(codes), len(regions), len(regions))  # the file runs over sector, exporter, importer
        order = pd.MultiIndex.from_product([codes, regions, regions])
        cells = cells.set_index(["sector", "exporter", "importer"]).loc[order]
        cube = lambda column: cells[column].to_numpy().reshape(shape).transpose(2, 1, 0)  # noqa: E731
        tariff = cube("tariff_advalorem")
        raw = cls(regions, codes, cube("trade_raw_musd"), tariff, sectors[sigma].to_numpy(), balanced=False)
        return raw.rebased(tariff)


def political_weights(folder: Path) -> dict[str, dict[str, float]]:
    """The paper's weights on sector incomes, region -> sector -> weight (mean 1)."""
    table = pd.read_csv(folder / "political_weights.csv").replace({"region": {"RoW": "ROW"}})
    columns = ["sector", "lambda_political_weight"]
    return {str(region): dict(rows[columns].itertuples(index=False)) for region, rows in table.groupby("region")}


def _newton(gap: Any, origin: Array) -> tuple[Array, Array]:
    """Newton's method with steps of at most 0.5 in logs; stops at rounding error."""

    def step(carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        x, _, count = carry
        move = -jnp.linalg.solve(jax.jacfwd(gap)(x), gap(x))
        size = jnp.abs(move).max()
        return x + move * jnp.minimum(1.0, 0.5 / size), size, count + 1

    x, _, count = jax.lax.while_loop(
        lambda carry: (carry[1] > 1e-12) & (carry[2] < 60), step, (origin, jnp.inf, jnp.zeros(()))
    )
    return x, count


def _tangent(linear: Any, y: Array) -> Array:
    return jnp.linalg.solve(jax.jacobian(linear)(jnp.zeros_like(y)), y)
