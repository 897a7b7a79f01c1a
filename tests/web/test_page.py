"""The page in a real browser: every screen, a slider, an offer round, links, downloads, errors, phone, axe."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import table_of, tariff_term

sync_api = pytest.importorskip("playwright.sync_api", reason="browser tests need playwright")
from playwright.sync_api import Browser, Page, expect

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="browser tests need chromium"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
WAIT = 60_000  # milliseconds; the machine may be busy

SCREENS = {
    "law": "/?view=law&lang=en&sector=steel",
    "whatif": "/?view=whatif&lang=en",
    "compare": "/?view=compare&lang=en&s=&s=set%3DUSA-CAN.steel%3A0",
    "new table": "/?view=table&lang=en",
    "gallery": "/?view=gallery&lang=en",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, server) -> Iterator[Page]:
    context = browser.new_context(base_url=server.url, viewport={"width": 1360, "height": 900}, accept_downloads=True)
    opened = context.new_page()
    opened.set_default_timeout(WAIT)
    expect.set_options(timeout=WAIT)
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    outside: list[str] = []
    opened.on(
        "request", lambda r: outside.append(r.url) if not r.url.startswith((server.url, "blob:", "data:")) else None
    )
    yield opened
    context.close()
    assert troubles == []
    assert outside == []


def settled(page: Page) -> None:
    """Wait for the answer of What if and its range."""
    expect(page.locator(".number-card .big").first).to_be_visible()
    expect(page.locator(".summary")).to_contain_text("draws")


def table(server) -> str:
    import httpx

    terms = tariff_term("USA", "CAN", ["steel"]), tariff_term("CAN", "USA", ["steel"])
    line = {"floor": {"region": "USA", "sectors": ["steel"], "change": -0.2}}
    setup = table_of(*terms, title="Steel, in the browser", clauses=[line])
    return httpx.post(f"{server.url}/api/talks", json=setup, timeout=60).json()["id"]


def test_the_law_shows_rates_history_and_reasons(page: Page):
    page.goto("/?view=law&lang=en&importer=USA&exporter=CAN&on=2026-10-06")
    expect(page.locator("h1")).to_have_text("What the United States charges on goods from Canada")
    expect(page.locator(".number-card .big").first).to_have_text("8.4%")
    expect(page.locator("svg.stacked polygon").first).to_be_visible()
    page.get_by_role("button", name="Iron and steel").click()
    why = page.locator("#why")
    expect(why.get_by_role("heading", level=2)).to_contain_text("Iron and steel: what applies on October 6, 2026")
    expect(why).to_contain_text("Does not apply")
    expect(why).to_contain_text("US-232-ANNEX-IA")
    assert "sector=steel" in page.url
    steel = page.locator("table.sectors tr", has=page.get_by_role("button", name="Iron and steel"))
    for shown in ("41%", "Section 232", "50% on primary metals", "HTS 2026", "97%", "US$9.3 billion", "US$7.6 billion"):
        expect(steel).to_contain_text(shown)
    assert page.locator("table.sectors tbody tr").count() == 12
    page.get_by_role("button", name=re.compile("Show all")).click()
    assert page.locator("table.sectors tbody tr").count() > 20
    page.get_by_role("link", name="Other side").click()
    expect(page.locator("h1")).to_have_text("What Canada charges on goods from the United States")


@pytest.mark.parametrize(
    ("lang", "title"), [("en", r"measures add 8\.\d points"), ("fr", r"les mesures ajoutent 8,\d")]
)
def test_what_is_collected_stands_beside_the_law_and_what_comes_is_listed(page: Page, lang: str, title: str):
    page.goto(f"/?view=law&lang={lang}&importer=USA&exporter=CAN&on=2026-10-06")
    figure = page.locator("#figure-collected")
    expect(figure.locator("h3")).to_contain_text(re.compile(title))
    assert figure.locator("svg.timeline path.line").count() == 4  # two lines, and their marks in the key
    assert figure.locator("svg.timeline circle").count() == 9  # January to August 2025, and the key
    expect(page.locator(".calendar li").first).to_contain_text("2026")
    words = page.locator("main").inner_text()
    if lang == "fr":
        assert not re.search(r"\bSection \d|\bbegins\b|\bended\b|Customs Tariff", words)


def test_the_gallery_opens_screens_that_give_its_numbers(page: Page):
    page.goto("/?view=gallery&lang=fr")
    cards = page.locator(".questions article")
    expect(cards).to_have_count(10)
    assert not re.search(r"\bgallery\.", page.locator("main").inner_text())
    stale = page.locator(".warning").count()
    first = cards.nth(3)
    told = re.search(r"Canada ([+−0-9,]+)", first.locator("p").inner_text())
    assert told is not None
    first.get_by_role("link").click()
    expect(page.locator(".number-card .big").nth(1)).to_be_visible()
    if not stale:  # worked out with the data of this server
        expect(page.locator(".number-card .big").nth(1)).to_contain_text(told[1])


def test_a_slider_moves_every_chart(page: Page):
    page.goto(SCREENS["whatif"])
    settled(page)
    canada = page.locator(".number-card .big").nth(1)
    before = canada.inner_text()
    charts = [page.locator(f"svg.{kind}").first for kind in ("bars", "tiles")]
    drawings = [chart.inner_html() for chart in charts]
    slider = page.get_by_label("The rest", exact=True).first
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(2, 10):
        page.mouse.move(box["x"] + box["width"] * step / 10, box["y"] + box["height"] / 2)
    page.mouse.up()
    expect(canada).not_to_have_text(before)
    settled(page)
    assert all(chart.inner_html() != drawing for chart, drawing in zip(charts, drawings, strict=True))
    assert "USA-CAN.rest" in page.url


def test_the_keyboard_moves_a_slider_and_the_law_comes_back(page: Page):
    page.goto(SCREENS["whatif"])
    settled(page)
    slider = page.get_by_label("Steel", exact=True).first
    start = slider.get_attribute("aria-valuetext")
    assert start is not None
    assert start.endswith("as the law has it")
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "0%")
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "1%")
    page.get_by_role("button", name="Steel: back to the law").first.click()
    expect(slider).to_have_attribute("aria-valuetext", start)


def test_a_link_restores_scenario_map_side_and_language(page: Page):
    page.goto("/?view=whatif&lang=fr&set=USA-CAN.steel:5&against=law&horizon=short&map=jobs&side=USA")
    expect(page.locator("h1")).to_have_text("Et si les droits de douane changeaient?")
    expect(page.locator(".summary")).to_contain_text("tirages")
    expect(page.get_by_label("Acier", exact=True).first).to_have_value("5")
    expect(page.locator("#choose-horizon")).to_have_value("short")
    expect(page.locator("#choose-against")).to_have_value("law")
    expect(page.get_by_role("radio", name="Emplois")).to_be_checked()
    assert page.locator("html").get_attribute("lang") == "fr"
    words = page.locator("main").inner_text()
    assert not re.search(r"\b(whatif|figure|summary|card|column)\.[a-z]", words)
    first = page.locator(".cards").inner_text()
    page.reload()
    expect(page.locator(".summary")).to_contain_text("tirages")
    assert page.locator(".cards").inner_text() == first


def test_the_screen_says_what_is_compared_and_with_whom(page: Page):
    page.goto("/?view=whatif&lang=en&law=2026-10-06")
    asked, world = page.locator(".asked p"), page.locator("#figure-world svg")
    expect(asked).to_have_text(
        "The measures in force on October 6, 2026 (all measures, with every partner) compared with the tariffs of 2024, "
        "after ten years."
    )
    settled(page)
    before = world.get_attribute("aria-label")
    assert before is not None
    page.get_by_text("Only between the United States and Canada").click()
    expect(asked).to_contain_text("only the measures between the United States and Canada")
    expect(page).to_have_url(re.compile("with=pair"))
    expect(world).not_to_have_attribute("aria-label", before)
    expect(page.locator("#figure-world")).to_contain_text(re.compile("rises in .* regions? of the world"))
    note = page.locator(".summary .note")
    expect(note).to_contain_text("256 draws", timeout=280_000)  # in the background, as many as a report has


def test_households_jobs_and_prices_come_first_with_their_caveats(page: Page):
    page.goto("/?view=whatif&lang=en&law=2026-10-06&with=pair")
    settled(page)
    canada = page.locator(".number-card").nth(1)
    for said in (
        "a household, each year",
        "jobs that shrinking sectors lose",
        "if wages stay as they are",
        "Total employment is held",
    ):
        expect(canada).to_contain_text(said)
    expect(canada.locator("dd").first).to_have_text(re.compile(r"^−US\$[\d,]+ \(−US\$[\d,]+ to [−+]?US\$[\d,]+\)$"))
    page.goto("/?view=whatif&lang=fr&law=2026-10-06&with=pair&currency=CAD")
    settled_french = page.locator(".number-card").nth(1).locator("dd").first
    expect(settled_french).to_contain_text("$\N{NO-BREAK SPACE}CA")


def test_why_a_sector_moves_is_answered_with_parts_that_add_up(page: Page):
    page.goto("/?view=whatif&lang=en&law=2026-10-06")
    settled(page)
    page.get_by_label("Why does a sector move?").select_option("aluminum")
    figure = page.locator("#figure-why")
    expect(figure.locator("h3")).to_have_text(
        re.compile("^Output of aluminum in Canada changes by −[0-9]+%: tariffs of other countries on it −")
    )
    with page.expect_download() as info:
        figure.get_by_role("button", name="CSV").click()
    import pandas as pd

    parts = pd.read_csv(info.value.path())
    total = float(re.search(r"−([0-9]+)%", figure.locator("h3").inner_text())[1])  # type: ignore[index]
    assert abs(parts.points.sum() + total) < 1


def test_the_python_and_the_yaml_of_the_page_give_its_numbers(page: Page):
    page.goto("/?view=whatif&lang=en&law=2026-10-06&with=pair&set=USA-CAN.steel:5")
    settled(page)
    page.get_by_text("How to reproduce this").click()
    program, file = page.locator(".doing pre").nth(2), page.locator(".doing pre").first
    expect(file).to_contain_text("law_between")
    expect(program).to_contain_text("dt.run")
    done: dict = {}
    exec(program.inner_text().replace("print(", "found = ("), done)
    shown = page.locator(".number-card .big").first.inner_text().replace("\N{MINUS SIGN}", "-").rstrip("%")
    assert abs(float(done["found"]) - float(shown)) < 0.006


def test_nothing_changed_is_said_and_not_drawn(page: Page):
    page.goto("/?view=whatif&lang=fr&against=law")
    expect(page.locator(".summary")).to_contain_text("Rien n’est encore changé.")
    assert page.locator("svg.chart:visible").count() == 0
    page.get_by_label("Acier", exact=True).first.fill("5")
    expect(page.locator("svg.bars:visible").first).to_be_visible()


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "Not understood in this link"), ("fr", "Partie du lien non comprise")]
)
def test_what_a_link_says_wrong_is_named(page: Page, lang: str, said: str):
    page.goto(f"/?view=whatif&lang={lang}&set=USA-CAN.stel:5,USA-CAN.autos:7&horizon=soon&nonsense=1&law=2026-10-06")
    alerts = page.get_by_role("alert")
    expect(alerts.first).to_contain_text(said)
    words = " ".join(alerts.all_inner_texts())
    for part in ("set=USA-CAN.stel:5", "horizon=soon", "nonsense=1"):
        assert part in words
    assert "autos" not in words
    page.goto(f"/?view=law&lang={lang}&on=2026-02-30&importer=XXX")
    expect(page.get_by_role("alert")).to_contain_text("on=2026-02-30")
    expect(page.get_by_role("alert")).to_contain_text("importer=XXX")


def test_a_day_past_the_coverage_is_not_stated_as_fact(page: Page):
    page.goto("/?view=law&lang=en&on=2027-05-01")
    expect(page.locator(".late")).to_contain_text("May 1, 2027 is after October 6, 2026")
    page.goto("/?view=whatif&lang=en&law=2027-05-01")
    expect(page.locator(".late")).to_contain_text("May 1, 2027 is after October 6, 2026")
    settled(page)
    with page.expect_download() as info:
        page.locator("figure").first.get_by_role("button", name="SVG").click()
    assert "last day that the ledger covers" in Path(info.value.path()).read_text("utf-8")


def test_a_measure_can_be_dropped(page: Page):
    page.goto(SCREENS["whatif"])
    settled(page)
    steel = page.get_by_label("Steel", exact=True).first
    before = int(steel.input_value())
    page.get_by_text("Drop or change a measure").click()
    page.get_by_label(re.compile("US-232-ANNEX-IA$")).uncheck()
    expect(page).to_have_url(re.compile("drop=US-232-ANNEX-IA"))
    expect(steel).not_to_have_value(str(before))
    assert int(steel.input_value()) < before


def test_a_duty_can_be_added_between_any_two(page: Page):
    page.goto(SCREENS["whatif"])
    settled(page)
    drawing = page.locator(".results figure").last.locator("svg")
    before = drawing.get_attribute("aria-label")
    assert before is not None
    page.get_by_text("Add a measure").click()
    page.get_by_label("Goods from").select_option("MEX")
    page.get_by_label("Points added").fill("40")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".added")).to_contain_text(
        "duty of the United States on goods from Mexico, machinery: 40% more"
    )
    expect(page).to_have_url(re.compile("add=USA-MEX.machinery"))
    expect(drawing).not_to_have_attribute("aria-label", before)


def test_files_name_their_scenario_and_licence(page: Page, tmp_path: Path):
    import openpyxl
    import pandas as pd
    from PIL import Image

    page.emulate_media(color_scheme="dark")
    page.goto("/?view=whatif&lang=en&set=USA-CAN.steel:5&law=2026-10-06")
    settled(page)
    figure, files = page.locator("figure").first, {}
    for name in ("CSV", "JSON", "Excel", "SVG", "PNG"):
        with page.expect_download() as info:
            figure.get_by_role("button", name=name, exact=True).click()
        files[name] = tmp_path / info.value.suggested_filename
        info.value.save_as(files[name])
    assert files["PNG"].name == "detente-sectors-usa-can-steel-5-law-2026-10-06-vs-tariffs-2024-long.png"
    scenario, licence = "steel 5%", "Open Government Licence"
    table = pd.read_csv(files["CSV"])
    assert len(table) == 43
    assert not table.columns.str.contains(r"\.\d$").any()  # what pandas makes of two columns of one name
    assert list(table.columns[:3]) == ["sector", "sector_name", "output_pct"]
    assert table.output_pct_low.notna().all()
    assert table.scenario.str.contains(scenario).all()
    assert table.licence.str.contains(licence).all()
    told = json.loads(files["JSON"].read_text("utf-8"))
    assert told["url"] == files["CSV"].name
    assert scenario in told["dc:description"]
    assert "October 6, 2026" in told["dc:description"]
    assert licence in told["dc:license"]
    assert [column["name"] for column in told["tableSchema"]["columns"]] == list(table.columns)
    book = openpyxl.load_workbook(files["Excel"])
    assert book.worksheets[0].max_row == 44
    assert isinstance(book.worksheets[0]["C2"].value, float)
    said = {row[0].value: row[1].value for row in book.worksheets[1].rows}
    assert scenario in said["Scenario"]
    assert licence in said["Licence"]
    assert "law=2026-10-06" in said["Link"]
    with Image.open(files["PNG"]) as picture:
        picture.load()
        assert picture.size[0] == 1600
        assert picture.getpixel((2, 2))[:3] == (255, 255, 255)  # on paper, whatever the screen is
        assert scenario in picture.text["Description"]
        assert licence in picture.text["Copyright"]
    drawing = files["SVG"].read_text("utf-8")
    words = " ".join(re.findall(r">([^<>]+)<", drawing))
    for said_there in ("Output in Canada", scenario, "16 draws", "world-2024", "Statistics", "127.0.0.1"):
        assert said_there in words, said_there
    figure.get_by_role("button", name="Quote").click()
    expect(figure.locator("output.citation")).to_contain_text(
        re.compile("“Output in Canada.*steel 5%.*16 draws.*Détente 0.1.0")
    )
    with page.expect_download() as info:
        page.get_by_role("button", name="Scenario file").click()
    info.value.save_as(tmp_path / "scenario.yaml")
    assert "title:" in (tmp_path / "scenario.yaml").read_text()


def test_scenarios_are_kept_and_compared(page: Page):
    page.goto("/?view=whatif&lang=en&set=USA-CAN.steel:0")
    settled(page)
    page.get_by_role("button", name="Keep for comparison").click()
    page.get_by_label("Steel", exact=True).first.fill("50")
    page.get_by_role("button", name="Keep for comparison").click()
    page.get_by_role("link", name="Compare (2)").click()
    expect(page.locator(".compare-table thead")).to_contain_text(
        "duties of the United States on goods from Canada set to: steel 0%"
    )
    expect(page.locator(".compare-table thead")).to_contain_text("set to: steel 50%")
    page.get_by_role("button", name="Remove A").click()
    expect(page.locator(".compare-table thead th")).to_have_count(1)


def test_a_round_of_offers_between_two_people(page: Page, browser: Browser, server):
    address = f"/?view=table&lang=en&id={table(server)}"
    page.goto(address)
    expect(page.locator("h1")).to_have_text("Steel, in the browser")
    context = browser.new_context(base_url=server.url)
    other = context.new_page()
    other.goto(address)
    expect(other.locator(".number-card .big").first).to_be_visible()

    score = page.locator(".results .number-card .big").nth(1)
    before = score.inner_text()
    page.get_by_label("Duty of the United States on steel from Canada").fill("10")
    expect(score).not_to_have_text(before)
    page.get_by_label("Note", exact=True).fill("<img src=x onerror=alert(1)> first step")
    page.get_by_role("button", name="Put on the table for the United States").click()
    expect(page.get_by_text("Offer 1 is on the table.")).to_be_visible()
    expect(page.locator("textarea[aria-label='Note on offer 1']")).to_have_value(
        "<img src=x onerror=alert(1)> first step"
    )

    # the other side wrote from the state before: told, draft kept, sent again
    other.evaluate("document.querySelector('input[type=radio][value=CAN]').click()")
    other.get_by_label("Duty of Canada on steel from the United States").fill("5")
    other.evaluate("clearInterval(0)")
    other.get_by_role("button", name="Put on the table for Canada").click()
    said = other.locator(".controls .status")
    expect(said).to_contain_text(re.compile("Somebody else changed|is on the table"))
    if "Somebody" in said.inner_text():
        expect(other.get_by_label("Duty of Canada on steel from the United States")).to_have_value("5")
        other.get_by_role("button", name="Put on the table for Canada").click()
    expect(other.get_by_text("Offer 2 is on the table.")).to_be_visible()
    context.close()
    expect(page.locator(".results")).to_contain_text("Offer 2, round 1, Canada")  # seen without reloading
    assert page.locator("main img").count() == 0


def test_the_frontier_and_a_suggested_step(page: Page, server):
    page.goto(f"/?view=table&lang=en&id={table(server)}")
    page.get_by_role("button", name="Work out the frontier").click()
    expect(page.locator("svg.plane polyline.curve")).to_be_visible(timeout=280_000)
    expect(page.get_by_text("The agreement that maximises the product of gains")).to_be_visible()
    page.get_by_role("button", name="Suggest a step").click()
    expect(page.get_by_role("button", name="Take into the draft").first).to_be_visible(timeout=280_000)
    expect(page.locator("ol")).to_contain_text("helps both")


def test_a_new_negotiation_is_opened_from_the_form(page: Page):
    page.goto(SCREENS["new table"])
    page.get_by_label("Name").fill("From the form")
    page.get_by_role("button", name="Open the negotiation").click()
    expect(page.locator("h1")).to_have_text("From the form")
    expect(page.locator(".results .number-card .big").first).to_be_visible()
    assert re.search(r"[?&]id=", page.url)


def test_quotas_and_content_rules_are_added_kept_in_the_link_and_refused_with_a_reason(page: Page):
    page.goto(SCREENS["whatif"])
    settled(page)
    page.get_by_text("Add a measure").click()
    form = page.locator("form.choices")
    form.get_by_label("Kind").select_option("quota")
    form.get_by_label("Sector").select_option("motor_vehicles")
    form.get_by_label("Limit, % of 2024").fill("60")
    form.get_by_role("button", name="Add").click()
    expect(page.locator(".summary")).to_contain_text(re.compile("The quota .* binds: it works like a duty of"))
    form.get_by_label("Kind").select_option("content")
    form.get_by_label("Sector").select_option("motor_vehicle_parts")
    form.get_by_role("button", name="Add").click()
    expect(page.locator(".added li")).to_have_count(2)
    assert "quota=USA-CAN.motor_vehicles%3A60%3A50" in page.url
    assert "content=USA-CAN.motor_vehicle_parts%3AUSA%3A25" in page.url
    parts = page.get_by_label("Auto parts", exact=True).first
    expect(parts).not_to_have_value("6")
    settled(page)
    cards = page.locator(".cards").inner_text()
    page.reload()
    settled(page)
    expect(page.locator(".added li")).to_have_count(2)
    assert page.locator(".cards").inner_text() == cards
    form.get_by_label("Goods from").select_option("USA")
    form.get_by_role("button", name="Add").click()
    expect(form.locator("~ .status.error")).to_contain_text("two different regions")
    body = json.dumps({"error": "No equilibrium was found for these rates: try a smaller change."})
    page.route("**/api/whatif", lambda route: route.fulfill(status=422, content_type="application/json", body=body))
    form.get_by_label("Goods from").select_option("MEX")
    form.get_by_role("button", name="Add").click()
    expect(form.locator("~ .status.error")).to_contain_text("No equilibrium was found")
    expect(page.locator(".added li")).to_have_count(2)


def test_a_report_can_be_watched_stopped_and_had_at_once(page: Page, tmp_path: Path):
    page.goto("/?view=whatif&lang=en&set=USA-CAN.steel:3")
    settled(page)
    page.get_by_role("button", name="Report (HTML)").click()
    expect(page.locator(".work progress")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".work")).to_have_text("Stopped.")
    page.get_by_role("button", name="Report (HTML)").click()
    with page.expect_download() as info:
        page.get_by_role("button", name="Without ranges, now").click()
    info.value.save_as(tmp_path / "report.html")
    assert "<!doctype html>" in (tmp_path / "report.html").read_text("utf-8")[:100].lower()


def test_a_report_prints_to_four_pages_and_folds_its_tables(page: Page):
    from detente.report.html import render
    from detente.report.language import speak
    from detente.study.run import run
    from detente.study.scenario import Scenario

    asked = Scenario.model_validate({"title": "Et si", "law": "2026-10-06", "against": "baseline"})
    report = render(run(asked), speak("fr"))
    page.emulate_media(color_scheme="dark")
    page.set_content(report)
    assert page.evaluate("document.documentElement.scrollHeight") < 6500
    assert page.locator("#tables details").get_attribute("open") is None
    paper = "getComputedStyle(document.querySelector('.map svg > rect')).fill"
    assert page.evaluate(paper) == "none"  # the map is not a white box at night
    assert len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True))) <= 4


def test_a_french_page_gives_a_french_report(page: Page, tmp_path: Path):
    page.goto("/?view=whatif&lang=fr&set=USA-CAN.steel:3")
    expect(page.locator(".summary")).to_contain_text("tirages")
    page.get_by_role("button", name="Rapport (HTML)").click()
    with page.expect_download() as info:
        page.get_by_role("button", name="Sans intervalles, tout de suite").click()
    info.value.save_as(tmp_path / "report.html")
    report = (tmp_path / "report.html").read_text("utf-8")
    assert '<html lang="fr">' in report
    assert "<h1>Et si</h1>" in report
    assert "Sur quoi reposent ces chiffres" in report


def test_a_slider_that_is_held_moves_nothing_else_on_the_page(page: Page):
    page.goto(SCREENS["whatif"])
    settled(page)
    slider = page.get_by_label("The rest", exact=True).first
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] / 2)
    page.mouse.down()
    places, names, answers = set(), set(), set()
    for step in range(2, 10):
        page.mouse.move(box["x"] + box["width"] * step / 10, box["y"] + box["height"] / 2)
        page.wait_for_timeout(250)
        figures = [page.locator("figure").nth(k).bounding_box() for k in range(4)]
        places.add(tuple(round(figure["y"]) for figure in figures if figure))
        names.add(tuple(page.locator("svg.bars").first.locator("text.name").all_inner_texts()))
        answers.add(page.locator(".number-card .big").nth(1).inner_text())
    page.mouse.up()
    assert len(answers) > 3
    assert len(names) == 1
    assert len(places) <= 2  # the first move takes the ranges away


def test_what_goes_wrong_is_said(page: Page, server):
    page.route("**/api/vocabulary", lambda route: route.abort())
    page.goto("/?view=law&lang=fr")
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer")
    expect(page.get_by_role("alert")).to_contain_text("Le serveur ne répond pas")
    page.unroute("**/api/vocabulary")
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator("h1")).to_contain_text("Droits des États-Unis")
    page.goto("/?view=law&lang=en&importer=MEX&exporter=CHN")
    expect(page.locator("main")).to_contain_text("No average can be given for Mexico")
    page.goto("/?view=table&lang=en&id=nothing")
    expect(page.get_by_role("alert")).to_contain_text("There is no negotiation under this link.")
    page.goto(SCREENS["whatif"])
    settled(page)
    page.route("**/api/whatif", lambda route: route.abort())
    page.get_by_label("Steel", exact=True).first.fill("3")
    expect(page.locator(".status.error")).to_contain_text("The server does not answer.")
    expect(page.locator(".status.error")).to_contain_text("The last answer is shown in grey.")
    page.unroute("**/api/whatif")
    body = json.dumps({"error": "No equilibrium was found for these rates: try a smaller change."})
    page.route("**/api/whatif", lambda route: route.fulfill(status=422, content_type="application/json", body=body))
    page.get_by_label("Steel", exact=True).first.fill("4")
    expect(page.locator(".status.error")).to_contain_text("No equilibrium was found")
    page.unroute("**/api/whatif")
    page.get_by_label("Steel", exact=True).first.fill("6")
    expect(page.locator(".status.error")).to_have_count(0)


def test_paper_is_white_and_says_what_was_asked(page: Page):
    page.emulate_media(color_scheme="dark")
    page.goto("/?view=whatif&lang=en&set=USA-CAN.steel:5")
    settled(page)
    tile = page.locator("svg.tiles rect").first
    at_night = tile.get_attribute("fill")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert tile.get_attribute("fill") != at_night
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator(".asked p")).to_contain_text(
        "Duties of the United States on goods from Canada set to: steel 5%"
    )
    for left_out in (".controls", ".downloads", "nav", ".doing"):
        expect(page.locator(left_out).first).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tile.get_attribute("fill") == at_night


@pytest.mark.parametrize("screen", SCREENS)
def test_a_phone_shows_everything_without_scrolling_sideways(page: Page, screen: str):
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(SCREENS[screen])
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator(".status.busy")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [*SCREENS, "table"])
def test_axe_finds_no_serious_fault(page: Page, screen: str, scheme: str, server):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.emulate_media(color_scheme=scheme)
    page.goto(SCREENS[screen] if screen in SCREENS else f"/?view=table&lang=en&id={table(server)}")
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator(".status.busy")).to_have_count(0)
    page.wait_for_timeout(1500)
    found = axe.Axe().run(page).response["violations"]
    serious = [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found if v["impact"] in ("serious", "critical")]
    assert serious == []


def test_both_languages_have_every_word():
    folder = Path(__import__("detente.report", fromlist=["x"]).__file__).parent
    english, french = (json.loads((folder / "text" / f"{name}.json").read_text("utf-8")) for name in ("en", "fr"))
    names = ("region.", "the.", "of.", "in.", "sector.", "place.")
    assert {k for k in english if not k.startswith(names)} == {k for k in french if not k.startswith(names)}
    for key in english:
        if not key.startswith(names):
            assert set(re.findall(r"{(\w+)}", french[key])) <= set(re.findall(r"{(\w+)}", english[key])) | {
                "of",
                "ofOrigin",
                "ofA",
                "ofB",
                "ofImporter",
                "ofExporter",
                "signed",
                "name",
                "region",
            }, key
    from detente.accounts import load

    world = load("world-2024")
    assert {f"sector.{s}" for s in world.sectors} | {f"region.{r}" for r in world.regions} <= set(french)
    used = "".join(f.read_text("utf-8") for f in (folder / "static").rglob("*.js"))
    for key in re.findall(r'\bt\("([a-z_.0-9]+)"', used):
        assert key in english, key
