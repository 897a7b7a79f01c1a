"""Photograph every screen of a running server: ``python docs/figures/make_web.py http://127.0.0.1:8420 NEGOTIATION``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

FIGURES = Path(__file__).parent
HIGH = 1500  # pixels of each page that are shown
KEPT = "&s=&s=set%3DUSA-CAN.steel%3A0%2CUSA-CAN.aluminum%3A0&s=set%3DUSA-CAN.rest%3A25%2CUSA-CAN.energy%3A10"
SCREENS = {
    "law": ("/?view=law&lang=en&sector=steel", 1360, "light"),
    "whatif": ("/?view=whatif&lang=en", 1360, "light"),
    "compare": (f"/?view=compare&lang=en{KEPT}", 1360, "light"),
    "table": ("/?view=table&lang=en&id={id}", 1360, "light"),
    "new-table": ("/?view=table&lang=en", 1360, "light"),
    "phone": ("/?view=whatif&lang=fr", 390, "light"),
    "dark": ("/?view=whatif&lang=en&map=jobs", 1360, "dark"),
}


def main(url: str, negotiation: str) -> None:
    """Write ``web-*.png`` beside this file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (address, wide, scheme) in SCREENS.items():
            page = browser.new_page(viewport={"width": wide, "height": HIGH}, color_scheme=scheme)
            page.goto(url + address.format(id=negotiation))
            expect(page.locator("main h1")).to_be_visible(timeout=60_000)
            if "whatif" in address:
                expect(page.locator(".summary")).to_contain_text(
                    "tirages" if "fr" in address else "draws", timeout=60_000
                )
            else:
                expect(page.locator(".busy, .loading")).to_have_count(0, timeout=60_000)
            page.wait_for_timeout(1500)
            page.screenshot(path=FIGURES / f"web-{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
