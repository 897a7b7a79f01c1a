"""The worlds that are timed: published data where the sources are at hand, else made up, and it says which."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts import Baseline, assemble, load

REPOSITORY = Path(__file__).resolve().parents[1]


def caliendo_parro(sources: Path | None) -> tuple[str, Baseline]:
    """31 regions, 40 sectors, one use class."""
    if sources is None or not (sources / "cp2015").is_dir():
        return "31 x 40, made up", synthetic(31, 40)
    spec = importlib.util.spec_from_file_location("cp2015_run", REPOSITORY / "replications" / "cp2015" / "run.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return "31 x 40, Caliendo and Parro (2015)", module.baseline(sources)[0]


def icio(sources: Path | None) -> tuple[str, Baseline]:
    """77 regions, 45 sectors, two use classes; coefficients of the OECD tables for 2020, trade made up."""
    folder = None if sources is None else sources / "icio2020_coefficients"
    if folder is None or not folder.is_dir():
        return "77 x 45, made up", synthetic(77, 45)
    sectors = pd.read_csv(folder / "sectors.csv")
    cells = pd.read_csv(folder / "va_and_final_shares.csv")
    regions = list(dict.fromkeys(cells.country))
    position = {code: k for k, code in enumerate(sectors.sector)}, {code: n for n, code in enumerate(regions)}
    coefficient = np.zeros((len(regions), len(sectors), len(sectors)))
    table = pd.read_parquet(folder / "io_coefficients.parquet")
    n, k, j = table.country.map(position[1]), table.input_sector.map(position[0]), table.using_sector.map(position[0])
    coefficient[n, k, j] = table.coefficient
    final = cells.final_expenditure_share.to_numpy().reshape(len(regions), len(sectors))
    world = synthetic(77, 45, coefficient=coefficient, final=final, theta=sectors.theta.to_numpy(float))
    return "77 x 45, ICIO 2020 coefficients, trade made up", world


def synthetic(
    regions: int,
    sectors: int,
    *,
    coefficient: np.ndarray | None = None,
    final: np.ndarray | None = None,
    theta: np.ndarray | None = None,
) -> Baseline:
    """Trade drawn from a gravity-like distribution, balanced, tariffs to 20 percent; two use classes.

    `coefficient` [region, input, user], `final` [region, sector] and `theta` [sector] are drawn too where not given.
    """
    random = np.random.default_rng(2024)
    if coefficient is None:
        coefficient = random.uniform(0, 1, (regions, sectors, sectors)) ** 4
        coefficient *= random.uniform(0.3, 0.7, (regions, 1, sectors)) / coefficient.sum(axis=1, keepdims=True)
    if final is None:
        final = random.dirichlet(np.ones(sectors), regions)
    if theta is None:
        theta = random.uniform(2, 10, sectors)
    size = random.lognormal(0, 1.3, regions)
    shape = (regions, regions, sectors, 2)
    share = random.lognormal(0, 1, shape) * size[None, :, None, None]
    own = np.arange(regions)
    share[own, own] = 0.0
    share /= share.sum(axis=1, keepdims=True)
    at_home = random.uniform(0.4, 0.98, (regions, sectors, 2))
    share *= 1 - at_home[:, None]
    share[own, own] = at_home
    tariff = random.uniform(0, 0.2, shape)
    tariff[own, own] = 0.0
    kept = share / (1 + tariff)

    # outputs follow from incomes, incomes from outputs: repeat until trade balances
    income, output = size.copy(), np.ones((regions, sectors))
    for _ in range(3000):
        inputs = np.einsum("nkj,nj->nk", coefficient, output)
        spending = np.stack([inputs, final * income[:, None]], axis=2)  # [n, k, u]
        sales = np.einsum("niku,nku->ik", kept, spending)
        duties = (tariff * kept * spending[:, None]).sum(axis=(1, 2, 3))
        earned = ((1 - coefficient.sum(axis=1)) * output).sum(axis=1) + duties
        gap = max(np.abs(sales / output - 1).max(), np.abs(earned / income - 1).max())
        output, income = sales, earned * size.sum() / earned.sum()
        if gap < 1e-12:
            break
    inputs = coefficient * output[:, None]
    spending = np.stack([inputs.sum(axis=2), final * income[:, None]], axis=2)
    return assemble(
        1e5 * kept * spending[:, None],
        regions=[f"R{n:02d}" for n in range(regions)],
        sectors=[f"s{j:02d}" for j in range(sectors)],
        trade_elasticity=theta,
        tariff=tariff,
        uses=["intermediate", "final"],
        buyer_class=[0] * sectors + [1],
        input_expenditure=1e5 * inputs,
    )


def worlds(sources: Path | None) -> dict[str, Baseline]:
    """Every world that is timed, by name."""
    return dict(
        [
            caliendo_parro(sources),
            icio(sources),
            ("31 x 43, world-2024, two use classes", load("world-2024")),
            ("31 x 43, world-2024, a use class per buyer", load("world-2024", uses="buyers")),
        ]
    )
