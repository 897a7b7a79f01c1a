"""The inverse of each country's own block of the model's linear response, which makes the solver's steps nearly right.

Most of what a cost, an output or an income does, it does at home: input-output loops, the wage, own demand. For each
country the response of (log c, log Y, log I) to themselves, partners held still, is a small matrix with a closed form.
Its inverse, taken once at the baseline, turns the plain fixed-point map into one whose error shrinks by half an order of
magnitude per evaluation. It changes how fast the solver converges, never what it converges to.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from detente.economy.calibration import Calibration
from detente.economy.equations import Flows, Weights


def own_response(cal: Calibration, weights: Weights, flows: Flows) -> jnp.ndarray:
    """Jacobian of `equations.step` within each country [n, 2J+1, 2J+1], in the order log c, log Y, log I.

    Small terms are left out: the response of duty rates to sourcing, of export-tax revenue, and of the numeraire.
    """
    regions, sectors = cal.output.shape
    q = flows.competitiveness  # [j, i]
    phi = jnp.where(flows.traded, jnp.einsum("ujni,ji->ujn", weights.cost, q), 1.0)
    home_share = jnp.einsum("ujnn,jn->ujn", weights.cost, q) / phi
    sales = jnp.where(flows.sales > 0, flows.sales, 1.0).T  # [j, i]
    home_sales = jnp.einsum("ujnn,jn->ujn", weights.sales, q) / phi / sales  # of own sales, per unit of own spending
    cannibal = q * q * jnp.einsum("ujni,ujn,ujn->ji", weights.sales * weights.cost, flows.spending_per_weight, 1 / phi)
    duty_share = 1 - jnp.einsum("ujni,ji->ujn", weights.border, q) / phi

    users = jnp.array(cal.buyer_class[:-1])
    final = cal.final_class
    eye = jnp.eye(sectors)
    earned = flows.value_added / flows.value_added.sum(axis=1, keepdims=True)  # [n, k]
    mean = 1 / (1 + cal.labour_supply)
    wage_of_output = (mean - cal.rigidity) * earned[:, None, :] + cal.rigidity * eye  # [n, j, k]
    wage_of_cost = (1 - mean) * (cal.final_share * home_share[final].T)[:, None, :]
    labour = cal.value_added_share[:, :, None]
    inputs = cal.input_share * (flows.output[:, None, :])  # [n, j (input), k (user)]

    cost_cost = jnp.einsum("nkj,jkn->njk", cal.input_share, home_share[users]) + labour * wage_of_cost
    cost_output = labour * wage_of_output
    output_cost = -cal.theta * (1 - (cannibal / sales).T)  # [n, j]
    output_output = jnp.einsum("kjn,njk->njk", home_sales[users], inputs)
    output_income = (home_sales[final].T * cal.final_share) * flows.income[:, None]
    income = flows.income[:, None]
    income_output = (flows.value_added + jnp.einsum("kjn,njk->nk", duty_share[users], inputs)) / income
    income_income = (duty_share[final].T * cal.final_share).sum(axis=1)

    block = jnp.zeros((regions, 2 * sectors + 1, 2 * sectors + 1))
    c, y, i = slice(0, sectors), slice(sectors, 2 * sectors), 2 * sectors
    block = block.at[:, c, c].set(cost_cost).at[:, c, y].set(cost_output)
    block = block.at[:, y, c].set(output_cost[:, :, None] * eye).at[:, y, y].set(output_output)
    return block.at[:, y, i].set(output_income).at[:, i, y].set(income_output).at[:, i, i].set(income_income)


def inverse_of_residual(response: jnp.ndarray) -> jnp.ndarray:
    """(I - J)^-1 of each country's block; rows of sectors that do not exist are left alone by construction."""
    blocks = np.eye(response.shape[-1]) - np.asarray(response)
    return jnp.asarray(np.linalg.inv(blocks))
