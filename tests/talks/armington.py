"""A tiny Armington economy (one factor, CES within sectors, Cobb-Douglas across) behind the economy's interface."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from detente.economy.interface import Equilibrium, Policy


class Armington:
    """`share` [importer, exporter, sector] of spending at the base year, free trade and balanced trade there.

    Trade is balanced when incomes solve ``income = shares' @ income``, which the constructor does.
    """

    uses = ("all",)

    def __init__(self, share: np.ndarray, spending: np.ndarray, sigma: float) -> None:
        n, _, j = share.shape
        self.regions = tuple("ABCDEFG"[:n])
        self.sectors = tuple(f"s{k}" for k in range(j))
        self.sigma = sigma
        self.trade_elasticity = jnp.full(j, sigma - 1)
        self.share, self.spending = jnp.asarray(share), jnp.asarray(spending)  # spending [importer, sector] sums to 1
        flow = np.einsum("nis,ns->in", share, spending)  # income of i from a dollar of n
        values, vectors = np.linalg.eig(flow)
        income = np.abs(np.real(vectors[:, np.argmin(np.abs(values - 1))]))
        self.income = jnp.asarray(income / income.sum() * 100.0)

    @property
    def border_value(self) -> np.ndarray:
        spent = np.asarray(self.share) * (np.asarray(self.spending) * np.asarray(self.income)[:, None])[:, None]
        return spent[..., None]

    def status_quo(self) -> Policy:
        n, j = len(self.regions), len(self.sectors)
        return Policy(jnp.zeros((n, n, j, 1)), jnp.zeros((n, n, j)), jnp.ones((n, n, j, 1)), jnp.zeros((n, j)))

    def equilibrium(self, policy: Policy, start: Any = None) -> Equilibrium:
        n = len(self.regions)
        tariff, tax = policy.tariff[..., 0], policy.export_tax
        kappa = jnp.log(policy.trade_cost[..., 0]) + jnp.log1p(tariff) + jnp.log1p(tax)

        def market(log_wage):
            cost = kappa + log_wage[None, :, None]
            weight = self.share * jnp.exp((1 - self.sigma) * cost)
            total = weight.sum(axis=1)
            price = total ** (1 / (1 - self.sigma))
            spent = weight / total[:, None] * self.spending[:, None]  # per dollar of n
            basic = spent / ((1 + tariff) * (1 + tax))
            duty = (basic * (1 + tax) * tariff).sum(axis=(1, 2))
            taxed = (basic * tax).sum(axis=2).T  # of exporter i per dollar of n
            earned = self.income * jnp.exp(log_wage)
            X = jnp.linalg.solve(jnp.eye(n) - jnp.diag(duty) - taxed, earned)
            sales = basic * X[:, None, None]
            return sales, X, price, earned

        def gap(log_wage):
            sales, _, _, earned = market(log_wage)
            excess = jnp.log(sales.sum(axis=(0, 2))) - jnp.log(earned)
            return excess.at[-1].set(log_wage @ self.income)

        log_wage = jax.lax.custom_root(gap, jnp.zeros(n), _newton, _tangent)
        sales, X, price, earned = market(log_wage)
        index = jnp.exp((self.spending * jnp.log(price)).sum(axis=1))
        output = sales.sum(axis=0)
        base = (self.share * (self.spending * self.income[:, None])[:, None]).sum(axis=0)
        return Equilibrium(
            welfare=X / self.income / index,
            price_index=index,
            income=X,
            sector_income=output,
            revenue=X - earned,
            employment=output / jnp.exp(log_wage)[:, None] / base,
            employed=jnp.ones(n),
            residual=jnp.abs(sales.sum(axis=(0, 2)) / earned - 1).max(),
            evaluations=jnp.zeros(()),
            state=log_wage,
        )


def _newton(gap, origin):
    def step(_, x):
        return x - jnp.clip(jnp.linalg.solve(jax.jacfwd(gap)(x), gap(x)), -0.5, 0.5)

    return jax.lax.fori_loop(0, 25, step, origin)


def _tangent(linear, y):
    return jnp.linalg.solve(jax.jacobian(linear)(jnp.zeros_like(y)), y)


def symmetric(regions: int = 2, sectors: int = 1, home: float = 0.7, sigma: float = 4.0) -> Armington:
    """Identical countries: `home` share of spending at home, the rest spread evenly."""
    share = np.full((regions, regions), (1 - home) / (regions - 1))
    np.fill_diagonal(share, home)
    return Armington(np.repeat(share[..., None], sectors, axis=2), np.full((regions, sectors), 1 / sectors), sigma)


def random_economy(seed: int, regions: int = 2, sectors: int = 2, sigma: float = 4.0) -> Armington:
    """Any economy: home shares between 50 and 90 percent."""
    rng = np.random.default_rng(seed)
    share = rng.uniform(0.2, 1.0, (regions, regions, sectors))
    home = rng.uniform(0.5, 0.9, (regions, sectors))
    for n in range(regions):
        share[n, n] = 0.0
        share[n] *= (1 - home[n]) / share[n].sum(axis=0)
        share[n, n] = home[n]
    spending = rng.uniform(0.5, 1.5, (regions, sectors))
    return Armington(share, spending / spending.sum(axis=1, keepdims=True), sigma)
