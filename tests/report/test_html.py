from __future__ import annotations

import csv
import html.parser
import io
import re
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from detente.accounts import load
from detente.report import palette
from detente.report.figures import figures
from detente.report.frame import png
from detente.report.html import render
from detente.report.language import speak
from detente.report.scenario_words import change_in_words
from detente.study.run import Study, run
from detente.study.scenario import Scenario

TITLE = "Tariffs & <counter-tariffs> in the toy world"
CHANGES = [
    {"tariff": {"importer": "AAA", "exporter": "BBB", "sectors": "goods", "rate": 0.3}},
    {"tariff": {"importer": "BBB", "exporter": "AAA", "sectors": "goods", "rate": 0.1}},
]
VOID = {"meta", "br", "img", "link", "input", "hr"}


@pytest.fixture(scope="module")
def study() -> Study:
    return run(
        Scenario.model_validate({"title": TITLE, "baseline": "toy", "law": "none", "changes": CHANGES}), draws=16
    )


@pytest.fixture(scope="module")
def page(study: Study) -> str:
    return render(study)


class Reader(html.parser.HTMLParser):
    """Collects tags, and complains when they do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_its_tags_nest(page: str) -> None:
    assert page.startswith("<!doctype html>") and page.rstrip().endswith("</html>")
    assert Reader(page).open == []


def test_the_page_needs_no_network_and_no_script(page: str) -> None:
    read = Reader(page)
    assert {tag for tag, _ in read.tags}.isdisjoint({"script", "link", "iframe", "img", "object"})
    for _, attributes in read.tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in ("href", "src", "xlink:href", "action"):
                assert value and value.startswith(("#", "data:"))
    assert "@import" not in page and "url(http" not in page


def test_what_users_wrote_is_escaped(page: str) -> None:
    assert "<counter-tariffs>" not in page
    assert "Tariffs &amp; &lt;counter-tariffs&gt; in the toy world" in page


def test_identifiers_are_unique_and_links_inside_the_page_arrive(page: str) -> None:
    tags = Reader(page).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    inside = {value[1:] for _, a in tags for name, value in a.items() if name == "href" and value and value[0] == "#"}
    labelled = {a["aria-labelledby"] for _, a in tags if "aria-labelledby" in a}
    assert inside | labelled <= set(ids)


def test_every_figure_has_words_data_and_a_finding(study: Study, page: str) -> None:
    drawn = list(figures(study))
    names = [figure.name for figure in drawn]
    assert names[0] == "welfare" and len(set(names)) == len(names) >= 6
    assert [name for name in names if name.startswith(("sectors-", "suppliers-", "prices", "trade"))]
    for figure in drawn:
        assert figure.title.endswith(".") and len(figure.title) > 20 and "nan" not in figure.title
        assert len(figure.alt) > 20 and "nan" not in figure.alt
        assert figure.unit
        assert re.search(r"USD|percent", figure.unit)
        assert figure.svg.startswith("<svg") and "NaN" not in figure.svg
    words = [a for _, a in Reader(page).tags if a.get("role") == "img"]
    assert len(words) == len(drawn) and all(a["aria-label"] for a in words)


def test_the_data_of_a_figure_are_the_numbers_of_the_result(study: Study, page: str) -> None:
    links = re.findall(
        r'download="detente-([^"]*?)-tariffs-counter-tariffs-in-the-toy-world\.csv" href="[^"]*?,(.*?)"', page
    )
    assert [name for name, _ in links] == [figure.name.lower() for figure in figures(study)]
    rows = list(csv.DictReader(io.StringIO(unquote(dict(links)["welfare"]))))
    for row in rows:
        n = study.economy.regions.index(row["region"])
        assert float(row["welfare_pct"]) == pytest.approx(study.result.arrays["welfare"][n], rel=1e-4)
        assert float(row["welfare_pct_low"]) <= float(row["welfare_pct_high"])
    suppliers = next(name for name, _ in links if name.startswith("suppliers-aaa-goods"))
    change = {
        row["supplier"]: float(row["change_musd"])
        for row in csv.DictReader(io.StringIO(unquote(dict(links)[suppliers])))
    }
    assert change["BBB"] < 0 < change["CCC"]


def test_the_files_of_a_figure_name_scenario_range_and_licence(page: str) -> None:
    scenario = "Tariff of AAA on goods from BBB: 30%; tariff of BBB on goods from AAA: 10%."
    table = pd.read_csv(io.StringIO(unquote(re.findall(r'href="data:text/csv;charset=utf-8,(.*?)"', page)[0])))
    assert table.scenario.str.startswith(scenario).all()
    assert table.licence.notna().all()
    for drawn in map(unquote, re.findall(r'href="data:image/svg\+xml;charset=utf-8,(.*?)"', page)):
        told = ElementTree.fromstring(drawn)
        assert scenario in "".join(told.find("{*}desc").itertext())
        words = re.sub(r"<.*?>", " ", drawn).replace("\n", " ")
        for name in ("Range:", "16 draws", "Source:", "Licence:", "Détente"):
            assert name in words
        with Image.open(io.BytesIO(png(drawn))) as picture:
            assert picture.size[0] >= 1200


def test_a_scenario_is_said_in_words_in_both_languages() -> None:
    both = {"importer": "USA", "exporter": ["CAN", "MEX"], "sectors": ["motor_vehicles", "steel"]}
    changes = [
        {"tariff": {**both, "add": 0.25, "except_content_of": "USA"}},
        {"export_tax": {"importer": "USA", "exporter": "CAN", "sectors": ["electricity"], "rate": 0.1}},
        {"trade_cost": {"between": ["USA", "CAN"], "change": -0.03}},
        {"subsidy": {"region": "CAN", "sectors": ["steel"], "rate": 0.05}},
        {"quota": {"importer": "USA", "exporter": "all", "sectors": ["steel"], "share_of_baseline": 0.8}},
        {"measure": "US-232-ANNEX-IA", "action": "drop"},
    ]
    scenario = Scenario.model_validate({"title": "t", "law": "2026-10-01", "changes": changes})
    sectors = load("world-2024").sectors
    said = [[change_in_words(change, sectors, speak(lang)) for change in scenario.changes] for lang in ("en", "fr")]
    assert said[0] == [
        "tariff of the United States on motor vehicles and iron and steel from Canada and Mexico: 25% more "
        "on what is not made in the United States",
        "export tax of Canada on electricity to the United States: 10%",
        "trading all goods and services between the United States and Canada costs 3.0 percent less",
        "subsidy of Canada to iron and steel: 5% of cost",
        "limit of the United States on imports of iron and steel from all others",
        "without the measure US-232-ANNEX-IA",
    ]
    assert said[1][0].startswith("droit des États-Unis sur les marchandises du Canada et du Mexique")
    assert (
        said[1][1]
        == "taxe à l’exportation du Canada (électricité) vers les États-Unis\N{NO-BREAK SPACE}: 10\N{NO-BREAK SPACE}%"
    )


def test_only_colours_of_the_palette_are_drawn(study: Study) -> None:
    known = {palette.MORE, palette.LESS, *palette.SERIES, palette.INK, palette.QUIET, palette.GRID}
    known |= {"#fffffe", "#222221"}  # numbers on the tiles of a grid
    for figure in figures(study):
        if not figure.wide:
            assert set(re.findall(r'"(#[0-9a-f]{6})"', figure.svg)) <= known, figure.name


def test_exact_welfare_and_its_first_order_view_are_two_things(study: Study, page: str) -> None:
    assert "Two different things" in page
    arrays, n = study.result.arrays, study.economy.regions.index("AAA")
    row = re.search(r'id="welfare-two-ways".*?<th scope="row">AAA</th>(.*?)</tr>', page, re.S)
    assert row
    shown = [float(cell.replace("\N{MINUS SIGN}", "-")) for cell in re.findall(r"<td>(.*?)</td>", row[1])]
    exact = [arrays[name][n] for name in ("welfare", "terms_of_trade", "volume_of_trade")]
    assert shown == pytest.approx(exact, abs=6e-4)
    assert abs(shown[0] - shown[1] - shown[2]) > 0.01  # not the same number twice


def test_the_page_says_how_to_reproduce_it(study: Study, page: str) -> None:
    for part in (
        "detente run scenario.yaml",
        "rate: 0.3",
        study.provenance.baseline_sha256,
        "Walras",
        "Residual",
        "made up",
    ):
        assert part in page
    again = run(study.scenario)
    assert again.provenance.baseline_sha256 == study.provenance.baseline_sha256
    assert np.array_equal(again.result.arrays["welfare"], study.result.arrays["welfare"])


def test_dark_and_print_are_provided_for(page: str) -> None:
    assert "prefers-color-scheme: dark" in page and "@media print" in page
    assert 'name="viewport"' in page and '<html lang="en">' in page


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_and_marks_stand_out_in_light_and_dark() -> None:
    for colour in (palette.INK, palette.QUIET):
        assert contrast(colour, palette.PAPER) >= 4.5
        assert contrast(palette.DARK[colour], "#16181b") >= 4.5
    for colour in (palette.MORE, palette.LESS, *palette.SERIES):
        assert contrast(colour, palette.PAPER) >= 3
        assert contrast(palette.DARK[colour], "#16181b") >= 3


def test_a_scenario_that_changes_nothing_has_a_report_too() -> None:
    page = render(run(Scenario.model_validate({"title": "Nothing", "baseline": "toy", "law": "none"})))
    assert Reader(page).open == []
    assert "No measurable change" in page and "nan" not in page.split("<main>")[1].split("</section>")[0]
