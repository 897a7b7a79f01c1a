"""The inverse of each country's own block of the model's linear response, which makes the solver's steps nearly right.

Most of what a cost, an output or an income does, it does at home: input-output loops, the wage, own demand. For each
country the response of (log c, log Y, log I) to themselves, partners held still, is a small matrix with a closed form.
Its inverse, taken once at the baseline, turns the plain fixed-point map into one whose error shrinks by half an order of
magnitude per evaluation. It changes how fast the solver converges, never what it converges to.

NumPy throughout: it is done once per calibration, where compiling would cost more than computing.
"""

from __future__ import annotations

import jax
import numpy as np

from detente.accounts.baseline import Baseline
from detente.economy.calibration import Calibration


def inverse_own_response(baseline: Baseline, calibration: Calibration) -> np.ndarray:
    """(I - J)^-1 of each country [n, 2J+1, 2J+1], with J its own block of the Jacobian of `equations.step`."""
    response = own_response(baseline, calibration)
    return np.linalg.inv(np.eye(response.shape[-1]) - response)


def own_response(baseline: Baseline, calibration: Calibration) -> np.ndarray:
    """Jacobian of `equations.step` within each country [n, 2J+1, 2J+1], in the order log c, log Y, log I.

    Small terms are left out: the response of duty rates to sourcing, of export-tax revenue, and of the numeraire.
    """
    b, cal = baseline, jax.tree.map(np.asarray, calibration)
    theta = cal.theta
    regions, sectors = b.output.shape
    users, final = b.buyer_class[:-1], int(b.buyer_class[-1])
    income = b.income[:, None]

    spending = b.expenditure.sum(axis=1)  # [n, j, u]
    safe = np.where(spending > 0, spending, 1.0)
    sales = b.trade * (b.demand / safe)[:, None]  # of what is demanded: the two differ in accounts that do not balance
    sold = sales.sum(axis=(0, 3))
    sold = np.where(sold > 0, sold, 1.0)
    at_home = np.arange(regions)
    home_share = b.expenditure[at_home, at_home] / safe  # of own spending [n, j, u]
    home_sales = b.trade[at_home, at_home] / safe / sold[..., None]  # of own sales, per unit of own spending
    duty_share = np.where(spending > 0, 1 - b.border_value.sum(axis=1) / safe, 0.0)
    cannibal = (sales * b.expenditure_share).sum(axis=(0, 3)) / sold  # own share of one's markets, by sales [i, j]

    eye = np.eye(sectors)

    def factor_price(
        share: np.ndarray, rigidity: np.ndarray, own: np.ndarray, basket: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Response of a factor's price in each sector, times its share of value added, to outputs and to costs [n, j, k].

        Its mean follows the factor's earnings with elasticity `own`, and the price of `basket` with what is left of one.
        """
        earns = b.value_added * share
        total = earns.sum(axis=1, keepdims=True)
        part = np.divide(earns, total, out=np.zeros_like(earns), where=total > 0)
        of_output = (own - rigidity) * part[:, None, :] + rigidity * eye
        of_cost = (1 - own) * (basket * home_share[..., final])[:, None, :]
        return share[:, :, None] * of_output, share[:, :, None] * of_cost

    labour = factor_price(cal.labour_share, cal.rigidity, 1 / (1 + cal.labour_supply), b.final_share)
    capital = factor_price(cal.capital_share, cal.capital_rigidity, 1 - cal.accumulation, cal.investment_share)
    value_added_share = b.value_added_share[:, :, None]

    block = np.zeros((regions, 2 * sectors + 1, 2 * sectors + 1))
    c, y, i = slice(0, sectors), slice(sectors, 2 * sectors), 2 * sectors
    block[:, c, c] = (b.input_coefficient * home_share[..., users]).swapaxes(1, 2)
    block[:, c, c] += value_added_share * (labour[1] + capital[1])
    block[:, c, y] = value_added_share * (labour[0] + capital[0] + cal.resource_share[:, :, None] * eye)
    block[:, y, c] = (-theta * (1 - cannibal))[:, :, None] * eye
    # dearer products take more of a basket, or less
    bought = home_sales[..., users] * b.input_expenditure, home_sales[..., final] * b.final_share * income
    whole = b.input_coefficient.sum(axis=1, keepdims=True)
    part = np.divide(b.input_coefficient, whole, out=np.zeros_like(b.input_coefficient), where=whole > 0)
    at_home = home_share[..., users]  # [n, k, user]
    of_inputs = (bought[0] * at_home).sum(axis=2)[:, :, None] * eye - bought[0] @ (part * at_home).swapaxes(1, 2)
    alike = home_share[..., final]
    of_final = (bought[1] * alike)[:, :, None] * eye - bought[1][:, :, None] * (b.final_share * alike)[:, None, :]
    block[:, y, c] += (1 - cal.input_elasticity) * of_inputs + (1 - cal.demand_elasticity) * of_final
    block[:, y, y] = home_sales[..., users] * b.input_expenditure  # [n, j (input), k (user)]
    block[:, y, i] = home_sales[..., final] * b.final_share * income
    block[:, i, y] = (b.value_added + (duty_share[..., users] * b.input_expenditure).sum(axis=1)) / income
    block[:, i, i] = (duty_share[..., final] * b.final_share).sum(axis=1)
    kept = 1 - cal.pooling + cal.pooling * b.income / b.income.sum()  # of what is earned, the rest goes to the pool
    block[:, i] *= kept[:, None]
    return block
