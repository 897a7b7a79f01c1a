"""Random balanced baselines and policies, as hypothesis strategies: every feature of the accounts, a few array shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st

from detente.accounts import Baseline, assemble
from detente.economy import Economy, Factors, Policy
from detente.economy.outcomes import levels
from detente.economy.solver import solve

#: Few, since every shape is compiled once: regions, sectors, use class of each using sector and of final demand.
SHAPES = {
    "one sector": (2, 1, (0, 0)),
    "a use class per buyer": (3, 2, (0, 1, 2)),
    "two use classes": (4, 3, (0, 0, 0, 1)),
    "one use class": (6, 5, (0,) * 6),
}


@dataclass(frozen=True)
class Recipe:
    """What a random world has; `seed` draws the numbers."""

    seed: int
    shape: str = "two use classes"
    tariffs: bool = True
    export_taxes: bool = False
    deficits: bool = True
    inputs: bool = True
    sparse: bool = False  # zero trade cells, products not used, products not produced
    non_tradable: bool = False  # nobody trades the last sector
    specialised: bool = False  # the first region makes the first product only
    symmetric: bool = False  # all regions are alike
    buyer_class: tuple[int, ...] | None = None

    def baseline(self) -> Baseline:
        """Shares, coefficients, duties and incomes are drawn; outputs and trade follow from them (a linear system)."""
        regions, sectors, classes = SHAPES[self.shape]
        classes = self.buyer_class or classes
        uses = max(classes) + 1
        random = np.random.default_rng(self.seed)
        flow = (regions, regions, sectors, uses)
        own = np.arange(regions)
        abroad = 1.0 - np.eye(regions)

        share = random.lognormal(0, 1, flow)
        tariff = random.uniform(0, 0.4, flow) * (random.uniform(size=flow) > 0.3)
        export_tax = random.uniform(0, 0.2, flow[:3]) * (random.uniform(size=flow[:3]) > 0.5)
        coefficient = random.uniform(0, 1, (regions, sectors, sectors))  # [region, input, user]
        coefficient *= random.uniform(0.2, 0.7, (regions, 1, sectors)) / coefficient.sum(axis=1, keepdims=True)
        final = random.uniform(0.2, 1, (regions, sectors))
        size = random.lognormal(0, 1, regions)
        if self.symmetric:
            share[:] = random.lognormal(0, 1, flow[2:])
            tariff[:] = random.uniform(0.05, 0.4, flow[2:])
            coefficient[:], final[:], size[:] = coefficient[0], final[0], 1.0
        share *= size[None, :, None, None]
        share[own, own] *= 2 * regions
        if self.sparse:  # the last region makes and uses everything, and trades with everyone
            made = random.uniform(size=(regions, sectors)) > 0.25
            made[:, 0] = True
            cells = (random.uniform(size=flow) > 0.3) & made[None, :, :, None]
            cells[own, own] = made[:, :, None]
            cells[-1] = made[:, :, None]
            cells[:, -1] = True
            share = share * cells
            used = random.uniform(size=(regions - 1, sectors)) > 0.2
            used[:, 0] = True
            coefficient[:-1] *= used[:, :, None]
            final[:-1] *= used
        if self.non_tradable and sectors > 1:
            share[..., -1, :] *= np.eye(regions)[..., None]
            share[own, own, -1] = 1.0
        if self.specialised:
            share[:, 0, 1:] = 0.0
            share[0, -1, 1:] = 1.0
            share[0, 0, 0] = 1.0
        share /= share.sum(axis=1, keepdims=True)
        tariff *= abroad[..., None, None] * self.tariffs
        export_tax *= abroad[..., None] * self.export_taxes
        coefficient *= self.inputs
        final /= final.sum(axis=1, keepdims=True)

        paid_out = share / (1 + tariff) / (1 + export_tax[..., None])  # to the exporter, per unit of spending
        by_buyer = paid_out[..., list(classes)]  # [n, i, j, buyer]
        # sales of (i, j): from inputs, S [i j, n k], and from final demand of n, F [i j, n]
        from_inputs = np.einsum("nijk,njk->ijnk", by_buyer[..., :-1], coefficient).reshape((regions * sectors,) * 2)
        from_final = np.einsum("nij,nj->ijn", by_buyer[..., -1], final).reshape(regions * sectors, regions)
        output_per_income = np.linalg.solve(np.eye(regions * sectors) - from_inputs, from_final)

        def income_earned(income: np.ndarray) -> np.ndarray:
            output = (output_per_income @ income).reshape(regions, sectors)
            spending = np.concatenate([coefficient * output[:, None], (final * income[:, None])[..., None]], axis=2)
            basic = by_buyer * spending[:, None]  # [n, i, j, buyer]
            border = basic * (1 + export_tax[..., None])
            duties = (border * tariff[..., list(classes)]).sum(axis=(1, 2, 3))
            value_added = (output * (1 - coefficient.sum(axis=1))).sum(axis=1)
            return value_added + duties + (border - basic).sum(axis=(0, 2, 3))

        # incomes that reproduce themselves (an eigenvector), moved apart where there are to be deficits
        values, vectors = np.linalg.eig(np.stack([income_earned(e) for e in np.eye(regions)], axis=1))
        income = np.abs(np.real(vectors[:, np.argmin(np.abs(values - 1))]))
        income *= 1000 / income.sum() * random.uniform(0.9, 1.1, regions) ** self.deficits
        output = (output_per_income @ income).reshape(regions, sectors)
        spending = np.concatenate([coefficient * output[:, None], (final * income[:, None])[..., None]], axis=2)
        by_class = spending @ np.eye(uses)[list(classes)]  # [n, j, u]
        return assemble(
            paid_out * by_class[:, None],
            regions=[f"R{k}" for k in range(regions)],
            sectors=[f"s{k}" for k in range(sectors)],
            trade_elasticity=random.uniform(2, 9, sectors),
            tariff=tariff,
            export_tax=export_tax,
            uses=[f"u{k}" for k in range(uses)],
            buyer_class=classes,
            input_expenditure=spending[..., :-1],
            employment=random.uniform(1, 1000, (regions, sectors)),
        )


def recipes(shapes: tuple[str, ...] = tuple(SHAPES), **fixed: object) -> st.SearchStrategy[Recipe]:
    """Random recipes; `fixed` holds some of their features."""
    drawn = {
        "seed": st.integers(0, 2**32 - 1),
        "shape": st.sampled_from(shapes),
        **dict.fromkeys(
            ("tariffs", "export_taxes", "deficits", "sparse", "non_tradable", "specialised"), st.booleans()
        ),
    }
    return st.builds(Recipe, **{**drawn, **{name: st.just(value) for name, value in fixed.items()}})


def random_policy(
    economy: Economy,
    seed: int,
    *,
    tariff: float = 0.5,
    export_tax: float = 0.2,
    trade_cost: float = 0.2,
    subsidy: float = 0.1,
) -> Policy:
    """The status quo with random changes of each instrument, up to the sizes given."""
    random = np.random.default_rng(seed)
    before = economy.status_quo()
    abroad = 1.0 - np.eye(len(economy.regions))

    def changes(instrument: jnp.ndarray, size: float) -> np.ndarray:
        drawn = random.uniform(0, size, instrument.shape) * (random.uniform(size=instrument.shape) > 0.5)
        return drawn * abroad.reshape(abroad.shape + (1,) * (drawn.ndim - 2))

    return Policy(
        tariff=jnp.asarray(np.asarray(before.tariff) * random.uniform(0, 1) + changes(before.tariff, tariff)),
        export_tax=jnp.asarray(np.asarray(before.export_tax) + changes(before.export_tax, export_tax)),
        trade_cost=jnp.asarray(np.exp(changes(before.trade_cost, trade_cost) - trade_cost / 2)),
        subsidy=jnp.asarray(random.uniform(0, subsidy, before.subsidy.shape)),
    )


def with_capital(baseline: Baseline, seed: int, stock: tuple[float, float] | None) -> dict[str, Any]:
    """Options for `calibrate`: random shares of labour, capital and resources, with the capital's (rigidity, accumulation)."""
    if stock is None:
        return {}
    shares = np.random.default_rng(seed).dirichlet((3, 2, 1), baseline.output.shape)
    return {
        "factors": Factors(*np.moveaxis(shares, -1, 0)),
        "capital_rigidity": stock[0],
        "accumulation": stock[1],
    }


def parts(economy: Economy) -> tuple[Any, Any]:
    """What a function compiled once for all economies of a shape takes."""
    return economy.calibration, economy.preconditioner


def welfare(calibration: Any, preconditioner: Any, policy: Policy, start: Any = None) -> jnp.ndarray:
    """Welfare of every region, differentiable."""
    found = solve(calibration, preconditioner, policy, start)
    return levels(calibration, policy, found.state).welfare
