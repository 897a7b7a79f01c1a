"""Write ``docs/economics.md``: what each assumption of the model does to the answers, one at a time and together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from detente.economy.factors import stated
from detente.study.counterfactual import Counterfactual
from detente.study.run import run
from detente.study.scenario import Scenario

HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "examples"
SHOWN = ("welfare", "real_income", "real_gdp", "real_wage", "consumer_price", "exchange_rate")
HEAD = (
    "| closure | horizon | factors | welfare | real income | real GDP | real wage | consumer prices | exchange rate "
    "| trade balance, bn USD | oil output |"
)
#: Draws behind the range of oil output.
DRAWS = 128

#: Each assumption switched from its default, and all of them together.
SWITCHES: dict[str, dict[str, Any]] = {
    "as by default (long run)": {},
    "short run": {"horizon": "short"},
    "deficits half pooled": {"closure": 0.5},
    "capital and natural resources": {"factors": "all"},
    "sectors complement each other (0.5 in demand, 0.2 between inputs)": {
        "demand_elasticity": 0.5,
        "input_elasticity": 0.2,
    },
    "labour supply answers to real wages (0.25)": {"labour_supply": 0.25},
    "the last four together": {
        "closure": 0.5,
        "factors": "all",
        "demand_elasticity": 0.5,
        "input_elasticity": 0.2,
        "labour_supply": 0.25,
    },
}

INTRODUCTION = """\
# What the answer rests on

Every assumption below has a neutral value, which is the default; this page shows what each does. Written by
`python docs/make_economics.py`. Changes in percent; consumer prices and the exchange rate: if wages stay as they are.

Under `fixed` deficits a tariff makes the country's wages dear against the world's, so that what it gains is terms of trade;
`pooled` shares that gain with the world, and insures countries that are taxed (see [Ours beside theirs](peers.md)). With `all`
factors in the long run real income counts what more or less capital earns, welfare what the saving costs too.
"""

OIL = """\
With labour alone nothing in the long run keeps a sector from growing or shrinking at constant cost. With the accounts' shares
natural resources earn {part} of value added in US oil and gas (an assumption, drawn from half to one and a half times), and what
they earn rises with output: a supply curve that slopes up. Published estimates are lower still: about 0.15 within months
(Baumeister and Hamilton 2019, AER 109(5)), 0.3 to 0.9 for shale wells (Bjørnland, Nordvik and Rohrer 2021, Journal of Applied
Econometrics 36(5)), 1.2 for drilling of unconventional wells (Newell and Prest 2019, Energy Journal 40(3)); all remembered, and
of months to a few years. So for a question about oil take `factors: all` and the short or medium run; the long run stays an upper
end, because the model lets capital and labour leave without cost and holds no reserves."""


def solved(scenario: Scenario, **asked: Any) -> Any:
    """The answer to a scenario with other assumptions."""
    question = Counterfactual.of(scenario.model_copy(update=asked))
    return question.answer(question.economy())


def switches() -> list[str]:
    """Headlines of the examples under each assumption, real GDP in brackets."""
    lines = []
    for file in sorted(EXAMPLES.glob("*.yaml")):
        if file.name.startswith("talks"):
            continue
        scenario = Scenario.from_file(file)
        about = [region for region in Counterfactual.of(scenario).parties if region in ("USA", "CAN", "MEX")]
        lines += [
            "",
            f"### {scenario.title}",
            "",
            "| assumption | " + " | ".join(about) + " |",
            "|---|" + "---:|" * len(about),
        ]
        for words, asked in SWITCHES.items():
            result = solved(scenario, **asked)
            at = [result.economy.regions.index(region) for region in about]
            cells = [f"{result.arrays['welfare'][n]:+.3f} ({result.arrays['real_gdp'][n]:+.3f})" for n in at]
            lines.append(f"| {words} | " + " | ".join(cells) + " |")
    return lines


def rows(scenario: Scenario, region: str) -> list[str]:
    """The table's rows for a region, one a combination of closure, horizon and factors."""
    found = []
    for closure in ("fixed", 0.5, "pooled", "balanced"):
        for horizon in ("short", "long"):
            for factors in ("labour", "all"):
                result = solved(scenario, closure=closure, horizon=horizon, factors=factors)
                economy, n = result.economy, result.economy.regions.index(region)
                oil = result.arrays["output"][n, economy.sectors.index("oil_gas")]
                balance = result.arrays["trade_balance_musd"][n] / 1000
                values = " | ".join(f"{result.arrays[name][n]:+.2f}" for name in SHOWN)
                found.append(f"| {economy.closure} | {horizon} | {factors} | {values} | {balance:+,.0f} | {oil:+.1f} |")
    return found


def oil(scenario: Scenario) -> list[str]:
    """US output of oil and gas with its range and its supply elasticity, with labour alone and with all factors."""
    baseline = Counterfactual.of(scenario).baseline
    n, j = baseline.index("region", "USA"), baseline.index("sector", "oil_gas")
    share = float(baseline.value_added_share[n, j])
    beta = {name: float(values[n, j]) for name, values in stated(baseline)._asdict().items()}
    #: What of cost rises with the sector's own output, by factors and horizon.
    fixed = {
        ("labour", "short"): share,
        ("labour", "long"): 0.0,
        ("all", "short"): share,
        ("all", "long"): share * beta["resource"],
    }
    lines = [
        "| factors | horizon | supply elasticity, other prices given | output, percent | 90% range |",
        "|---|---|---:|---:|---:|",
    ]
    for (factors, horizon), stays in fixed.items():
        asked = scenario.model_copy(update={"factors": factors, "horizon": horizon})
        study = run(asked, draws=DRAWS)
        assert study.draws is not None
        low, high = (float(end[n, j]) for end in study.draws.range("output"))
        elasticity = f"{(1 - stays) / stays:.1f}" if stays else "infinite"
        value = study.result.arrays["output"][n, j]
        lines.append(f"| {factors} | {horizon} | {elasticity} | {value:+.1f} | {low:+.1f} to {high:+.1f} |")
    part = f"{beta['resource']:.2f}"
    return [*lines, "", OIL.format(part=part)]


def main() -> None:
    """Solve and write."""
    law = Scenario(title="the newest law")
    day = Counterfactual.of(law).day
    lines = [
        INTRODUCTION,
        "## The examples under each assumption",
        "",
        "Welfare, real GDP in brackets.",
        *switches(),
        "",
    ]
    lines += [
        "## Oil and gas of the United States",
        "",
        f"The law of {day} against the tariffs of 2024.",
        "",
        *oil(law),
        "",
    ]
    lines += [
        "## The newest law under each closure, horizon and set of factors",
        "",
        f"The law of {day} against the tariffs of 2024.",
    ]
    for region, name in (("USA", "United States"), ("CAN", "Canada")):
        lines += ["", f"### {name}", "", HEAD, "|" + "---|" * 3 + "---:|" * 8, *rows(law, region)]
    (HERE / "economics.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
