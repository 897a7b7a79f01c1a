// The sliders: the duty of each side on the other, by track.

import { h, newId } from "../../dom.js";
import { duty, ofRegion, sector, t, track } from "../../text.js";

const TOP = 100; // percent, end of the sliders

// onmove(key, percent) while a slider is moved, onrest() when it is let go, onundo(key) when the law is to come back.
export class Sliders {
  constructor(scenario, tracks, { onmove, onrest, onundo }) {
    Object.assign(this, { scenario, tracks, onmove, onrest, onundo });
    this.parts = new Map();
    const [a, b] = scenario.pair;
    this.nodes = [this.group(a, b), this.group(b, a)];
  }

  group(importer, exporter) {
    return h("fieldset", { class: "sliders" },
      h("legend", {}, t("whatif.duties", { ofImporter: ofRegion(importer), ofExporter: ofRegion(exporter) })),
      Object.keys(this.tracks).map((name) => this.slider(`${importer}<${exporter}.${name}`, name)));
  }

  slider(key, name) {
    const id = newId("slider"), output = h("output", { for: id });
    const input = h("input", {
      type: "range", id, min: 0, max: TOP, step: 1, "data-key": key, value: this.scenario.set.get(key) ?? 0,
      title: this.tracks[name].map(sector).join(", "),
      oninput: () => { this.mark(key, Number(input.value), true); this.onmove(key, Number(input.value)); },
      onchange: () => this.onrest(),
    });
    const undo = h("button", { type: "button", class: "undo", hidden: true, "aria-label": t("whatif.undo", { track: track(name) }), onclick: () => { this.onundo(key); input.focus(); } }, "↺");
    this.parts.set(key, { input, output, undo });
    return h("div", { class: "slider" }, h("label", { for: id }, track(name)), input, output, undo);
  }

  mark(key, percent, changed) {
    const { input, output, undo } = this.parts.get(key);
    if (!changed) input.value = percent;
    output.textContent = duty(percent);
    input.setAttribute("aria-valuetext", changed ? duty(percent) : t("whatif.as_law", { rate: duty(percent) }));
    input.parentElement.classList.toggle("changed", changed);
    undo.hidden = !changed;
  }

  // `rates`: what each flow's tracks pay on average in the answer.
  show(rates) {
    for (const [key] of this.parts) {
      const [flow, name] = key.split(".");
      this.mark(key, this.scenario.set.get(key) ?? rates[flow][name] ?? 0, this.scenario.set.has(key));
    }
  }
}
