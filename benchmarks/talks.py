"""Times the talks on two cores and writes talks.json and RESULTS_TALKS.md beside this file: `python benchmarks/talks.py`."""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from machine import machine, sources, two_cores

two_cores()  # before JAX counts the cores

import numpy as np
from worlds import caliendo_parro

from detente.accounts import load
from detente.economy import Economy, calibrate
from detente.talks.bargaining import CONCEPTS, Negotiation, deal
from detente.talks.instruments import tariff_instruments
from detente.talks.optimum import optimum
from detente.talks.party import Party
from detente.talks.payoff_model import PayoffModel
from detente.talks.table import Table, Term, make_term
from detente.talks.war import war

HERE = Path(__file__).resolve().parent
AIMS = {"best tariffs": 3.0, "war and deal": 5.0, "table again": 1.0}  # seconds


def timed(payoff_model: PayoffModel, task: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Wall and processor time of a task, seconds, and the equilibria and linear systems that it solved."""
    before, wall, processor = payoff_model.work.copy(), time.perf_counter(), time.process_time()
    answer = task()
    spent = {"seconds": time.perf_counter() - wall, "processor_seconds": time.process_time() - processor}
    return spent | {name: payoff_model.work[name] - before[name] for name in ("equilibria", "gradients")}, answer


def warm(payoff_model: PayoffModel, task: Callable[[], Any], repeats: int) -> tuple[dict[str, float], Any]:
    """The fastest of some runs after the first, which compiles."""
    task()
    runs = [timed(payoff_model, task) for _ in range(repeats)]
    return min(runs, key=lambda one: one[0]["seconds"])


def best_tariffs(economy: Economy, party: str, repeats: int) -> dict[str, Any]:
    """All tariffs of one country on every partner, on twenty products."""
    payoff_model = PayoffModel(economy, [Party(party)])
    instruments = tariff_instruments(economy, party, sectors=economy.sectors[:20])
    spent, found = warm(payoff_model, lambda: optimum(payoff_model, party, instruments), repeats)
    said = (
        f"{party}: {len(instruments)} tariffs, gain {found.gain_pct:.4f} percent, "
        f"steepest slope {found.steepest_pct:.0e} percent"
    )
    return {"what": "best tariffs", "case": said, **spent}


def war_and_deal(economy: Economy, repeats: int) -> list[dict[str, Any]]:
    """A war over eighty tariffs and the four solutions over the same table; then each change of a ten-term table."""
    parties, sectors = ("USA", "CAN"), economy.sectors[:40]
    payoff_model = PayoffModel(economy, [Party(party) for party in parties])
    ways = (parties, parties[::-1])
    instruments = {a: tariff_instruments(economy, a, exporters=[b], sectors=sectors, upper=1.0) for a, b in ways}

    def table(products: tuple[str, ...], upper: float = 1.0) -> Table:
        return Table([term(economy, *pair, product, upper) for pair in ways for product in products])

    def both() -> Any:
        fought = war(payoff_model, instruments)
        return fought, deal(Negotiation.open(payoff_model, table(sectors), fought.policy))

    spent, (fought, settled) = warm(payoff_model, both, repeats)
    worst = max(fought.best_deviation_gain_pct.values())
    gains = np.array([settled.agreements[concept].gain_vs_threat_pct for concept in CONCEPTS])
    said = f"{' and '.join(parties)}: 80 tariffs; best deviation {worst:.0e} percent, smallest gain of a deal {gains.min():.3f}"
    rows = [{"what": "war and deal", "case": said, **spent}]

    chosen = ("steel", "aluminum", "motor_vehicles", "motor_vehicle_parts", "dairy")
    negotiation = Negotiation.open(payoff_model, table(chosen), fought.policy)
    before = deal(negotiation).agreements["nash"].values
    changes = {
        "one side has twice the power": lambda: negotiation.varied(power=np.array([2 / 3, 1 / 3])),
        "every range ends at 30 percent": lambda: negotiation.varied(table=table(chosen, 0.3)),
    }
    for said, change in changes.items():
        spent, _ = warm(payoff_model, lambda change=change: deal(change(), start=before), repeats)  # type: ignore[misc]
        rows.append({"what": "table again", "case": f"ten terms, {said}", **spent})
    return rows


def term(economy: Economy, importer: str, exporter: str, sector: str, upper: float) -> Term:
    """One tariff of the table."""
    return make_term(economy, "tariff", (importer, exporter), [sector], upper=upper)


def markdown(results: dict[str, Any]) -> str:
    """RESULTS_TALKS.md."""
    m = results["machine"]
    lines = [
        "# Benchmark of the talks",
        "",
        f"{results['date']}; {m['processor']}, {m['cores']} cores; load average at start and end "
        f"{m['load_average'][0]:.1f}, {m['load_average'][1]:.1f}; JAX {m['jax']}; the fastest of {results['repeats']} warm runs. "
        "Made by `python benchmarks/talks.py`; what is timed is in README.md. Gradients are adjoint or tangent systems solved.",
        "",
        "| what | case | equilibria | gradients | processor, s | wall, s | aim, s |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for row in results["rows"]:
        lines.append(
            f"| {row['what']} | {row['case']} | {row['equilibria']:.0f} | {row['gradients']:.0f} "
            f"| {row['processor_seconds']:.2f} | {row['seconds']:.2f} | {AIMS[row['what']]:g} |"
        )
    return "\n".join([*lines, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="of each timing")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for talks.json and RESULTS_TALKS.md")
    options = parser.parse_args()
    start_load = os.getloadavg()[0]
    name, baseline = caliendo_parro(sources())
    rows = []
    for party in ("USA", "CAN") if "Caliendo" in name else baseline.regions[:1]:
        row = best_tariffs(calibrate(baseline, closure="balanced"), party, options.repeats)
        rows.append({**row, "case": f"{name}; {row['case']}"})
    rows += war_and_deal(calibrate(load("world-2024")), options.repeats)
    results = {
        "date": date.today().isoformat(),
        "repeats": options.repeats,
        "rows": rows,
        "machine": machine(start_load),
    }
    (options.out / "talks.json").write_text(json.dumps(results, indent=2) + "\n")
    (options.out / "RESULTS_TALKS.md").write_text(markdown(results))
    print(markdown(results))


if __name__ == "__main__":
    main()
