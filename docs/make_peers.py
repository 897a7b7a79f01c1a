"""Write peers.md, published estimates of the tariffs of 2025 beside ours: ``python docs/make_peers.py``."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from detente.economy import Result
from detente.study.counterfactual import Counterfactual
from detente.study.scenario import Scenario

HERE = Path(__file__).parent
PUBLISHED = HERE / "peers.csv"
with (resources.files("detente.accounts") / "sectors.csv").open(encoding="utf-8") as table:
    GOODS = [
        row["sector"] for row in csv.DictReader(table) if row["group"] == "goods" or row["sector"] == "electricity"
    ]
ENERGY = ["oil_gas", "refined_petroleum", "electricity"]
AUTOS = ["motor_vehicles", "motor_vehicle_parts"]

INTRODUCTION = """\
# Ours beside theirs

What others published of the tariffs of 2025 and 2026, beside what Détente says of the same policy, as far as it can be expressed.
Nothing is fitted to them. Written by `python docs/make_peers.py` from [peers.csv](peers.csv), where each number has its address.
*Seen*: "page", the institution's own page or paper; "secondary page", reported by somebody else, so check it before you quote it.

*Real GDP* is the volume of production, *real income* (welfare) what a country can buy: a tariff that improves the terms of trade
raises the second and lowers the first. Several trade models publish as "real GDP" what is here called real income, so both are
shown, under deficits that stay (`fixed`, the default) and deficits that follow income (`pooled`). Short: about a year, workers in
their sectors; long: ten years. Central values; `detente run` gives the ranges.

"""
WHY = """\
## Why they differ

- **Trade models** (KITE, Tombe for the Chamber, Cornell, ifo, Bouët and others) are of the family of ours. Their "real GDP"
  of countries that others tax stands beside our real income under fixed deficits: same sign and order, ours as a rule
  smaller. Ours has elasticities of published studies scaled to the horizon, accounts of 2024, and keeps everybody at work.
  What elasticities and what exemptions they took is not published with most of these numbers.
- **Macroeconometric models** (Bank of Canada, Scotiabank, BMO): lost confidence, investment that waits, unemployment and a
  central bank that answers. None of that is in our equilibrium, so our fall of Canadian GDP is a fraction of theirs. For a
  forecast of a recession read them; for who gains and loses once people have found their places, read this.
- **Real GDP here hardly moves under tariffs** where labour is full and fixed: what is lost is the triangle of badly placed
  production. Capital that adjusts (`factors: all`) multiplies the loss; so does a labour supply that answers to real wages.
- **Prices**: ours are prices if wages stay as they are, after exporters have taken a part of the duty and home producers
  have followed. Yale's are before any substitution, Kiel's are of its own model; both are two to eight times ours. What was
  measured (Cavallo and others: 0.7 points by September 2025) is near ours.
- **Deficits**: under `fixed` the dollar and United States wages rise against the world; under `pooled` they hardly do. For
  the United States the two bracket most authors. For countries that are taxed `pooled` goes too far: it insures them, and
  Canada or Mexico *gain* from a tariff against them, because their spending keeps its share of the world's while their
  prices fall. None of these authors finds that, and it is one more reason why `fixed` is the default.
- **What capital adds**: Baqaee and Malmberg find a fall of consumption 4.3 times that with capital fixed. Ours, with the factor
  shares of the accounts and fixed deficits, is {ratio:.1f} times (the two rows); both levels are about half of theirs.
