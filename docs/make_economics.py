"""Write ``docs/economics.md``: the law of the newest day under each assumption of the model, one at a time and together."""

from __future__ import annotations

from pathlib import Path

from detente.study.counterfactual import Counterfactual
from detente.study.scenario import Scenario

HERE = Path(__file__).parent
SHOWN = ("welfare", "real_income", "real_gdp", "real_wage", "consumer_price", "exchange_rate")
HEAD = (
    "| closure | horizon | factors | welfare | real income | real GDP | real wage | consumer prices | exchange rate "
    "| trade balance, bn USD | oil output |"
)


def rows(region: str) -> list[str]:
    """The table's rows for a region, one a combination of assumptions."""
    found = []
    for closure in ("fixed", 0.5, "pooled", "balanced"):
        for horizon in ("short", "long"):
            for factors in ("labour", "all"):
                asked = Counterfactual.of(
                    Scenario.model_validate(
                        {"title": "closures", "closure": closure, "horizon": horizon, "factors": factors}
                    )
                )
                economy = asked.economy()
                result = asked.answer(economy)
                n = economy.regions.index(region)
                oil = result.arrays["output"][n, economy.sectors.index("oil_gas")]
                balance = result.arrays["trade_balance_musd"][n] / 1000
                values = " | ".join(f"{result.arrays[name][n]:+.2f}" for name in SHOWN)
                found.append(f"| {economy.closure} | {horizon} | {factors} | {values} | {balance:+,.0f} | {oil:+.1f} |")
    return found


def main() -> None:
    """Solve and write."""
    asked = Counterfactual.of(Scenario(title="closures"))
    lines = [
        "# What the answer rests on",
        "",
        f"The law of {asked.day} against the tariffs of 2024, under each closure, horizon and set of factors. Changes",
        "in percent; the trade balance is what the closure leaves of it. Consumer prices and the exchange rate: if",
        "wages stay as they are. Written by `python docs/make_economics.py`.",
        "",
        "Under `fixed` deficits a tariff makes the country's wages dear against the world's, so that what it gains is",
        "terms of trade; `pooled` shares that gain with the world. `all` factors: in the long run real income counts",
        "what more or less capital earns, welfare what the saving costs too. Where the accounts state no factor",
        "shares, labour takes 65 percent of value added and natural resources half of the rest in oil and gas: an",
        "assumption. It gives US oil a long-run supply elasticity of about nine, other costs given: still very",
        "elastic, so the fall of oil output in the long run is an upper end.",
    ]
    for region, name in (("USA", "United States"), ("CAN", "Canada")):
        lines += ["", f"## {name}", "", HEAD, "|" + "---|" * 3 + "---:|" * 8, *rows(region)]
    (HERE / "economics.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
