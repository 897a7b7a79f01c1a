// The measures of the law, to be dropped or given another rate; and measures that nobody has taken yet: a duty, a quota, a
// content rule.

import { get } from "../../api.js";
import { h, newId, replace } from "../../dom.js";
import { failure } from "../../messages.js";
import { HIGHEST } from "../../scenario.js";
import { authority, measure, ofRegion, region, sector, t } from "../../text.js";
import { world } from "../../world.js";
import { ADDED, added } from "./describe.js";

export class LawMeasures {
  constructor(scenario, changed) {
    this.scenario = scenario;
    this.changed = changed;
    this.list = h("div", { class: "measures" }, h("p", { class: "loading" }, t("loading")));
    this.node = h("details", { class: "block", open: scenario.drop.size + scenario.rate.size > 0 },
      h("summary", {}, t("whatif.measures")), h("p", { class: "note" }, t("whatif.measures.note")), this.list);
  }

  async load() {
    const { law, pair: [a, b] } = this.scenario;
    if (law === "none") {
      replace(this.list, h("p", {}, t("whatif.measures.none")));
      return;
    }
    try {
      const on = law === "latest" ? null : law;
      const lists = await Promise.all([[a, b], [b, a]].map(([importer, exporter]) => get("/api/law/measures", { importer, exporter, on })));
      replace(this.list, lists.map(({ measures }, k) => {
        const live = measures.filter((m) => m.live);
        return [h("h3", {}, t("whatif.duties", { ofImporter: ofRegion([a, b][k]), ofExporter: ofRegion([b, a][k]) })),
          live.length ? live.map((m) => this.measure(m)) : h("p", {}, t("whatif.measures.empty"))];
      }));
    } catch (error) {
      replace(this.list, failure(error, () => this.load()));
    }
  }

  measure(m) {
    const { drop, rate: rates } = this.scenario;
    const keep = h("input", { type: "checkbox", checked: !drop.has(m.id), onchange: () => {
      if (keep.checked) drop.delete(m.id); else drop.add(m.id);
      this.changed();
    } });
    const rate = h("input", { type: "number", min: 0, max: 1000, step: 1, value: rates.get(m.id) ?? "", placeholder: m.rate_pct ?? "", "aria-label": t("whatif.rate_of", { id: measure(m.id) }), onchange: () => {
      if (rate.value === "") rates.delete(m.id); else rates.set(m.id, Math.min(1000, Math.max(0, Number(rate.value))));
      this.changed();
    } });
    return h("div", { class: "measure" },
      h("label", {}, keep, h("span", {}, h("strong", {}, measure(m.id)), h("small", {}, ` ${authority(m.authority)}. `, h("span", { lang: "en" }, m.scope)), h("small", { class: "mark", lang: "en" }, ` ${m.id}`))),
      h("span", { class: "rate" }, rate, " %"));
  }
}

// `attempt(kind, key, value)` asks the server whether a measure can be had, and takes it into the scenario if so.
export class NewMeasures {
  constructor(scenario, attempt, changed) {
    this.scenario = scenario;
    this.changed = changed;
    const regions = this.listed(Object.keys(world.vocabulary.regions), region), sectors = this.listed(Object.keys(world.vocabulary.sectors), sector);
    const [kind, kindBox] = this.choose(t("whatif.add.kind"), ADDED.map((one) => [one, t(`whatif.add.${one}`)]), "add");
    const [importer, byBox] = this.choose(t("law.importer"), regions, scenario.pair[0]);
    const [exporter, onBox] = this.choose(t("law.exporter"), regions, scenario.pair[1]);
    const [goods, goodsBox] = this.choose(t("column.sector"), sectors, "machinery");
    const [points, pointsBox] = this.percent(t("whatif.add.rate"), 10);
    const [limit, limitBox] = this.percent(t("whatif.add.limit"), 100);
    const [over, overBox] = this.percent(t("whatif.add.over"), 50, t("whatif.add.no_more"));
    const [origin, originBox] = this.choose(t("whatif.add.origin"), regions, scenario.pair[0]);
    const [rate, rateBox] = this.percent(t("whatif.add.rest"), 25);
    const own = { add: [pointsBox], quota: [limitBox, overBox], content: [originBox, rateBox] };
    const note = h("p", { class: "note" });
    const turn = () => {
      for (const [name, boxes] of Object.entries(own)) for (const box of boxes) box.hidden = name !== kind.value;
      note.textContent = t(`whatif.add.${kind.value}.note`);
    };
    kind.addEventListener("change", turn);
    turn();
    const read = { add: () => Number(points.value), quota: () => [Number(limit.value), over.value === "" ? null : Number(over.value)], content: () => [origin.value, Number(rate.value)] };
    this.said = h("p", { class: "status", role: "status" });
    const button = h("button", { type: "submit" }, t("whatif.add.do"));
    const form = h("form", { class: "choices", onsubmit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      const problem = importer.value === exporter.value ? t("whatif.add.same") : await attempt(kind.value, `${importer.value}<${exporter.value}.${goods.value}`, read[kind.value]());
      button.disabled = false;
      this.said.className = problem ? "status error" : "status";
      this.said.textContent = problem ?? "";
      this.draw();
    } }, kindBox, byBox, onBox, goodsBox, ...Object.values(own).flat(), button);
    this.rows = h("ul", { class: "added" });
    this.node = h("details", { class: "block", open: ADDED.some((name) => scenario[name].size > 0) }, h("summary", {}, t("whatif.add")), form, note, this.said, this.rows);
    this.draw();
  }

  listed(codes, name) {
    return codes.map((code) => [code, name(code)]).sort((x, y) => x[1].localeCompare(y[1]));
  }

  choose(label, options, value) {
    const id = newId("new"), select = h("select", { id }, options.map(([code, text]) => h("option", { value: code, selected: code === value }, text)));
    return [select, h("label", { for: id }, h("span", {}, label), select)];
  }

  percent(label, value, empty = "") {
    const id = newId("new"), input = h("input", { id, type: "number", min: 0, max: HIGHEST, step: "any", value, placeholder: empty, required: !empty });
    return [input, h("label", { for: id }, h("span", {}, label), input)];
  }

  draw() {
    replace(this.rows, ADDED.flatMap((kind) => [...this.scenario[kind]].map(([key, value]) => {
      const text = added(kind, key, value);
      return h("li", {}, text, " ", h("button", { type: "button", "aria-label": `${t("compare.remove")}: ${text}`, onclick: () => { this.scenario[kind].delete(key); this.draw(); this.changed(); } }, t("compare.remove")));
    })));
  }
}