"""


def levied(importer: Any, exporter: Any, rate: float, sectors: list[str] | None = None) -> dict[str, Any]:
    """A tariff on top of what there is."""
    return {"tariff": {"importer": importer, "exporter": exporter, "sectors": sectors or GOODS, "add": rate}}


def others(*but: str) -> list[str]:
    """Every region but the United States and those named."""
    return [
        region
        for region in Counterfactual.of(Scenario(title="regions", law=None)).baseline.regions
        if region not in ("USA", *but)
    ]


def policies() -> dict[str, tuple[str, dict[str, Any]]]:
    """Every policy: in words, and as fields of a scenario."""
    north, rest = ["CAN", "MEX"], [sector for sector in GOODS if sector not in ENERGY]
    on_energy = [levied("USA", "CAN", 0.25, rest), levied("USA", "CAN", 0.10, ENERGY), levied("CAN", "USA", 0.25)]
    with_china = [levied("USA", north, 0.25), levied("USA", "CHN", 0.10)]
    world = [levied("USA", others(*north, "CHN"), 0.10), levied("USA", "CHN", 0.60)]
    answered = [levied(others(*north, "CHN"), "USA", 0.10), levied("CHN", "USA", 0.60)]

    def law(day: str) -> dict[str, Any]:
        return {"law": day}

    def changes(*given: dict[str, Any]) -> dict[str, Any]:
        return {"law": "none", "changes": list(given)}

    return {
        "can_25": ("25 percent on all goods of Canada", changes(levied("USA", "CAN", 0.25))),
        "can_35": ("35 percent on all goods of Canada", changes(levied("USA", "CAN", 0.35))),
        "can_25_answered": (
            "25 percent both ways, United States and Canada",
            changes(levied("USA", "CAN", 0.25), levied("CAN", "USA", 0.25)),
        ),
        "can_25_energy_10_answered": ("25 percent on Canada, 10 on its energy, answered with 25", changes(*on_energy)),
        "can_mex_25": ("25 percent on Canada and Mexico", changes(levied("USA", north, 0.25))),
        "can_mex_25_answered": (
            "25 percent both ways with Canada and Mexico",
            changes(levied("USA", north, 0.25), levied(north, "USA", 0.25)),
        ),
        "can_mex_25_china_10": ("25 percent on Canada and Mexico, 10 on China", changes(*with_china)),
        "can_mex_25_china_10_answered": (
            "the same, answered in kind",
            changes(*with_china, levied(north, "USA", 0.25), levied("CHN", "USA", 0.10)),
        ),
        "autos_25": (
            "25 percent on vehicles and parts of all countries",
            changes(levied("USA", others(), 0.25, AUTOS)),
        ),
        "all_25_answered": (
            "25 percent on all goods of all countries, answered in kind",
            changes(levied("USA", others(), 0.25), levied(others(), "USA", 0.25)),
        ),
        "world_10_china_60_answered": (
            "10 percent on the world but Canada and Mexico, 60 on China, answered in kind",
            changes(*world, *answered),
        ),
        "liberation": ("the law of 9 April 2025, the day of the country rates", law("2025-04-09")),
        "liberation_answered": ("the law of 9 April 2025 with the answers in force (no later ones)", law("2025-04-09")),
        "law_2025_07": ("the law of 9 July 2025", law("2025-07-09")),
        "law_2025_09": ("the law of 4 September 2025", law("2025-09-04")),
        "law_2026_02": ("the law of 19 February 2026, before the ruling on emergency powers", law("2026-02-19")),
    }


@cache
def ours(policy: str, horizon: str, closure: str) -> Result:
    """Our answer; horizon `long_all` is the long run with capital and natural resources."""
    fields = policies()[policy][1]
    run, factors = (horizon.removesuffix("_all"), "all" if horizon.endswith("_all") else "labour")
    scenario = {"title": policy, "horizon": run, "factors": factors, "closure": closure, **fields}
    asked = Counterfactual.of(Scenario.from_fields(scenario))
    return asked.answer(asked.economy())


def row(published: dict[str, str]) -> str:
    """One published number beside ours."""
    policy, horizon, outcome = (published[f"our_{name}"] for name in ("policy", "horizon", "outcome"))
    cells = []
    for closure in ("fixed", "pooled"):
        result = ours(policy, horizon, closure)
        n = result.economy.regions.index(published["country"])
        value = result.arrays[outcome][n]
        beside = f" ({result.arrays['welfare'][n]:+.2f})" if outcome == "real_gdp" else ""
        cells.append(f"{value:+.2f}{beside}")
    theirs = float(published["value"])
    words = [published[name] for name in ("country", "quantity")]
    source = f"{published['source']}, {published['date']}"
    length = {"short": "short", "long": "long", "long_all": "long, capital"}[horizon]
    return " | ".join(
        ["", source, published["seen"], *words, published["horizon"], f"{theirs:+g}", *cells, length, ""]
    ).strip()


def capital() -> float:
    """How many times the fall of US consumption is with capital that adjusts what it is with capital fixed."""
    static, steady = ours("liberation", "long", "fixed"), ours("liberation", "long_all", "fixed")
    n = static.economy.regions.index("USA")
    return float(steady.arrays["consumption"][n] / static.arrays["welfare"][n])


def main() -> None:
    """Solve and write."""
    with PUBLISHED.open(encoding="utf-8") as file:
        published = list(csv.DictReader(file))
    head = "| theirs | seen | country | quantity | horizon | theirs | ours, fixed | ours, pooled | our horizon |"
    lines = ["Real GDP with real income in brackets; percent.", ""]
    for key, (words, _) in policies().items():
        rows = [row(one) for one in published if one["our_policy"] == key]
        if rows:
            lines += [f"## {words[0].upper()}{words[1:]}", "", head, "|" + "---|" * 5 + "---:|" * 3 + "---|", *rows, ""]
    (HERE / "peers.md").write_text(
        INTRODUCTION + "\n".join(lines) + "\n" + WHY.format(ratio=capital()), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
