"""Times Détente on two cores and writes results.json and RESULTS.md beside this file: `python benchmarks/run.py`."""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from machine import machine, sources, two_cores

HERE = Path(__file__).resolve().parent

two_cores()  # before JAX counts the cores

import iterations
import jax
import jax.numpy as jnp
import numpy as np
from worlds import worlds

from detente.economy import Economy, Policy, calibrate
from detente.economy.outcomes import levels
from detente.economy.solver import TOLERANCE, find, solve
from detente.study import DRAWS

BATCH = 64
AIMS = {  # milliseconds, by the start of a world's name
    "31 x 40": 5.0,
    "77 x 45": 15.0,
}


def median_ms(function: Callable[[], Any], repeats: int) -> float:
    """Median wall time of a call that has been compiled, milliseconds."""
    jax.block_until_ready(function())
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        jax.block_until_ready(function())
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times)


def scenario(economy: Economy) -> Policy:
    """The largest economy raises every tariff by ten points."""
    before = economy.status_quo()
    largest = int(np.argmax(economy.baseline.gdp))
    abroad = np.arange(len(economy.regions)) != largest
    tariff = np.array(before.tariff)
    tariff[largest, abroad] += 0.10
    return before._replace(tariff=jnp.asarray(tariff))


@jax.jit
def value(cal: Any, inverse: Any, policy: Policy) -> Any:
    return levels(cal, policy, find(cal, inverse, policy).state).welfare


@jax.jit
def value_and_gradient(cal: Any, inverse: Any, policy: Policy) -> Any:
    def welfare(tariff: Any) -> Any:
        changed = policy._replace(tariff=tariff)
        return levels(cal, changed, solve(cal, inverse, changed).state).welfare[0]

    return jax.value_and_grad(welfare)(policy.tariff)


@jax.jit
def hundred_evaluations(cal: Any, policy: Policy) -> Any:
    """The reference kernel: the map alone, a hundred times, each on what the last one gave."""
    residual, start = iterations.residual_map(cal, policy)
    return jax.lax.fori_loop(0, 100, lambda _, x: x + 1e-3 * residual(x), start)


@partial(jax.jit, static_argnames="together")
def batch(cal: Any, inverse: Any, tariffs: Any, policy: Policy, together: int) -> Any:
    """Scenarios in one program, `together` of them at a time under `vmap`."""

    def residual(tariff: Any) -> Any:
        return find(cal, inverse, policy._replace(tariff=tariff)).residual

    return jax.lax.map(residual, tariffs, batch_size=together)


