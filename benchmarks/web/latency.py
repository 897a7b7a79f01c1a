"""From slider event to updated charts in a real browser, with its parts: ``python benchmarks/web/latency.py [EVENTS]``.

The page measures itself (User Timing `detente:update`): from the input event to the last figure drawn, as the time until the
request is sent, the request, and the drawing; the server says what it spent within the request, on the scenario's policy, the
equilibrium alone, its results, and the numbers of the page; the rest is the request's way through queue, JSON and loopback.
`painted` adds the frame in which the browser shows it. Every event asks for a rate that was not asked for before.
"""

from __future__ import annotations

import shutil
import sys

from common import keep, percentiles, served
from playwright.sync_api import expect, sync_playwright

MOVE = """async ({selector, value}) => {
  performance.clearMeasures("detente:update");
  performance.clearResourceTimings();
  const input = document.querySelector(selector);
  const began = performance.now();
  input.value = value;
  input.dispatchEvent(new Event("input", {bubbles: true}));
  while (!performance.getEntriesByName("detente:update").length) await new Promise((go) => setTimeout(go, 1));
  const entry = performance.getEntriesByName("detente:update")[0];
  await new Promise((go) => requestAnimationFrame(() => setTimeout(go, 0)));
  const sent = performance.getEntriesByType("resource").filter((one) => one.name.endsWith("/api/whatif")).at(-1);
  return {total: entry.duration, painted: performance.now() - began, bytes: sent?.decodedBodySize ?? 0, ...entry.detail};
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
        "page: event to request": [f["waiting"] for f in found],
        "request": [f["request"] for f in found],
        "server": [f["server"]["server_ms"] for f in found],
        "server: scenario to policy": [f["server"]["policy_ms"] for f in found],
        "server: solve": [f["server"]["solve_ms"] for f in found],
        "server: results": [f["server"]["results_ms"] for f in found],
        "server: numbers of the page": [f["server"]["outcomes_ms"] for f in found],
        "request less server (queue, JSON, loopback)": [f["request"] - f["server"]["server_ms"] for f in found],
        "page: drawing": [f["drawing"] for f in found],
    }
    steps = percentiles([f["server"]["iterations"] for f in found])
    keep(
        "latency",
        {
            "milliseconds": {name: percentiles(values) for name, values in parts.items()},
            "solver steps": steps,
            "bytes of an answer": percentiles([f["bytes"] for f in found]),
        },
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
