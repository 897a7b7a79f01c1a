"""Write the answer that the README quotes: ``python docs/make_readme.py``."""

from __future__ import annotations

import textwrap
from pathlib import Path

from detente.report.findings import starting_point, summary
from detente.study.run import run

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
START, END = "<!-- answer -->\n", "<!-- end -->\n"


def answer() -> str:
    """The first lines of `detente run examples/steel-25.yaml --draws 0` on a terminal of 80 columns."""
    study = run(ROOT / "examples" / "steel-25.yaml")
    setting = f"{study.scenario.baseline}, {starting_point(study)}, {study.scenario.horizon} run"
    return "\n".join([study.scenario.title, setting, "", *(textwrap.fill(said, 80) for said in summary(study))])


def with_answer(readme: str, said: str) -> str:
    """The README with its answer replaced."""
    before, after = readme.split(START)[0], readme.split(END)[1]
    return f"{before}{START}```\n{said}\n```\n{END}{after}"


if __name__ == "__main__":
    README.write_text(with_answer(README.read_text(encoding="utf-8"), answer()), encoding="utf-8")