def measure(name: str, economy: Economy, repeats: int) -> dict[str, Any]:
    """One world: times in milliseconds, ratios to the kernel, evaluations of the map."""
    cal, inverse = economy.calibration, economy.preconditioner
    policy = scenario(economy)
    found = jax.jit(find)(cal, inverse, policy)
    assert float(found.residual) <= TOLERANCE, f"{name}: not solved"
    before = median_ms(lambda: hundred_evaluations(cal, policy), repeats) / 100
    solve_ms = median_ms(lambda: value(cal, inverse, policy), repeats)
    gradient_ms = median_ms(lambda: value_and_gradient(cal, inverse, policy), repeats)
    kernel = statistics.mean([before, median_ms(lambda: hundred_evaluations(cal, policy), repeats) / 100])
    row: dict[str, Any] = {
        "world": name,
        "unknowns": int(found.state.size),
        "evaluations": int(found.evaluations),
        "kernel_ms": kernel,
        "solve_ms": solve_ms,
        "solve_in_kernels": solve_ms / kernel,
        "value_and_gradient_ms": gradient_ms,
        "value_and_gradient_in_solves": gradient_ms / solve_ms,
        "aim_ms": next((aim for start, aim in AIMS.items() if name.startswith(start)), None),
    }
    for key, method in (("damped", iterations.damped), ("unpreconditioned", iterations.unpreconditioned)):
        chosen = iterations.best(method, cal, policy)
        row[key] = None
        if chosen is not None:
            damping, evaluations = chosen
            spent = median_ms(lambda m=method, d=damping: m(cal, policy, d), max(repeats // 4, 3))
            row[key] = {"damping": damping, "evaluations": evaluations, "ms": spent, "in_solves": spent / solve_ms}
    return row


def measure_batch(name: str, economy: Economy, repeats: int) -> dict[str, Any]:
    """Scenarios of random tariffs at once, against one at a time."""
    cal, inverse = economy.calibration, economy.preconditioner
    random = np.random.default_rng(7)
    base = np.asarray(economy.status_quo().tariff)
    abroad = ~np.eye(len(economy.regions), dtype=bool)[:, :, None, None]
    raised = [base + random.uniform(0, 0.25, base.shape[:3])[..., None] * abroad for _ in range(BATCH)]
    tariffs = jnp.asarray(np.stack(raised))
    policy = economy.status_quo()
    spent = {}
    for together in (1, 8, BATCH):
        residuals = np.asarray(batch(cal, inverse, tariffs, policy, together))
        assert (residuals <= TOLERANCE).all(), f"{name}: a scenario of the batch is not solved"
        whole = median_ms(lambda k=together: batch(cal, inverse, tariffs, policy, k), max(repeats // 10, 3))  # type: ignore[misc]
        spent[together] = whole / BATCH
    alone = median_ms(lambda: [value(cal, inverse, policy._replace(tariff=t)) for t in tariffs], 3)
    return {"world": name, "scenarios": BATCH, "ms_per_scenario": spent, "calls_ms_per_scenario": alone / BATCH}


def measure_command(repeats: int, *options: str) -> dict[str, Any]:
    """`detente run` in new processes: with an empty cache of programs and draws, then with a filled one, seconds.

    Python's own bytecode is there from the start, as after an installation.
    """
    example = HERE.parent / "examples" / "steel-25.yaml"
    command = [str(Path(sys.executable).parent / "detente"), "run", str(example), *options]
    first, again = [], []
    with tempfile.TemporaryDirectory() as bytecode:
        surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        surroundings["PYTHONPYCACHEPREFIX"] = bytecode
        for repeat in range(repeats + 1):  # the first, which writes the bytecode, is not counted
            with tempfile.TemporaryDirectory() as cache:
                for times in (first, again, again):
                    start = time.perf_counter()
                    subprocess.run(
                        command, env={**surroundings, "DETENTE_CACHE": cache}, check=True, capture_output=True
                    )
                    if repeat:
                        times.append(time.perf_counter() - start)
    seconds = {"first_s": statistics.median(first), "again_s": statistics.median(again)}
    return {**seconds, "aim_first_s": 4.0, "aim_again_s": 2.0}


def markdown(results: dict[str, Any]) -> str:
    """RESULTS.md."""
    m = results["machine"]
    load = ", ".join(f"{value:.1f}" for value in m["load_average"])
    lines = [
        "# Benchmark results",
        "",
        f"{results['date']}; {m['processor']}, {m['cores']} cores; load average at start and end {load}; JAX {m['jax']}; "
        f"medians of {results['repeats']} repeats. Made by `python benchmarks/run.py`; what is timed is in README.md.",
        "",
        "| world | unknowns | evaluations | one evaluation, ms | solve, ms | aim, ms | solve, in evaluations "
        "| value and gradient, ms | in solves (aim: under 2) |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in results["worlds"]:
        aim = "" if row["aim_ms"] is None else f"{row['aim_ms']:g}"
        lines.append(
            f"| {row['world']} | {row['unknowns']:,} | {row['evaluations']} | {row['kernel_ms']:.3f} | {row['solve_ms']:.1f} "
            f"| {aim} | {row['solve_in_kernels']:.0f} | {row['value_and_gradient_ms']:.1f} "
            f"| {row['value_and_gradient_in_solves']:.2f} |"
        )
    lines += [
        "",
        "The same residual by other means (evaluations of the map; time as a multiple of the solve above):",
        "",
        "| world | plain damped iteration | damping | time | accelerated, no preconditioner | damping | time |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in results["worlds"]:
        cells = []
        for other in (row["damped"], row["unpreconditioned"]):
            if other is None:
                cells += [f"none in {iterations.LIMIT}", "", ""]
            else:
                cells += [f"{other['evaluations']:,}", f"{other['damping']:g}", f"{other['in_solves']:.1f}"]
        lines.append(f"| {row['world']} | " + " | ".join(cells) + " |")
    b, c, ranges = results["batch"], results["command"], results["command_with_ranges"]
    lines += [
        "",
        f"{b['scenarios']} scenarios of random tariffs ({b['world']}), ms a scenario: {b['calls_ms_per_scenario']:.1f} in one "
        f"call each; in one program, {', '.join(f'{ms:.1f} with {k} at a time' for k, ms in b['ms_per_scenario'].items())}.",
        "",
        f"`detente run examples/steel-25.yaml --draws 0` in a new process: {c['first_s']:.1f} s with an empty cache (aim: under "
        f"{c['aim_first_s']:g}), {c['again_s']:.1f} s from the second time (aim: under {c['aim_again_s']:g}). With the ranges of "
        f"{DRAWS} draws, as it runs by default: {ranges['first_s']:.1f} s and {ranges['again_s']:.1f} s (the draws are kept).",
        "",
        f"Peak memory of the run: {results['peak_memory_mb']:,.0f} MB.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=30, help="of each timing")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for results.json and RESULTS.md")
    options = parser.parse_args()
    start_load = os.getloadavg()[0]
    rows, together = [], {}
    for name, baseline in worlds(sources()).items():
        economy = calibrate(baseline, closure="balanced" if "Caliendo" in name else "fixed")
        rows.append(measure(name, economy, options.repeats))
        print(json.dumps(rows[-1]), flush=True)
        if "two use classes" in name and "world-2024" in name:
            together = measure_batch(name, economy, options.repeats)
            print(json.dumps(together), flush=True)
    results = {
        "date": date.today().isoformat(),
        "repeats": options.repeats,
        "worlds": rows,
        "batch": together,
        "command": measure_command(max(options.repeats // 10, 1), "--draws", "0"),
        "command_with_ranges": measure_command(max(options.repeats // 10, 1)),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "machine": machine(start_load),
    }
    (options.out / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    (options.out / "RESULTS.md").write_text(markdown(results))


if __name__ == "__main__":
    main()
