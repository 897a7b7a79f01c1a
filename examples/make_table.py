"""Run the examples and write what they find into README.md: ``python examples/make_table.py``."""

from __future__ import annotations

from pathlib import Path

from detente.report.findings import headline, markets, who_replaces_whom
from detente.study.run import run

FOLDER = Path(__file__).parent
README = FOLDER / "README.md"
START, END = "<!-- results -->\n", "<!-- end -->\n"

#: Why each answer comes out as it does; the numbers beside it are written by the run.
WHY = {
    "steel-25": "Canada sells part of its steel elsewhere for less and makes less of it. In the United States the "
    "duty collected, and slightly cheaper imports before duty, make up for dearer steel for the nation as "
    "a whole, not for those who buy it.",
    "metals-50": "A rate this high stops most of the trade it would be charged on, so it brings in less than dearer "
    "metal costs the industries that use it. Canada sold most of the metal, so it loses most in "
    "proportion.",
    "autos-25": "Mexico loses most because vehicles and parts are a larger share of what it sells. The United States "
    "pays with a lower real wage and is paid in duties: the two nearly cancel.",
    "retaliation": "Both lose. Canada loses more in proportion because far more of what it makes and buys crosses that "
    "border; the answer brings Canada duties, and makes what it buys dearer.",
    "north-america-free-trade": "Little is left to gain: almost all trade among the three was free before. The United States "
    "gives up the most duty, and with it some of its advantage in prices, which its partners gain.",
}


def table() -> str:
    """The results as a Markdown table, from runs on the embedded world."""
    lines = ["| scenario | what the run finds | why |", "| --- | --- | --- |"]
    for name, why in WHY.items():
        study = run(FOLDER / f"{name}.yaml")
        found = " ".join([headline(study), *(who_replaces_whom(study, market) for market in markets(study, 1))])
        lines.append(f"| [{study.scenario.title}]({name}.yaml) | {found} | {why} |")
    return "\n".join(lines) + "\n"


def with_table(readme: str, results: str) -> str:
    """The README with its table replaced."""
    before, after = readme.split(START)[0], readme.split(END)[1]
    return before + START + results + END + after


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8"), table()), encoding="utf-8")
