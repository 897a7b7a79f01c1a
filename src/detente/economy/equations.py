"""The model, equation by equation: Caliendo and Parro (2015) with use classes, export taxes, subsidies and factors.

Symbols (hats unless they carry a prime): n importer, i exporter, j and k sectors, u use class, pi expenditure share, theta
trade elasticity, kappa trade cost, c unit cost, P price index, w wage, r rental of capital, V value added, Y output, X
expenditure, I income, alpha final-demand share, gamma cost share (both shift with prices where sectors substitute with an
elasticity other than one, see `substitution`). Flows are laid out [j, u, n, i], so that a sum over partners is a batch of
matrix-vector products.

The equilibrium is the fixed point of `step`, a map of (log c, log Y, log I). Trade shares need not be formed on the way:
given the policy, pi' = a_ni c_i^-theta / sum_h a_nh c_h^-theta, where a = pi kappa^-theta is computed once per solve, so
one evaluation of the map takes no power or exponential of a bilateral array.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from detente.economy.calibration import Calibration, juni
from detente.economy.interface import Policy
from detente.economy.quotas import Licences, bounds, licences, next_rate

#: Hats of output below this are held there: a sector that can sell nothing keeps a price, and nothing divides by zero.
SMALLEST_HAT = 1e-12

#: Spending below this share of a region's income is rounding in the accounts, where nobody sells what it is for.
SMALLEST_DEMAND = 1e-9


def pack(log_cost: Array, log_output: Array, log_income: Array, log_rate: Array | None = None) -> Array:
    """The unknowns as one vector: logs of the hats of unit costs, outputs and income, and of one plus the quotas' rates."""
    regions = jnp.concatenate([log_cost, log_output, log_income[:, None]], axis=1).ravel()
    return regions if log_rate is None else jnp.concatenate([regions, log_rate])


def unpack(cal: Calibration, state: Array) -> tuple[Array, Array, Array, Array]:
    """`log_cost` and `log_output` [region, sector], `log_income` [region], `log_rate` [K] of the quotas."""
    regions, sectors = cal.output.shape
    size = regions * (2 * sectors + 1)
    block = state[:size].reshape(regions, 2 * sectors + 1)
    return block[:, :sectors], block[:, sectors:-1], block[:, -1], state[size:]


def baseline_state(cal: Calibration, policy: Policy) -> Array:
    """The state where nothing has changed; quotas at their in-quota rate."""
    zeros = jnp.zeros_like(cal.output)
    return pack(zeros, zeros, zeros[:, 0], None if policy.quotas is None else bounds(policy.quotas)[0])


class Weights(NamedTuple):
    """What a policy does to the map, computed once per solve; each [j, u, n, i].

    `cost`: pi kappa^-theta; `border`: the part left after import duties; `sales`: the part left after export taxes too.
    """

    cost: Array
    border: Array
    sales: Array


class Flows(NamedTuple):
    """Everything the equations give at a state; money in million USD with world factor income as numeraire.

    `competitiveness` c^-theta [j, i]; `traded`, where anything can be bought [j, u, n]; `spending_per_weight` X'/Phi [j, u, n];
    `price` log P [j, u, n]; `expenditure` X' [j, u, n]; `sales` Y' [n, j], which equals `output` [n, j] in equilibrium; `wage`
    log w [n, j], and `flexible_wage`, what it would be without a floor; `rental` log r [n], mean over sectors, and
    `investment_price` log P^I [n]; `unit_cost` log c [n, j]; `value_added` [n, j]; `income` I' that the state assumes and
    `income_earned` that follows [n]; `tariff_revenue`, `export_tax_revenue`, `quota_rents` received, `subsidies`, `deficit` and
    the log consumer `price_index` [n]; `final_spending` [n, j]; `licences` of the quotas, if any."""

    competitiveness: Array
    traded: Array
    spending_per_weight: Array
    price: Array
    expenditure: Array
    sales: Array
    output: Array
    wage: Array
    flexible_wage: Array
    rental: Array
    investment_price: Array
    unit_cost: Array
    value_added: Array
    income: Array
    income_earned: Array
    tariff_revenue: Array
    export_tax_revenue: Array
    quota_rents: Array
    licences: Licences | None
    subsidies: Array
    deficit: Array
    price_index: Array
    final_spending: Array


class Wedges(NamedTuple):
    """What a policy puts between seller and buyer, as factors: `duty` 1+t and `trade_cost` d [j, u, n, i], `export_tax` 1+e
    [j, 1, n, i]."""

    duty: Array
    export_tax: Array
    trade_cost: Array


def wedges(policy: Policy) -> Wedges:
    """Wedges of a policy. An infinite tariff is a ban."""
    return Wedges(juni(1 + policy.tariff), juni(1 + policy.export_tax[..., None]), juni(policy.trade_cost))


