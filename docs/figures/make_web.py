"""Photograph every screen of a running server: ``python docs/figures/make_web.py http://127.0.0.1:8420``."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

FIGURES = Path(__file__).parent
HIGH = 1500  # pixels of each page that are shown
WAIT = 90_000  # milliseconds
KEPT = "&s=&s=set%3DUSA-CAN.steel%3A0%2CUSA-CAN.aluminum%3A0&s=set%3DUSA-CAN.rest%3A25%2CUSA-CAN.energy%3A10"
RULES = "&quota=USA-CAN.motor_vehicles:60:50&content=USA-CAN.motor_vehicle_parts:USA:25"
SCREENS = {
    "law": ("/?view=law&lang=en", 1360, "light"),
    "why": ("/?view=law&lang=en&sector=steel", 1360, "light"),
    "whatif": ("/?view=whatif&lang=en", 1360, "light"),
    "rules": (f"/?view=whatif&lang=en{RULES}", 1360, "light"),
    "compare": (f"/?view=compare&lang=en{KEPT}", 1360, "light"),
    "gallery": ("/?view=gallery&lang=en", 1360, "light"),
    "collected": ("/?view=law&lang=fr&currency=CAD", 1360, "light"),
    "new-table": ("/?view=table&lang=en", 1360, "light"),
    "phone": ("/?view=whatif&lang=fr", 375, "light"),
    "dark": ("/?view=whatif&lang=fr&map=jobs", 1360, "dark"),
}


def ready(page: Page, address: str) -> None:
    """Wait until nothing of the page is being worked out."""
    expect(page.locator("main h1")).to_be_visible(timeout=WAIT)
    expect(page.locator(".busy, .loading")).to_have_count(0, timeout=WAIT)
    if "whatif" in address:
        expect(page.locator(".summary .note")).to_contain_text(re.compile("16|256"), timeout=WAIT)
    page.wait_for_timeout(800)


def negotiate(page: Page, url: str) -> None:
    """Open a negotiation, make three offers, and have the frontier worked out."""
    page.goto(f"{url}/?view=table&lang=en")
    page.get_by_role("button", name="Open the negotiation").click()
    expect(page.get_by_role("button", name="Put on the table for the United States")).to_be_visible(timeout=WAIT)
    steel, autos = (
        page.get_by_label(f"Duty of the United States on {goods} from Canada") for goods in ("steel", "motor vehicles")
    )
    mirror, tax = (
        page.get_by_label("Duty of Canada on steel from the United States"),
        page.get_by_label("Export tax of Canada"),
    )
    rounds = [
        ("United States", {steel: "25", mirror: "0"}, "Half of steel, for all of yours."),
        ("Canada", {steel: "5", autos: "0", tax: "5"}, "Autos belong in it; energy stays on the table."),
        ("United States", {steel: "10", autos: "5", tax: "0"}, "Nearly there, if energy flows free."),
    ]
    for k, (side, moves, note) in enumerate(rounds, 1):
        for slider, value in moves.items():
            slider.fill(value)
        page.get_by_label("Note", exact=True).fill(note)
        page.get_by_role("button", name=f"Put on the table for {'the ' if side[0] == 'U' else ''}{side}").click()
        expect(page.get_by_text(f"Offer {k} is on the table.")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Work out the frontier").click()
    expect(page.locator("svg.plane polyline.curve")).to_be_visible(timeout=600_000)
    page.get_by_role("button", name="Suggest a step").click()
    expect(page.get_by_role("button", name="Take into the draft").first).to_be_visible(timeout=600_000)
    page.wait_for_timeout(800)


def main(url: str) -> None:
    """Write ``web-*.png`` beside this file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (address, wide, scheme) in SCREENS.items():
            page = browser.new_page(viewport={"width": wide, "height": HIGH}, color_scheme=scheme)
            page.goto(url + address)
            ready(page, address)
            if name == "why":
                page.locator("#why").screenshot(path=FIGURES / "web-why.png")
            elif name == "collected":
                page.locator("#figure-collected").screenshot(path=FIGURES / "web-collected.png")
            else:
                page.screenshot(path=FIGURES / f"web-{name}.png")
            page.close()
        page = browser.new_page(viewport={"width": 1360, "height": HIGH})
        negotiate(page, url)
        page.screenshot(path=FIGURES / "web-table.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
