"""Draw the figure of the README with the product itself: ``python docs/figures/make.py``."""

from __future__ import annotations

from pathlib import Path

from detente.report.findings import jobs_by_place_sentence
from detente.report.tilemap import save, tilemap
from detente.study.run import run

FOLDER = Path(__file__).parent
FIGURE = FOLDER / "autos-25.svg"
SCENARIO = FOLDER.parents[1] / "examples" / "autos-25.yaml"


def draw(path: Path = FIGURE) -> Path:
    """Jobs by province and state in the scenario of the autos, written to `path`."""
    study = run(SCENARIO)
    found = study.places
    assert found is not None
    chart = tilemap(
        found.jobs_pct,
        found.places,
        title=" ".join(jobs_by_place_sentence(found)),
        subtitle=f"{study.scenario.title}: change of jobs in the long run, percent",
        unit="percent of jobs",
        assumed=found.assumed,
        digits=2,
    )
    return save(chart, path)


if __name__ == "__main__":
    print(draw())