def part_of_the_way(cal: Calibration, there: Wedges, share: Array) -> Wedges:
    """Wedges on the geometric path from the baseline's to those of a policy."""
    base = Wedges(cal.duty, cal.export_tax, jnp.ones_like(cal.duty))
    # powers of each end, so that nothing can be hoisted out of the solver's loop, which seldom comes here
    return Wedges(*(start ** (1 - share) * end**share for start, end in zip(base, there, strict=True)))


def trade_weights(cal: Calibration, at: Wedges) -> Weights:
    """The cost weights pi kappa^-theta, and what duties leave of them."""
    allowed = ~(jnp.isinf(at.duty) | jnp.isinf(at.trade_cost))
    duty, trade_cost = (jnp.where(allowed, factor, 1.0) for factor in (at.duty, at.trade_cost))
    kappa = duty * trade_cost * at.export_tax / (cal.duty * cal.export_tax)
    cost = jnp.where(allowed, cal.share * jnp.exp(-cal.theta[:, None, None, None] * jnp.log(kappa)), 0.0)
    border = cost / duty
    return Weights(cost, border, border / at.export_tax)


def evaluate(cal: Calibration, policy: Policy, weights: Weights, state: Array) -> Flows:
    """All equations of the model at a state."""
    log_cost, log_output, log_income, log_rate = unpack(cal, state)
    weights = under_quotas(cal, policy, weights, log_rate)
    # numeraire: world factor income keeps its baseline value
    cost_of_output = cal.output * jnp.exp(log_output) / (1 - policy.subsidy)  # paid for factors and inputs
    scale = cal.value_added.sum() / (cal.value_added_share * cost_of_output).sum()
    cost_of_output = scale * cost_of_output
    output = cost_of_output * (1 - policy.subsidy)
    income = scale * cal.income * jnp.exp(log_income)
    value_added = cal.value_added_share * cost_of_output

    # prices: Phi_n^ju = sum_i a_ni c_i^-theta, P = Phi^(-1/theta)
    competitiveness = jnp.exp(-cal.theta[:, None] * log_cost.T)
    phi = jnp.einsum("juni,ji->jun", weights.cost, competitiveness)
    traded = phi > 0
    phi = jnp.where(traded, phi, 1.0)
    price = -jnp.log(phi) / cal.theta[:, None, None]
    price_index, inputs_price = cal.final_price(price), cal.inputs_price(price)

    # a sector's value added grows by v, and so do the earnings of each factor in it
    worked = cal.value_added > 0
    v = jnp.maximum(jnp.where(worked, value_added, 1.0) / jnp.where(worked, cal.value_added, 1.0), SMALLEST_HAT)
    log_v = jnp.log(v)
    # labour: workers follow wages as far as rigidity lets them, and work more where wages buy more
    earned = factor_growth(cal.value_added * cal.labour_share, value_added * cal.labour_share)
    log_mean_wage = (earned + cal.labour_supply * price_index) / (1 + cal.labour_supply)
    flexible_wage = log_mean_wage[:, None] + cal.rigidity * (log_v - earned[:, None])
    wage = jnp.maximum(flexible_wage, cal.log_wage_floor)  # earnings at a floor go to fewer workers
    # capital: likewise between sectors; in the long run a nation has as much as its return pays for
    yielded = factor_growth(cal.value_added * cal.capital_share, value_added * cal.capital_share)
    investment_price = jnp.einsum("nj,jn->n", cal.investment_share, price[:, cal.final_class])
    rental = (1 - cal.accumulation) * yielded + cal.accumulation * investment_price
    sector_rental = rental[:, None] + cal.capital_rigidity * (log_v - yielded[:, None])
    # a natural resource stays where it is: its price is what it earns
    factor_cost = cal.labour_share * wage + cal.capital_share * sector_rental + cal.resource_share * log_v
    unit_cost = cal.value_added_share * factor_cost + cal.inputs_share * inputs_price + jnp.log1p(-policy.subsidy)

    # expenditure X = gamma Y + alpha I, and what each exporter receives of it
    final_spending = cal.final_spending(income, price, price_index)
    demand = cal.input_spending(cost_of_output, price, inputs_price).at[:, cal.final_class].add(final_spending.T)
    expenditure = jnp.where(traded, demand, 0.0)
    spending_per_weight = expenditure / phi
    at_border = jnp.einsum("juni,ji->jun", weights.border, competitiveness) * spending_per_weight
    sales = competitiveness * _over_buyers(weights.sales, spending_per_weight)
    border_sales = competitiveness * _over_buyers(weights.border, spending_per_weight)

    # income: I = V + duties + export taxes + rents - subsidies + D
    tariff_revenue = (expenditure - at_border).sum(axis=(0, 1))
    quota_rents, held = jnp.zeros_like(tariff_revenue), None
    if (quotas := policy.quotas) is not None:
        n, i, j = quotas.importer, quotas.exporter, quotas.sector
        scale_of_flow = competitiveness[j, i][:, None] * spending_per_weight[j, :, n]  # [K, u]
        value = (weights.border[j, :, n, i] * scale_of_flow).sum(axis=1)
        quantity = (weights.sales[j, :, n, i] * scale_of_flow).sum(axis=1) / jnp.exp(log_cost[i, j])
        held = licences(quotas, log_rate, value, quantity)
        abroad = quotas.rents_to_exporter * held.rents
        tariff_revenue = tariff_revenue.at[n].add(-held.rents)
        quota_rents = quota_rents.at[n].add(held.rents - abroad).at[i].add(abroad)
    export_tax_revenue = (border_sales - sales).sum(axis=0)
    subsidies = (policy.subsidy * cost_of_output).sum(axis=1)
    earned_at_home = value_added.sum(axis=1) + tariff_revenue + export_tax_revenue + quota_rents - subsidies
    # what the world lends: a fixed sum, or what keeps a region's share of the world's income, or between them
    pooled = cal.income / cal.income.sum() * earned_at_home.sum() - earned_at_home
    deficit = (1 - cal.pooling) * cal.deficit + cal.pooling * pooled
    income_earned = earned_at_home + deficit
    # a product that is needed and sold by nobody leaves income that cannot be spent: there is no equilibrium
    unobtainable = (~traded & (demand > SMALLEST_DEMAND * income)).any(axis=(0, 1))
    income_earned = jnp.where(unobtainable, jnp.nan, income_earned)
    return Flows(
        competitiveness=competitiveness,
        traded=traded,
        spending_per_weight=spending_per_weight,
        price=price,
        expenditure=expenditure,
        sales=sales.T,
        output=output,
        wage=wage,
        flexible_wage=flexible_wage,
        rental=rental,
        investment_price=investment_price,
        unit_cost=unit_cost,
        value_added=value_added,
        income=income,
        income_earned=income_earned,
        tariff_revenue=tariff_revenue,
        export_tax_revenue=export_tax_revenue,
        quota_rents=quota_rents,
        licences=held,
        subsidies=subsidies,
        deficit=deficit,
        price_index=price_index,
        final_spending=final_spending,
    )


