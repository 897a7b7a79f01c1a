"""What each addition to the model costs beside the plain model, in one run: writes RESULTS_ADDITIONS.md beside this file.

`python benchmarks/additions.py [--rounds 15]`. Ratios alone are given: in every round each variant is timed once, in turn, and a
ratio is the median over rounds of its time over that of the plain model in the same round, so that a busy machine harms little.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path
from typing import Any

from machine import two_cores

HERE = Path(__file__).resolve().parent

two_cores()  # before JAX counts the cores

import jax
from run import scenario, value, value_and_gradient

from detente.accounts import load
from detente.economy import Economy, calibrate
from detente.economy.solver import TOLERANCE, find

#: What is switched on, each beside the plain model of its horizon.
ADDITIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "pooled deficits": {"closure": "pooled"},
    "half pooled": {"closure": 0.5},
    "capital and resources": {"factors": "all"},
    "sectors substitute (0.5 in demand, 0.2 between inputs)": {"demand_elasticity": 0.5, "input_elasticity": 0.2},
    "labour supply (0.25)": {"labour_supply": 0.25},
    "wages that do not fall": {"wage_floor": 1.0},
    "all but the floor": {
        "closure": 0.5,
        "factors": "all",
        "demand_elasticity": 0.5,
        "input_elasticity": 0.2,
        "labour_supply": 0.25,
    },
}


def seconds(function: Any, *given: Any) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    jax.block_until_ready(function(*given))
    return time.perf_counter() - start


def measure(economies: dict[str, Economy], rounds: int) -> list[list[str]]:
    """A row for each variant: evaluations of the map, solve over the plain solve, gradient over its own solve."""
    at = {name: (e.calibration, e.preconditioner, scenario(e)) for name, e in economies.items()}
    evaluations = {}
    for name, given in at.items():
        found = jax.jit(find)(*given)
        assert float(found.residual) <= TOLERANCE, f"{name}: not solved"
        evaluations[name] = int(found.evaluations)
        jax.block_until_ready((value(*given), value_and_gradient(*given)))
    solves: dict[str, list[float]] = {name: [] for name in at}
    gradients: dict[str, list[float]] = {name: [] for name in at}
    for _ in range(rounds):
        for name, given in at.items():
            solves[name].append(seconds(value, *given))
            gradients[name].append(seconds(value_and_gradient, *given))

    def ratio(over: list[float], under: list[float]) -> str:
        return f"{statistics.median(a / b for a, b in zip(over, under, strict=True)):.2f}"

    return [
        [name, str(evaluations[name]), ratio(solves[name], solves["plain"]), ratio(gradients[name], solves[name])]
        for name in at
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    world = load("world-2024")
    lines = [
        "# What the additions to the model cost",
        "",
        "`world-2024`, two use classes; the largest economy raises all its tariffs by ten points. Evaluations of the map,",
        "the time of a solve over that of the plain model, and of value and gradient over that of a solve with the same",
        f"addition: medians of {rounds} ratios, each within one round. Aims: a solve within 1.5, a gradient under 2,",
        "evaluations within a third more.",
    ]
    for horizon in ("short", "long"):
        economies = {name: calibrate(world, horizon=horizon, **options) for name, options in ADDITIONS.items()}
        lines += [
            "",
            f"## {horizon.capitalize()} run",
            "",
            "| addition | evaluations | solve | gradient |",
            "|---|---:|---:|---:|",
        ]
        lines += ["| " + " | ".join(row) + " |" for row in measure(economies, rounds)]
    if (load_average := os.getloadavg()[0]) > 2:
        lines += [
            "",
            f"This run shared its two processors with much else (load about {load_average:.0f}), so the ratios are rough;",
        ]
        lines[-1] += " evaluations are exact."
    (HERE / "RESULTS_ADDITIONS.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
