"""From slider event to updated charts in a real browser, with its parts: ``python benchmarks/web/latency.py [EVENTS]``.

The page measures itself (User Timing `detente:update`): from the input event to the last figure drawn. `solve` is the
equilibrium alone, `policy` the scenario, `outcomes` the results, all inside `request`; `painted` adds the frame in which
the browser shows it. Every event asks for a rate that was not asked for before.
"""

from __future__ import annotations

import shutil
import sys

from common import keep, percentiles, served
from playwright.sync_api import expect, sync_playwright

MOVE = """async ({selector, value}) => {
  performance.clearMeasures("detente:update");
  const input = document.querySelector(selector);
  const began = performance.now();
  input.value = value;
  input.dispatchEvent(new Event("input", {bubbles: true}));
  while (!performance.getEntriesByName("detente:update").length) await new Promise((go) => setTimeout(go, 1));
  const entry = performance.getEntriesByName("detente:update")[0];
  await new Promise((go) => requestAnimationFrame(() => setTimeout(go, 0)));
  return {total: entry.duration, painted: performance.now() - began, ...entry.detail};
}"""


def main(events: int) -> None:
    with served() as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1360, "height": 900})
        page.goto(f"{url}/?view=whatif&lang=en")
        expect(page.locator(".summary")).to_contain_text("draws", timeout=120_000)
        sliders = ["USA<CAN.steel", "USA<CAN.rest", "CAN<USA.autos", "USA<CAN.energy"]
        found = []
        for k in range(events):
            value = (7 + 13 * k) % 60
            found.append(
                page.evaluate(MOVE, {"selector": f"input[data-key='{sliders[k % len(sliders)]}']", "value": value})
            )
        browser.close()
    parts = {
        "slider event to charts drawn": [f["total"] for f in found],
        "slider event to charts painted": [f["painted"] for f in found],
        "request (network, queue, server)": [f["request"] for f in found],
        "server: scenario to policy": [f["server"]["policy_ms"] for f in found],
        "server: solve": [f["server"]["solve_ms"] for f in found],
        "server: outcomes": [f["server"]["outcomes_ms"] for f in found],
        "page: drawing": [f["drawing"] for f in found],
    }
    steps = percentiles([f["server"]["iterations"] for f in found])
    keep(
        "latency",
        {"milliseconds": {name: percentiles(values) for name, values in parts.items()}, "solver steps": steps},
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
