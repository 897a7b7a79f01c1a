"""`Economy`: a calibrated world that answers what a policy does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from detente.accounts.baseline import Baseline
from detente.economy import equations
from detente.economy.calibration import Calibration, calibrate_arrays, check_parameters, trade_elasticities
from detente.economy.closures import deficits_of, name_of, pooling_of, rebased
from detente.economy.factors import Factors
from detente.economy.horizons import Horizon, horizon
from detente.economy.interface import Equilibrium, Policy
from detente.economy.outcomes import Levels, baseline_levels, levels
from detente.economy.policy import Labels, check
from detente.economy.preconditioner import inverse_own_response
from detente.economy.prices import anchor_of
from detente.economy.solver import TOLERANCE, Solution, attempt, find, solve
from detente.errors import InputError, SolveError
from detente.text import shown

if TYPE_CHECKING:
    import xarray as xr

    from detente.economy.labelled_outcomes import LabelledOutcomes
    from detente.economy.result import Result


class Question(Protocol):
    """What knows how to be answered by an economy, such as a scenario."""

    def answer(self, economy: Economy) -> Result:
        """What it does to the economy."""
        ...


class Economy:
    """The world economy of a baseline, ready to be solved (`calibrate` makes one).

    `closure` names what is assumed of trade deficits, `pooling` is the number behind it (0: fixed, 1: pooled). A fixed deficit
    is a fixed share of world factor income, the numeraire. Where the closure sets deficits (balanced, given), `baseline` is
    the world with those deficits and no other change, so that an answer holds the effect of the policy alone.
    `anchor` says what reported prices are measured in.

    Example:
        >>> import detente as dt
        >>> economy = dt.calibrate(dt.load("toy"))
        >>> economy.solve(economy.status_quo().set(importer="AAA", exporter="BBB", sector="goods", rate=0.25))
        <Result of toy: welfare from -1.940 (BBB) to +0.652 percent (CCC)>
    """

    def __init__(
        self,
        baseline: Baseline,
        calibration: Calibration,
        *,
        horizon: str = "custom",
        closure: str = "fixed",
        anchor: str = "wages",
        preconditioner: Array | None = None,
    ) -> None:
        self.baseline = baseline
        self.regions, self.sectors, self.uses = baseline.regions, baseline.sectors, baseline.uses
        self.labels = Labels(self.regions, self.sectors, self.uses)
        self.calibration = calibration
        self.horizon, self.closure, self.anchor = horizon, closure, anchor
        self._status_quo = Policy(
            tariff=jnp.asarray(baseline.tariff),
            export_tax=jnp.asarray(baseline.export_tax),
            trade_cost=jnp.asarray(np.ones(baseline.tariff.shape)),
            subsidy=jnp.asarray(np.zeros(baseline.output.shape)),
            labels=self.labels,
        )
        #: Inverse of each country's own response at the baseline [region, 2J+1, 2J+1].
        if preconditioner is None:
            preconditioner = jnp.asarray(inverse_own_response(baseline, calibration), dtype=jnp.float32)
        self.preconditioner = preconditioner

    @property
    def trade_elasticity(self) -> Array:
        """Trade elasticities [sector], as solved (short run included)."""
        return self.calibration.theta

    @property
    def border_value(self) -> np.ndarray:
        """Baseline trade at border values [importer, exporter, sector, use], million USD: rates are averaged over it."""
        return self.baseline.border_value

    @property
    def deficit(self) -> Array:
        """Trade deficits before any policy [region], million USD: those that every solve keeps, unless they are pooled."""
        return self.calibration.deficit

    @property
    def pooling(self) -> float:
        """How far a region's income follows the world's, from 0 (deficits fixed) to 1 (income pooled)."""
        return float(self.calibration.pooling)

    def status_quo(self) -> Policy:
        """The policy of the baseline."""
        return self._status_quo

    def varied(self, **parameters: np.ndarray | float) -> Economy:
        """This economy with other numbers in its `Calibration`: `theta` [sector] (as solved, not long-run), `rigidity`,
        `labour_supply`, `pooling`, `deficit` [region] (a transfer: the status quo then is no longer the baseline) ...

        Baseline and the solver's preconditioner are shared, so that many variants are cheap.
        """
        # plain numbers, as at calibration: another type would be another program to compile
        arrays = {name: jnp.asarray(float(v) if np.ndim(v) == 0 else v) for name, v in parameters.items()}
        calibration = replace(self.calibration, **arrays)  # type: ignore[arg-type]
        # a new object, not a copy: what others keep with an economy (compiled programs) is that economy's alone
        other = Economy(
            self.baseline,
            calibration,
            horizon=self.horizon,
            closure=self.closure,
            anchor=self.anchor,
            preconditioner=self.preconditioner,
        )
        other.base = self.base
        return other

    def equilibrium(self, policy: Policy, start: Any = None) -> Equilibrium:
        """Outcomes under `policy`: pure JAX, to be jitted, batched or differentiated. Check `residual` afterwards."""
        found = solve(self.calibration, self.preconditioner, policy, start)
        return _equilibrium(self.calibration, policy, found)

    def levels(self, policy: Policy) -> tuple[Levels, dict[str, float]]:
        """Everything at the equilibrium of `policy`, and how it was found.

        Raises `InputError` for a policy that is none, `SolveError` naming the market furthest from clearing when no
        equilibrium is found.
        """
        check(policy, self.labels)
        parts = self.calibration, self.preconditioner, policy
        solution, found = _answer(*parts)
        if not float(solution.residual) <= TOLERANCE:
            solution, found = _answer_by_steps(*parts)
        residual = float(solution.residual)
        if not residual <= TOLERANCE:
            raise SolveError(self._furthest(policy, solution))
        return found, {"residual": residual, "iterations": int(solution.evaluations)}

    @cached_property
    def base(self) -> Levels:
        """Everything at the baseline."""
        return baseline_levels(self.baseline)

    def solve(self, question: Policy | Question) -> Result:
        """What a policy (or a `Scenario`) does to this economy, against its baseline (or what the scenario compares with).

        Of a scenario the law, the changes, quotas and content rules count; the world is this one. Raises `InputError`,
        and `SolveError` when no equilibrium is found.

        Example:
            >>> import detente as dt
            >>> economy = dt.calibrate(dt.load("toy"))
            >>> economy.solve(economy.status_quo()).welfare.round(6).values.tolist()
            [0.0, 0.0, 0.0]
        """
        from detente.economy.result import Result

        if not isinstance(question, Policy):
            if not hasattr(question, "answer"):
                raise InputError(
                    f"An economy solves a policy (economy.status_quo().set(...)) or a Scenario, not {type(question).__name__}."
                )
            return question.answer(self)
        found, diagnostics = self.levels(question)
        return Result(self, self.base, found, diagnostics)

    def compare(self, before: Policy, after: Policy) -> Result:
        """What moving from one policy to another does, against the first. Raises `SolveError`.

        Example:
            >>> import detente as dt
            >>> economy = dt.calibrate(dt.load("toy"))
            >>> low, high = (economy.status_quo().set(importer="AAA", rate=rate) for rate in (0.1, 0.4))
            >>> economy.compare(low, high).imports.sel(region="AAA").item() < 0
            True
        """
        from detente.economy.result import Result

        reference, _ = self.levels(before)
        found, diagnostics = self.levels(after)
        return Result(self, reference, found, diagnostics)

    def sweep(self, questions: Mapping[str, Policy | Question]) -> LabelledOutcomes:
        """Many policies or scenarios by name: every outcome, with the dimension `scenario` in front.

        Raises `InputError` when there is nothing to solve, and `SolveError`.

        Example:
            >>> import detente as dt
            >>> economy = dt.calibrate(dt.load("toy"))
            >>> start = economy.status_quo()
            >>> rates = {f"{rate:.0%}": start.set(importer="AAA", rate=rate) for rate in (0.0, 0.1, 0.2)}
            >>> economy.sweep(rates).welfare.sel(region="BBB").shape
            (3,)
        """
        from detente.economy.labelled_outcomes import side_by_side

        if not isinstance(questions, Mapping) or not questions:
            raise InputError("There is nothing to solve: give policies or scenarios by name, {'steel': policy, ...}.")
        return side_by_side({name: self.solve(question) for name, question in questions.items()})

    def gradient(self, region: str, policy: Policy | None = None) -> xr.DataArray:
        """What one more percentage point of each tariff would do to a region's welfare [importer, exporter, sector], percent.

        At `policy` (default: the baseline's), to first order, exactly; all use classes together. Raises `InputError` for an
        unknown region and `SolveError` when no equilibrium is found.

        Example:
            >>> import detente as dt
            >>> economy = dt.calibrate(dt.load("toy"))
            >>> economy.gradient("AAA").sel(importer="BBB", exporter="AAA").sum().item() < 0
            True
        """
        import xarray as xr

        if not isinstance(region, str) or region not in self.regions:
            raise InputError(f"Unknown region {region!r}; the economy has {', '.join(self.regions)}.")
        policy = self.status_quo() if policy is None else policy
        self.levels(policy)  # says what is wrong with it
        slopes = _welfare_slopes(self.calibration, self.preconditioner, policy, self.regions.index(region))
        own = np.eye(len(self.regions), dtype=bool)[:, :, None]
        return xr.DataArray(
            np.where(own, np.nan, np.asarray(slopes).sum(axis=-1)),
            {"importer": list(self.regions), "exporter": list(self.regions), "sector": list(self.sectors)},
            name=f"welfare of {region}",
            attrs={"units": "percent of welfare for each percentage point of tariff"},
        )

    def __repr__(self) -> str:
        size = f"{len(self.regions)} regions, {len(self.sectors)} sectors"
        return f"<Economy: {size}, horizon {self.horizon}, deficits {self.closure}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: one line, then the world."""
        from html import escape

        return f"<p>{escape(repr(self))}</p>{self.baseline._repr_html_()}"

    def _furthest(self, policy: Policy, solution: Solution) -> str:
        weights = equations.trade_weights(self.calibration, equations.wedges(policy))
        state = solution.state
        gap = np.abs(np.asarray(equations.step(self.calibration, policy, weights, state) - state))
        gap = np.where(np.isfinite(gap), gap, np.inf)
        worst = int(np.argmax(gap))
        region, column = divmod(worst, 2 * len(self.sectors) + 1)
        kind, sector = divmod(column, len(self.sectors))
        if region >= len(self.regions):
            market = f"quota {worst - len(self.regions) * (2 * len(self.sectors) + 1)}"
        elif kind == 2:
            market = f"budget of {self.regions[region]}"
        else:
            market = f"{('cost', 'output')[kind]} of {self.sectors[sector]} in {self.regions[region]}"
        return (
            f"No equilibrium found after {int(solution.evaluations)} evaluations: furthest from clearing is the {market} "
            f"(gap {gap[worst]:.1e}). Try a smaller change, or check for a product that nobody is left to sell."
        )


@jax.jit
def _welfare_slopes(cal: Calibration, inverse: Array, policy: Policy, region: int) -> Array:
    """Derivative of one region's welfare in every tariff [importer, exporter, sector, use]."""

    def welfare(tariff: Array) -> Array:
        moved = policy._replace(tariff=tariff)
        return _equilibrium(cal, moved, solve(cal, inverse, moved)).welfare[region]

    return jax.grad(welfare)(policy.tariff)


def calibrate(
    baseline: Baseline,
    *,
    horizon: str | Horizon = "long",
    trade_elasticity: np.ndarray | None = None,
    factors: str | Factors = "labour",
    rigidity: float | None = None,
    capital_rigidity: float | None = None,
    accumulation: float | None = None,
    labour_supply: float | None = None,
    wage_floor: float | None = None,
    closure: str | float = "fixed",
    deficit: np.ndarray | None = None,
    demand_elasticity: float = 1.0,
    input_elasticity: float = 1.0,
    anchor: str = "wages",
) -> Economy:
    """The economy that reproduces `baseline`.

    `horizon` (`short`, `medium`, `long`) sets labour mobility and scales trade elasticities; `trade_elasticity` [sector]
    (long-run values), `rigidity`, `capital_rigidity`, `accumulation` and `labour_supply` override its parts. `factors`: who
    earns value added, `labour` alone, `all` (labour, capital and resources as the accounts say), or shares of one's own.
    `wage_floor`: nominal wages do not fall below this multiple of the baseline's (1: downward rigid, with unemployment; world
    factor income is the nominal anchor, as in Rodriguez-Clare, Ulate and Vasquez 2020); None: flexible. `closure`: deficits
    `fixed` as shares of world factor income, `pooled` (regions keep their shares of world income), a number between 0 (fixed)
    and 1 (pooled), `balanced`, or `given` by `deficit` [region], million USD; the last two first re-base the world on these
    deficits (see `closures.rebased`). `demand_elasticity`, `input_elasticity`: of substitution
    between sectors in final demand and between a producer's inputs (1: spending shares stay; a re-based world is reached with
    shares that stay). `anchor`: what national money keeps its value in when prices are reported
    (`prices.ANCHORS`). Raises `InputError`.

    Example:
        >>> import detente as dt
        >>> dt.calibrate(dt.load("toy"), horizon="short", closure="pooled")
        <Economy: 3 regions, 2 sectors, horizon short, deficits pooled>
    """
    if not isinstance(baseline, Baseline):
        raise InputError(
            f"An economy is calibrated to a baseline, such as dt.load('world-2024'), not to {shown(baseline)}."
        )
    if len(baseline.regions) < 2:
        raise InputError(
            f"A world economy needs two regions or more, and the baseline has {', '.join(baseline.regions)} alone."
        )
    chosen = horizon if isinstance(horizon, Horizon) else _horizon(horizon)
    theta = trade_elasticities(baseline, trade_elasticity)
    check_parameters(
        rigidity=rigidity,
        capital_rigidity=capital_rigidity,
        accumulation=accumulation,
        labour_supply=labour_supply,
        wage_floor=wage_floor,
        demand_elasticity=demand_elasticity,
        input_elasticity=input_elasticity,
    )
    pooling = pooling_of(closure)
    if (set_to := deficits_of(baseline, closure, deficit)) is not None:
        baseline = rebased(baseline, set_to, theta)
    calibration = calibrate_arrays(
        baseline,
        trade_elasticity=theta * chosen.elasticity_factor,
        factors=factors,
        rigidity=chosen.rigidity if rigidity is None else rigidity,
        capital_rigidity=chosen.capital_rigidity if capital_rigidity is None else capital_rigidity,
        accumulation=chosen.accumulation if accumulation is None else accumulation,
        labour_supply=chosen.labour_supply if labour_supply is None else labour_supply,
        wage_floor=wage_floor,
        pooling=pooling,
        demand_elasticity=demand_elasticity,
        input_elasticity=input_elasticity,
    )
    return Economy(baseline, calibration, horizon=chosen.name, closure=name_of(closure), anchor=anchor_of(anchor))


_horizon = horizon


@jax.jit
def _answer(cal: Calibration, inverse: Array, policy: Policy) -> tuple[Solution, Levels]:
    found = attempt(cal, inverse, policy)
    return found, levels(cal, policy, found.state)


@jax.jit
def _answer_by_steps(cal: Calibration, inverse: Array, policy: Policy) -> tuple[Solution, Levels]:
    """`_answer` where one step was too far: a program of its own, since few need it and it takes long to compile."""
    found = find(cal, inverse, policy)
    return found, levels(cal, policy, found.state)


def _equilibrium(cal: Calibration, policy: Policy, found: Solution) -> Equilibrium:
    at = levels(cal, policy, found.state)
    return Equilibrium(
        welfare=at.welfare,
        price_index=at.price_index,
        income=at.income,
        sector_income=at.value_added,
        revenue=at.tariff_revenue + at.export_tax_revenue + at.quota_rents - at.subsidies,
        employment=at.employment,
        employed=at.employed,
        residual=found.residual,
        evaluations=found.evaluations,
        state=found.state,
    )
