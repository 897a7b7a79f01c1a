"""What is uncertain, and draws of it: trade elasticities from published estimates, labour, and the ranges of the law."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from detente._runtime import cache_directory
from detente.accounts.elasticities import estimates
from detente.economy.horizons import Horizon
from detente.errors import InputError
from detente.study.backtest.evidence import evidence
from detente.study.uncertainty.cache import keep, kept

if TYPE_CHECKING:
    from detente.economy.calibration import Calibration

#: Studies that a draw takes its elasticities from, each as likely as the others (Costinot and Rodriguez-Clare repeat
#: Caliendo and Parro).
STUDIES = ("caliendo_parro", "lashkaripour_lugovskyy", "ossa", "gtap", "fontagne_guimbard_orefice")
MIXTURE = "mixture"
CENTRAL = "central"
#: Elasticities estimated on past disputes, drawn from their posterior (`detente.study.backtest.evidence`).
EVIDENCE = "evidence"

SMALLEST_ELASTICITY = 0.5
#: Beyond this suppliers are as good as perfect substitutes (Caliendo and Parro have 64.85 for petroleum).
LARGEST_ELASTICITY = 30.0
#: Standard error over the estimate where none is published.
RELATIVE_ERROR = 0.4
LABOUR = {"rigidity": "labour mobility", "labour_supply": "labour supply", "elasticity_factor": "speed of adjustment"}
ACCOUNTS = "the accounts: who trades what with whom, output and technology"
STUDY, LAW = "which study the trade elasticities come from", "what is uncertain in the law"
CLOSURE, FACTORS = "what is assumed of trade deficits", "shares of capital and natural resources"
#: Standard error of the number between fixed (0) and pooled (1) deficits, whose estimate on 2025 is 0.0 (docs/checked.md).
POOLING_ERROR = 0.2
#: Factors on the shares of value added of capital with resources, and on the part of resources in them. Labour's share is
#: known within a few points (Gollin 2002); that of resources is an assumption with a wide range (see `economy.factors`).
CAPITAL_RANGE, RESOURCE_RANGE = (0.85, 1.15), (0.5, 1.5)
LARGEST_CAPITAL = 0.95  # of value added, resources included

_ACCOUNTS = ((0.0, 1.0), CAPITAL_RANGE, RESOURCE_RANGE)

_GROUPS = {
    "metals": ("steel", "aluminum", "nonferrous_metals", "fabricated_metals"),
    "vehicles and parts": ("motor_vehicles", "motor_vehicle_parts"),
    "energy": ("oil_gas", "mining", "refined_petroleum", "electricity", "gas_water"),
    "food and farm products": ("agriculture", "food", "dairy", "beverages"),
}
_GROUP = {sector: group for group, sectors in _GROUPS.items() for sector in sectors}


@dataclass(frozen=True)
class Sample:
    """Draws of everything uncertain.

    `trade_elasticity` [draw, sector], as the economy uses them (short run included); `rigidity`, `labour_supply` [draw];
    `law` [draw], position in the law's range (0 low, 0.5 central, 1 high). `pooling` [draw], of trade deficits, `capital` and
    `resource` [draw], factors on shares of value added; None: not varied. `scores` [draw, source of uncertainty] are
    what was drawn, standardised (mean 0, variance 1); `group` says what each is about; `study` [draw], a position in
    `studies`; `world` [draw], which draw of the accounts, 0 for the accounts themselves.
    """

    trade_elasticity: np.ndarray
    rigidity: np.ndarray
    labour_supply: np.ndarray
    law: np.ndarray
    scores: np.ndarray
    group: tuple[str, ...]
    study: np.ndarray
    studies: tuple[str, ...]
    world: np.ndarray
    pooling: np.ndarray | None = None
    capital: np.ndarray | None = None
    resource: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.law)

    def parameters(self, k: int, calibration: Calibration) -> dict[str, Any]:
        """What draw `k` sets in a calibration: for `Economy.varied`."""
        found = {
            "theta": self.trade_elasticity[k],
            "rigidity": self.rigidity[k],
            "labour_supply": self.labour_supply[k],
        }
        if self.pooling is not None:
            found["pooling"] = self.pooling[k]
        if self.capital is not None and self.resource is not None:
            labour, resource = (np.asarray(calibration.labour_share), np.asarray(calibration.resource_share))
            rest = np.minimum(self.capital[k] * (1 - labour), np.maximum(LARGEST_CAPITAL, 1 - labour))
            part = np.divide(resource, 1 - labour, out=np.zeros_like(resource), where=labour < 1)
            part = np.minimum(self.resource[k] * part, 1.0)
            found |= {"labour_share": 1 - rest, "capital_share": rest * (1 - part), "resource_share": rest * part}
        return found


def sample(
    count: int,
    sectors: tuple[str, ...],
    central: np.ndarray,
    horizon: Horizon,
    *,
    source: str = MIXTURE,
    known: Mapping[str, float] | None = None,
    labour_supply: float | None = None,
    law: bool = False,
    worlds: int = 0,
    closure: bool = False,
    factors: bool = False,
    seed: int = 1,
) -> Sample:
    """`count` draws; the first draws of a longer sample are those of a shorter one.

    Each draw takes one study (`source`: `mixture`, or one of them for all draws), and around its estimates the estimation
    error: log-normal with the estimate as median, sectors that a study estimates as one sharing the error. Sectors no
    study covers keep `central` [sector], their long-run value; those in `known` are not varied, nor is `labour_supply`
    where given. Labour and the speed of adjustment are uniform over the ranges of `horizon`; where the horizon's own value
    is an end of the range (free mobility in the long run) every second draw keeps it. The law's position is uniform over
    0 to 1, if `law`. Each takes one of `worlds` draws of the accounts (0: the accounts themselves). With `closure`, every second
    draw keeps deficits fixed and the others pool them in part, by a half-normal of `POOLING_ERROR`; with `factors`, shares of
    capital and resources are uniform over their ranges. Points are a scrambled
    Sobol sequence. Raises `InputError` for an unknown source or no draws.
    """
    if count < 2:
        raise InputError(f"A range needs two draws or more; got {count}.")
    studies = _studies(source)
    known = dict(known or {})
    errors = _posterior_errors(sectors, known) if source == EVIDENCE else _errors(sectors, known)
    labour = {name: horizon.range_of(name) for name in LABOUR}
    central_labour = {name: getattr(horizon, name) for name in LABOUR}
    if source == EVIDENCE:  # estimated together with the speed of adjustment
        labour["elasticity_factor"] = (horizon.elasticity_factor, horizon.elasticity_factor)
    if labour_supply is not None:
        labour["labour_supply"], central_labour["labour_supply"] = (labour_supply, labour_supply), labour_supply
    points = _points(count, 2 + len(labour) + len(errors) + len(_ACCOUNTS), seed)
    points, further = points[:, : -len(_ACCOUNTS)], points[:, -len(_ACCOUNTS) :]

    study = np.minimum((points[:, 0] * len(studies)).astype(int), len(studies) - 1)
    position = points[:, 1] if law else np.full(count, 0.5)
    uniform = points[:, 2 : 2 + len(labour)]
    drawn = {
        name: _within(u, *ends, central_labour[name]) for (name, ends), u in zip(labour.items(), uniform.T, strict=True)
    }

    medians = np.stack([_medians(one, sectors, central, known) for one in studies])[study]
    normal = _normal(points[:, 2 + len(labour) :])
    log_error = np.zeros((count, len(sectors)))
    for column, (members, spread) in enumerate(errors.values()):
        log_error[:, members] = (spread * normal[:, column])[:, None]
    theta = np.clip(medians * np.exp(log_error), SMALLEST_ELASTICITY, LARGEST_ELASTICITY)
    theta[:, [sectors.index(sector) for sector in known]] = list(known.values())

    varied = [k for k, (low, high) in enumerate(labour.values()) if high > low]
    columns = [(2 * math.sqrt(3) * (uniform[:, k] - 0.5), list(LABOUR.values())[k]) for k in varied]
    if law:
        columns.append((2 * math.sqrt(3) * (position - 0.5), LAW))
    pooling = POOLING_ERROR * _normal(0.5 + np.maximum(further[:, :1] - 0.5, 0.0))[:, 0] if closure else None
    shares = [low + u * (high - low) for u, (low, high) in zip(further[:, 1:].T, _ACCOUNTS[1:], strict=True)]
    if closure:
        columns.append((2 * math.sqrt(3) * (further[:, 0] - 0.5), CLOSURE))
    if factors:
        columns += [(2 * math.sqrt(3) * (u - 0.5), FACTORS) for u in further[:, 1:].T]
    columns += [(normal[:, k], name) for k, name in enumerate(_error_group(sectors, errors))]
    return Sample(
        trade_elasticity=theta * drawn["elasticity_factor"][:, None],
        rigidity=drawn["rigidity"],
        labour_supply=drawn["labour_supply"],
        law=position,
        scores=np.array([values for values, _ in columns]).reshape(len(columns), count).T,
        group=tuple(name for _, name in columns),
        study=study,
        studies=studies,
        world=_turns(count, worlds, seed),
        pooling=None if pooling is None else np.minimum(pooling, 1.0),
        capital=shares[0] if factors else None,
        resource=shares[1] if factors else None,
    )


def _turns(count: int, worlds: int, seed: int) -> np.ndarray:
    """Which of `worlds` each draw takes [draw], from 1: all of them in turn, in a new order every time; 0 where there are none.

    Not in the order of the points, whose pattern would put worlds and studies together.
    """
    if not worlds:
        return np.zeros(count, dtype=int)
    random = np.random.default_rng(seed)
    turns = [random.permutation(worlds) + 1 for _ in range(math.ceil(count / worlds))]
    return np.concatenate(turns)[:count]


def _within(uniform: np.ndarray, low: float, high: float, central: float) -> np.ndarray:
    """Draws from `low` to `high`: uniform, or half of them at `central` where that is one end."""
    if low < central < high:
        return low + uniform * (high - low)
    return central + np.maximum(2 * uniform - 1, 0.0) * (low + high - 2 * central)


def _points(count: int, dimensions: int, seed: int) -> np.ndarray:
    """The first `count` points of a scrambled Sobol sequence (Owen 1998) in the unit cube.

    Kept in the cache folder, because importing `scipy.stats` takes longer than solving the world.
    """
    power = max(math.ceil(math.log2(count)), 8)
    path = cache_directory() / "sobol" / f"{dimensions}-{seed}-{power}.npz"
    found = kept(path)
    if found is None:
        from scipy.stats import qmc

        sequence = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed))
        found = {"points": sequence.random_base2(power)}
        keep(path, found)
    return found["points"][:count]


def _normal(uniform: np.ndarray) -> np.ndarray:
    quantile = NormalDist().inv_cdf
    return np.array([[quantile(min(max(u, 1e-9), 1 - 1e-9)) for u in row] for row in uniform.tolist()])


def _studies(source: str) -> tuple[str, ...]:
    if source == MIXTURE:
        return STUDIES
    if source == EVIDENCE:
        return (EVIDENCE,)
    if source not in (*STUDIES, CENTRAL):
        raise InputError(
            f"Unknown source of trade elasticities {source!r}; choose one of {', '.join((MIXTURE, CENTRAL, *STUDIES))}."
        )
    return (source,)


def _medians(study: str, sectors: tuple[str, ...], central: np.ndarray, known: Mapping[str, float]) -> np.ndarray:
    """Long-run trade elasticities [sector] of one study, `central` where it has none."""
    covered = {row.sector: row.value for row in estimates() if row.source == study != CENTRAL}
    return np.array([known.get(s, covered.get(s, value)) for s, value in zip(sectors, central, strict=True)])


def _errors(sectors: tuple[str, ...], known: Mapping[str, float]) -> dict[object, tuple[list[int], float]]:
    """Estimation errors: key -> (positions of the sectors that share it, standard deviation of the log).

    Sectors with the same estimate in Caliendo and Parro were estimated as one; services were not estimated one by one.
    """
    table = {(row.sector, row.source): row for row in estimates()}
    errors: dict[object, tuple[list[int], float]] = {}
    for k, sector in enumerate(sectors):
        if sector in known:
            continue
        middle, first = table.get((sector, CENTRAL)), table.get((sector, STUDIES[0]))
        relative = middle.std_error / middle.value if middle and middle.std_error else RELATIVE_ERROR
        alone = middle is None or any((sector, study) in table for study in STUDIES)
        key = (first.value, first.std_error) if first else sector if alone else "services"
        errors.setdefault(key, ([], math.sqrt(math.log1p(relative**2))))[0].append(k)
    return errors


def _posterior_errors(sectors: tuple[str, ...], known: Mapping[str, float]) -> dict[object, tuple[list[int], float]]:
    """The same of the elasticities estimated on past disputes: one for each group of sectors, services by the prior.

    Correlations of the posterior between groups are left out: the largest is below a tenth.
    """
    fitted = evidence()
    errors: dict[object, tuple[list[int], float]] = {}
    for k, sector in enumerate(sectors):
        if sector not in known:
            key, spread = fitted.spread_of(sector)
            errors.setdefault(key, ([], spread))[0].append(k)
    return errors


def _error_group(sectors: tuple[str, ...], errors: Mapping[object, tuple[list[int], float]]) -> list[str]:
    names = []
    for key, (members, _) in errors.items():
        group = "services" if key == "services" else _GROUP.get(sectors[members[0]], "other goods")
        names.append(f"trade elasticities of {group}")
    return names
