"""From a `Baseline` to the constants of the model, as one pytree of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from detente.economy.factors import Factors, factors_of, investment_basket
from detente.economy.substitution import basket_price
from detente.errors import InputError
from detente.text import shown

if TYPE_CHECKING:
    from detente.accounts.baseline import Baseline


@partial(
    jax.tree_util.register_dataclass,
    data_fields=[
        "share",
        "duty",
        "export_tax",
        "theta",
        "output",
        "value_added",
        "value_added_share",
        "input_share",
        "final_share",
        "income",
        "deficit",
        "pooling",
        "labour_share",
        "capital_share",
        "resource_share",
        "investment_share",
        "rigidity",
        "capital_rigidity",
        "accumulation",
        "labour_supply",
        "log_wage_floor",
        "demand_elasticity",
        "input_elasticity",
    ],
    meta_fields=["buyer_class"],
)
@dataclass(frozen=True)
class Calibration:
    """Constants of the model. Regions n (importer) and i (exporter), sectors j and k, use classes u.

    `share` pi [j, u, n, i]; `duty` 1+t [j, u, n, i] and `export_tax` 1+e [j, 1, n, i] of the baseline; `theta` [j]; `output` Y
    [n, j], `value_added` [n, j], `income` I [n] and `deficit` D [n] in million USD; `value_added_share` gamma [n, j];
    `input_share` gamma [n, k, j], input k of user j; `final_share` alpha [n, j]; `pooling`, from 0 (deficits stay what they
    are, in units of world factor income) to 1 (each region keeps its share of the world's income: log utility and complete
    markets, as in Aguiar, Amador and Fitzgerald 2025); `rigidity` x = 1/kappa_L, from 0 (labour mobile between sectors) to 1
    (specific), after Galle, Rodriguez-Clare and Yi (2023), and `capital_rigidity` the same of capital; `labour_share`,
    `capital_share` and `resource_share` beta of value added [n, j]; `accumulation`, from 0 (a nation's capital stays) to 1
    (it grows until its return buys as many investment goods as before, weighted by `investment_share` [n, j]);
    `labour_supply` phi, elasticity of total labour to the real wage; `log_wage_floor`, below which no nominal wage falls (log
    of a hat; minus infinity: wages are flexible); `demand_elasticity` and `input_elasticity`, of substitution between sectors
    in final demand and between a producer's inputs (1: spending shares stay). `buyer_class` gives the use class of each using
    sector and of final demand."""

    share: Array
    duty: Array
    export_tax: Array
    theta: Array
    output: Array
    value_added: Array
    value_added_share: Array
    input_share: Array
    final_share: Array
    income: Array
    deficit: Array
    pooling: Array
    labour_share: Array
    capital_share: Array
    resource_share: Array
    investment_share: Array
    rigidity: Array
    capital_rigidity: Array
    accumulation: Array
    labour_supply: Array
    log_wage_floor: Array
    demand_elasticity: Array
    input_elasticity: Array
    buyer_class: tuple[int, ...]

    @property
    def final_class(self) -> int:
        """Use class of final demand."""
        return self.buyer_class[-1]

    @property
    def shared_class(self) -> int | None:
        """The use class of every using sector, where they share one; else None."""
        classes = set(self.buyer_class[:-1])
        return classes.pop() if len(classes) == 1 else None

    @property
    def inputs_share(self) -> Array:
        """Share of all inputs in cost [n, j]."""
        return self.input_share.sum(axis=1)

    def over_inputs(self, values: Array) -> Array:
        """Values of products [k, u, n] added up with each user's cost shares: sum_k gamma_kj values_k^u(j) [n, j]."""
        if self.shared_class is not None:
            return jnp.einsum("nkj,kn->nj", self.input_share, values[:, self.shared_class])
        return jnp.einsum("nkj,kjn->nj", self.input_share, values[:, jnp.array(self.buyer_class[:-1])])

    def inputs_price(self, price: Array) -> Array:
        """Log price of each user's basket of inputs [n, j], from log P [j, u, n]; 0 where nothing is used."""
        used = self.inputs_share > 0
        whole = jnp.where(used, self.inputs_share, 1.0)
        return basket_price(lambda values: self.over_inputs(values) / whole, price, 1 - self.input_elasticity)

    def final_price(self, price: Array) -> Array:
        """Log price of final demand, the consumer price index [n], from log P [j, u, n]."""
        return basket_price(
            lambda values: jnp.einsum("nj,jn->n", self.final_share, values),
            price[:, self.final_class],
            1 - self.demand_elasticity,
        )

    def final_spending(self, income: Array, price: Array, final_price: Array) -> Array:
        """What final demand spends on each product [n, k]."""
        shift = jnp.exp((1 - self.demand_elasticity) * (price[:, self.final_class].T - final_price[:, None]))
        return self.final_share * shift * income[:, None]

    def input_spending(self, cost_of_output: Array, price: Array, inputs_price: Array) -> Array:
        """What producers spend on each product as users of it [k, u, n], given what each pays for production [n, j]."""
        uses, z = self.share.shape[1], 1 - self.input_elasticity
        paid = cost_of_output * jnp.exp(-z * inputs_price)
        if self.shared_class is not None:
            inputs = jnp.einsum("nkj,nj->kn", self.input_share, paid)
            spending = jnp.zeros((inputs.shape[0], uses, inputs.shape[1])).at[:, self.shared_class].set(inputs)
        else:
            by_user = jnp.transpose(self.input_share * paid[:, None, :], (2, 1, 0))  # [user, k, n]
            classes = jnp.array(self.buyer_class[:-1])
            spending = jax.ops.segment_sum(by_user, classes, num_segments=uses).swapaxes(0, 1)
        return spending * jnp.exp(z * price)


def juni(flows: Any) -> Any:
    """[n, i, j, u] to [j, u, n, i], the layout of the equations; an array of NumPy or of JAX stays one."""
    return flows.transpose(2, 3, 0, 1)


def calibrate_arrays(
    baseline: Baseline,
    *,
    trade_elasticity: np.ndarray | None = None,
    factors: Factors | str = "labour",
    rigidity: float = 0.0,
    capital_rigidity: float = 0.0,
    accumulation: float = 0.0,
    labour_supply: float = 0.0,
    wage_floor: float | None = None,
    pooling: float = 0.0,
    demand_elasticity: float = 1.0,
    input_elasticity: float = 1.0,
) -> Calibration:
    """The constants that reproduce `baseline` exactly when no policy changes (elasticities: the baseline's if not given)."""
    theta = baseline.trade_elasticity if trade_elasticity is None else trade_elasticity
    beta = factors_of(baseline, factors)
    return Calibration(
        share=jnp.asarray(juni(baseline.expenditure_share)),
        duty=jnp.asarray(juni(1 + baseline.tariff)),
        export_tax=jnp.asarray(juni(1 + baseline.export_tax[..., None])),
        theta=jnp.asarray(theta, dtype=float),
        output=jnp.asarray(baseline.output),
        value_added=jnp.asarray(baseline.value_added),
        value_added_share=jnp.asarray(baseline.value_added_share),
        input_share=jnp.asarray(baseline.input_coefficient),
        final_share=jnp.asarray(baseline.final_share),
        income=jnp.asarray(baseline.income),
        deficit=jnp.asarray(baseline.deficit),
        pooling=jnp.asarray(float(pooling)),
        labour_share=jnp.asarray(beta.labour),
        capital_share=jnp.asarray(beta.capital),
        resource_share=jnp.asarray(beta.resource),
        investment_share=jnp.asarray(investment_basket(baseline)),
        rigidity=jnp.asarray(float(rigidity)),
        capital_rigidity=jnp.asarray(float(capital_rigidity)),
        accumulation=jnp.asarray(float(accumulation)),
        labour_supply=jnp.asarray(float(labour_supply)),
        log_wage_floor=jnp.asarray(-np.inf if wage_floor is None else np.log(wage_floor)),
        demand_elasticity=jnp.asarray(float(demand_elasticity)),
        input_elasticity=jnp.asarray(float(input_elasticity)),
        buyer_class=tuple(int(u) for u in baseline.buyer_class),
    )


def trade_elasticities(baseline: Baseline, given: Any = None) -> np.ndarray:
    """Long-run trade elasticities [sector]: those given or the baseline's. Raises `InputError` unless all are positive."""
    try:
        theta = np.asarray(baseline.trade_elasticity if given is None else given, dtype=float)
    except (TypeError, ValueError):
        theta = np.zeros(0)
    if theta.shape != baseline.trade_elasticity.shape or not ((theta > 0) & np.isfinite(theta)).all():
        raise InputError(
            f"trade_elasticity must be an array of one positive number for each of {len(baseline.sectors)} sectors."
        )
    return theta


def check_parameters(**given: Any) -> None:
    """Raise `InputError`, naming the parameter, unless each is a finite number of zero or more (or None: the usual value)."""
    for name, value in given.items():
        try:
            numbers = np.asarray(0.0 if value is None else value, dtype=float)
        except (TypeError, ValueError):
            numbers = np.asarray(np.nan)
        if not (np.isfinite(numbers) & (numbers >= 0)).all():
            raise InputError(f"{name} is a finite number from 0 upwards; {shown(value)} was given.")
