"""What an equilibrium holds, in levels: the pure functions from the solved state to the numbers that people ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array

from detente.economy import equations
from detente.economy.calibration import Calibration
from detente.economy.factors import REPLACEMENT
from detente.economy.interface import Policy

if TYPE_CHECKING:
    from detente.accounts.baseline import Baseline

Numbers = Any  # a JAX array while solving, a NumPy array in a `Result`


class Levels(NamedTuple):
    """An equilibrium in levels. Money is in million USD with world factor income as numeraire; hats are over the baseline.

    `welfare` [n], ratio: 1 + equivalent variation from the baseline over baseline income, effort and saving counted;
    `consumption` [n], hat: what income buys once worn-out capital is replaced, which saving is paid for it not counted;
    `income`, `factor_income`, `tariff_revenue` (less quota rents), `export_tax_revenue`, `quota_rents` received,
    `subsidies`, `deficit` [n], money; `quota_rate` and `quota_imports` [K], effective rates and imports in the units of the
    limits (None without quotas); `price_index`, `wage` (mean), `employed`, `capital` (stock) [n], hats; `unemployment` [n],
    share of labour supplied that finds no work because wages do not fall, and `idle` [n, j], the same of each sector's
    workers; `output`, `value_added`, `final_spending` [n, j], money; `unit_cost`, `employment`, `sector_wage` [n, j], hats;
    `price` [n, j, u], hat of what buyers pay; `trade` [n, i, j, u], money at basic prices; `border_value` [n, i, j, u],
    export taxes included; `duties` [n, i, j, u], money; `walras`: world sales less world output, relative; `budget_gap`:
    largest relative gap between spending and income."""

    welfare: Numbers
    consumption: Numbers
    income: Numbers
    factor_income: Numbers
    tariff_revenue: Numbers
    export_tax_revenue: Numbers
    quota_rents: Numbers
    quota_rate: Numbers
    quota_imports: Numbers
    subsidies: Numbers
    deficit: Numbers
    price_index: Numbers
    wage: Numbers
    employed: Numbers
    capital: Numbers
    unemployment: Numbers
    output: Numbers
    value_added: Numbers
    final_spending: Numbers
    unit_cost: Numbers
    employment: Numbers
    sector_wage: Numbers
    idle: Numbers
    price: Numbers
    trade: Numbers
    border_value: Numbers
    duties: Numbers
    walras: Numbers
    budget_gap: Numbers


def levels(cal: Calibration, policy: Policy, state: Array) -> Levels:
    """Everything at a solved state."""
    weights = equations.trade_weights(cal, equations.wedges(policy))
    weights = equations.under_quotas(cal, policy, weights, equations.unpack(cal, state)[-1])
    flows = equations.evaluate(cal, policy, weights, state)
    spread = flows.competitiveness[:, None, None, :] * flows.spending_per_weight[..., None]  # [j, u, n, i]
    border = jnp.transpose(spread * weights.border, (2, 3, 0, 1))
    paid = jnp.transpose(spread * weights.cost, (2, 3, 0, 1))

    factor_income = flows.value_added.sum(axis=1)
    wages, yields = cal.value_added * cal.labour_share, cal.value_added * cal.capital_share  # at the baseline
    earned = equations.factor_growth(wages, flows.value_added * cal.labour_share)
    growth = jnp.exp(earned)
    supplied = jnp.exp(cal.labour_supply * (earned - flows.price_index) / (1 + cal.labour_supply))
    price_index = jnp.exp(flows.price_index)
    worked = cal.value_added > 0
    v = jnp.where(worked, flows.value_added, 1.0) / jnp.where(worked, cal.value_added, 1.0)
    labour, at_flexible = ((wages * v / jnp.exp(wage)).sum(axis=1) for wage in (flows.wage, flows.flexible_wage))
    employed = supplied * labour / at_flexible

    # equivalent variation: the change of real income less that of the effort (quasi-linear, Greenwood et al. 1988)
    effort = cal.labour_supply / (1 + cal.labour_supply) * wages.sum(axis=1) / cal.income
    # ... and less that of the saving: capital is supplied as work is, at a rental over the price of investment goods
    yielded = jnp.exp(equations.factor_growth(yields, flows.value_added * cal.capital_share))
    investment_price = jnp.exp(flows.investment_price)
    saving = cal.accumulation * yields.sum(axis=1) / cal.income * (yielded - investment_price) / price_index
    welfare = 1 + (flows.income / cal.income / price_index - 1) - effort * (growth / price_index - 1) - saving
    capital = jnp.where(yields.sum(axis=1) > 0, yielded / jnp.exp(flows.rental), 1.0)
    replaced = REPLACEMENT * yields.sum(axis=1)
    consumption = (flows.income - replaced * investment_price * capital) / price_index / (cal.income - replaced)
    return Levels(
        welfare=welfare,
        consumption=consumption,
        income=flows.income,
        factor_income=factor_income,
        tariff_revenue=flows.tariff_revenue,
        export_tax_revenue=flows.export_tax_revenue,
        quota_rents=flows.quota_rents,
        quota_rate=None if flows.licences is None else flows.licences.rate,
        quota_imports=None if flows.licences is None else flows.licences.imports,
        subsidies=flows.subsidies,
        deficit=flows.deficit,
        price_index=price_index,
        wage=growth / employed,
        employed=employed,
        capital=capital,
        unemployment=1 - labour / at_flexible,
        output=flows.output,
        value_added=flows.value_added,
        final_spending=flows.final_spending,
        unit_cost=jnp.exp(flows.unit_cost),
        employment=jnp.where(worked, v / jnp.exp(flows.wage), 1.0),
        sector_wage=jnp.exp(flows.wage),
        idle=-jnp.expm1(flows.flexible_wage - flows.wage),
        price=jnp.exp(jnp.transpose(flows.price, (2, 0, 1))),
        trade=jnp.transpose(spread * weights.sales, (2, 3, 0, 1)),
        border_value=border,
        duties=paid - border,
        walras=jnp.abs(flows.sales.sum() / flows.output.sum() - 1),
        budget_gap=jnp.max(jnp.abs(flows.income_earned / flows.income - 1)),
    )


def baseline_levels(baseline: Baseline) -> Levels:
    """The baseline itself, as an equilibrium in which nothing has changed."""
    one, each = np.ones(len(baseline.regions)), np.ones(baseline.output.shape)
    none = np.zeros_like(one)
    return Levels(
        welfare=one,
        consumption=one,
        income=baseline.income,
        factor_income=baseline.value_added.sum(axis=1),
        tariff_revenue=baseline.tariff_revenue,
        export_tax_revenue=(baseline.border_value - baseline.trade).sum(axis=(0, 2, 3)),
        quota_rents=none,
        quota_rate=None,
        quota_imports=None,
        subsidies=none,
        deficit=baseline.deficit,
        price_index=one,
        wage=one,
        employed=one,
        capital=one,
        unemployment=none,
        output=baseline.output,
        value_added=baseline.value_added,
        final_spending=baseline.final_expenditure,
        unit_cost=each,
        employment=each,
        sector_wage=each,
        idle=np.zeros_like(each),
        price=np.ones((*each.shape, len(baseline.uses))),
        trade=baseline.trade,
        border_value=baseline.border_value,
        duties=baseline.expenditure - baseline.border_value,
        walras=np.float64(0.0),
        budget_gap=np.float64(0.0),
    )