def factor_growth(before: Array, after: Array) -> Array:
    """Log growth of a factor's earnings in each region [n], from those by sector [n, j]; 0 where it earns nothing."""
    there = before.sum(axis=1) > 0
    return jnp.log(jnp.where(there, after.sum(axis=1), 1.0) / jnp.where(there, before.sum(axis=1), 1.0))


def _over_buyers(weights: Array, spending: Array) -> Array:
    """Sums over use classes and importers [j, i]: a row vector times a matrix, which reads `weights` where they lie."""
    sectors, uses, regions, _ = weights.shape
    row = spending.reshape(sectors, 1, uses * regions)
    return jnp.matmul(row, weights.reshape(sectors, uses * regions, regions))[:, 0]


def step(cal: Calibration, policy: Policy, weights: Weights, state: Array) -> Array:
    """The map whose fixed point is the equilibrium: what the equations imply, given a state."""
    flows = evaluate(cal, policy, weights, state)
    produced = cal.output > 0
    output_hat = jnp.where(produced, flows.sales, 1.0) / jnp.where(produced, cal.output, 1.0)
    return pack(
        flows.unit_cost,
        jnp.log(jnp.maximum(output_hat, SMALLEST_HAT)),
        # no floor here: a region that owes more than it earns has no equilibrium, and the solver must see that
        jnp.log(jnp.where(flows.income_earned > 0, flows.income_earned, jnp.nan) / cal.income),
        None if policy.quotas is None else _next_rates(cal, policy, flows, state),
    )


def _next_rates(cal: Calibration, policy: Policy, flows: Flows, state: Array) -> Array:
    assert policy.quotas is not None and flows.licences is not None
    return next_rate(policy.quotas, unpack(cal, state)[-1], flows.licences.imports, cal.theta)


def under_quotas(cal: Calibration, policy: Policy, weights: Weights, log_rate: Array) -> Weights:
    """The weights with the quotas' effective rates in place of the tariffs on their flows."""
    if (quotas := policy.quotas) is None:
        return weights
    n, i, j = quotas.importer, quotas.exporter, quotas.sector
    theta = cal.theta[j][:, None]
    base = cal.share[j, :, n, i] * cal.duty[j, :, n, i] ** theta  # [K, u], as if untaxed
    export = jnp.log1p(policy.export_tax[n, i, j])[:, None] - jnp.log(cal.export_tax[j, :, n, i])
    rate = log_rate[:, None]
    cost = base * jnp.exp(-theta * (jnp.log(policy.trade_cost[n, i, j]) + export + rate))
    border = cost * jnp.exp(-rate)
    sales = border / (1 + policy.export_tax[n, i, j])[:, None]
    return Weights(
        weights.cost.at[j, :, n, i].set(cost),
        weights.border.at[j, :, n, i].set(border),
        weights.sales.at[j, :, n, i].set(sales),
    )
