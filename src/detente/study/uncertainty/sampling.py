"""What is uncertain, and draws of it: trade elasticities from published estimates, labour, and the ranges of the law."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from detente._runtime import cache_directory
from detente.accounts.elasticities import estimates
from detente.economy.horizons import Horizon
from detente.errors import InputError
from detente.study.uncertainty.cache import keep, kept

#: Studies that a draw takes its elasticities from, each as likely as the others (Costinot and Rodriguez-Clare repeat
#: Caliendo and Parro).
STUDIES = ("caliendo_parro", "lashkaripour_lugovskyy", "ossa", "gtap", "fontagne_guimbard_orefice")
MIXTURE = "mixture"
CENTRAL = "central"

SMALLEST_ELASTICITY = 0.5
#: Beyond this suppliers are as good as perfect substitutes (Caliendo and Parro have 64.85 for petroleum).
LARGEST_ELASTICITY = 30.0
#: Standard error over the estimate where none is published.
RELATIVE_ERROR = 0.4
LABOUR = {"rigidity": "labour mobility", "labour_supply": "labour supply", "elasticity_factor": "speed of adjustment"}
STUDY, LAW = "which study the trade elasticities come from", "what is uncertain in the law"

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
    `law` [draw], position in the law's range (0 low, 0.5 central, 1 high). `scores` [draw, source of uncertainty] are
    what was drawn, standardised (mean 0, variance 1); `group` says what each is about; `study` [draw], a position in
    `studies`.
    """

    trade_elasticity: np.ndarray
    rigidity: np.ndarray
    labour_supply: np.ndarray
    law: np.ndarray
    scores: np.ndarray
    group: tuple[str, ...]
    study: np.ndarray
    studies: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.law)


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
    seed: int = 1,
) -> Sample:
    """`count` draws; the first draws of a longer sample are those of a shorter one.

    Each draw takes one study (`source`: `mixture`, or one of them for all draws), and around its estimates the estimation
    error: log-normal with the estimate as median, sectors that a study estimates as one sharing the error. Sectors no
    study covers keep `central` [sector], their long-run value; those in `known` are not varied, nor is `labour_supply`
    where given. Labour and the speed of adjustment are uniform over the ranges of `horizon`; where the horizon's own value
    is an end of the range (free mobility in the long run) every second draw keeps it. The law's position is uniform over
    0 to 1, if `law`. Points are a scrambled Sobol sequence. Raises `InputError` for an unknown source or no draws.
    """
    if count < 2:
        raise InputError(f"A range needs two draws or more; got {count}.")
    studies = _studies(source)
    known = dict(known or {})
    errors = _errors(sectors, known)
    labour = {name: horizon.range_of(name) for name in LABOUR}
    central_labour = {name: getattr(horizon, name) for name in LABOUR}
    if labour_supply is not None:
        labour["labour_supply"], central_labour["labour_supply"] = (labour_supply, labour_supply), labour_supply
    points = _points(count, 2 + len(labour) + len(errors), seed)

    study = np.minimum((points[:, 0] * len(studies)).astype(int), len(studies) - 1)
    position = points[:, 1] if law else np.full(count, 0.5)
    uniform = points[:, 2 : 2 + len(labour)]
    drawn = {
        name: _within(u, *ends, central_labour[name]) for (name, ends), u in zip(labour.items(), uniform.T, strict=True)
    }

    medians = np.stack([_medians(one, sectors, central, known) for one in studies])[study]
    normal = _normal(points[:, 2 + len(labour) :])
    log_error = np.zeros((count, len(sectors)))
    for column, (members, relative) in enumerate(errors.values()):
        log_error[:, members] = (math.sqrt(math.log1p(relative**2)) * normal[:, column])[:, None]
    theta = np.clip(medians * np.exp(log_error), SMALLEST_ELASTICITY, LARGEST_ELASTICITY)
    theta[:, [sectors.index(sector) for sector in known]] = list(known.values())

    varied = [k for k, (low, high) in enumerate(labour.values()) if high > low]
    columns = [(2 * math.sqrt(3) * (uniform[:, k] - 0.5), list(LABOUR.values())[k]) for k in varied]
    if law:
        columns.append((2 * math.sqrt(3) * (position - 0.5), LAW))
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
    )


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
    """Estimation errors: key -> (positions of the sectors that share it, relative standard error).

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
        errors.setdefault(key, ([], relative))[0].append(k)
    return errors


def _error_group(sectors: tuple[str, ...], errors: Mapping[object, tuple[list[int], float]]) -> list[str]:
    names = []
    for key, (members, _) in errors.items():
        group = "services" if key == "services" else _GROUP.get(sectors[members[0]], "other goods")
        names.append(f"trade elasticities of {group}")
    return names
