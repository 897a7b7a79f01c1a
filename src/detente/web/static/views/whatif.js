// What if: sliders and measures, the world economy re-solved, who gains and who loses.

import { get, post, send } from "../api.js";
import { announce, failure, follow, link, query, remember, world } from "../app.js";
import { bars, tiles } from "../charts.js";
import { h, newId, replace, save } from "../dom.js";
import { Figure, cite } from "../figure.js";
import { fromQuery, packed, question, toQuery } from "../scenario.js";
import { capital, day, jobs, money, num, ofRegion, pct, place, region, sector, t, theRegion, track } from "../text.js";

const TOP = 100; // percent, end of the sliders
const QUIET = 500; // milliseconds without a change before ranges are asked for
const SHOWN = 12; // sectors in the figure; the table has them all
const MEASURABLE = 0.005; // percent

export async function show(shell, values) {
  const screen = new Screen(shell, values);
  await screen.start();
  return () => screen.stop();
}

class Screen {
  constructor(shell, values) {
    this.shell = shell;
    this.scenario = fromQuery(values);
    this.map = values.get("map") === "jobs" ? "jobs_k" : "income_pct";
    this.side = values.get("side") === this.scenario.pair[1] ? 1 : 0;
    if (!values.get("side") && this.scenario.pair.includes("CAN")) this.side = this.scenario.pair.indexOf("CAN");
    this.tracks = world.vocabulary.tracks;
    this.sliders = new Map();
    this.alive = true;
  }

  async start() {
    this.build();
    await this.solve();
    this.measures();
  }

  stop() {
    this.alive = false;
    clearTimeout(this.timer);
    this.ranging?.abort();
  }

  // -- the page ---------------------------------------------------------------------------------------------------

  build() {
    const [a, b] = this.scenario.pair;
    this.status = h("p", { class: "status", role: "status" }, t("whatif.solving"));
    this.summary = h("div", { class: "summary", "aria-live": "polite" });
    this.cards = h("div", { class: "cards" });
    const source = () => this.source();
    this.figures = {
      sectors: new Figure("sectors", { source, table: () => this.sectorTable() }),
      map: new Figure("map", { source, table: () => this.mapTable() }),
      world: new Figure("world", { source, table: () => this.worldTable() }),
      trade: new Figure("trade", { source, table: () => this.tradeTable() }),
    };
    this.list = h("div", { class: "measures" }, h("p", { class: "loading" }, t("loading")));
    const choose = (name, label, options) =>
      h("label", {}, h("span", {}, label), h("select", { id: `choose-${name}`, onchange: (event) => this.choose(name, event.target.value) },
        options.map(([value, text]) => h("option", { value, selected: value === this.scenario[name] }, text))));
    const controls = h("section", { class: "controls card", "aria-label": t("whatif.controls") },
      h("div", { class: "choices" },
        choose("law", t("whatif.start"), [["latest", t("whatif.start.latest")], ["none", t("whatif.start.none")],
          ...(/^\d/.test(this.scenario.law) ? [[this.scenario.law, day(this.scenario.law)]] : [])]),
        choose("against", t("whatif.against"), [["2024", t("whatif.against.2024")], ["law", t("whatif.against.law")]]),
        choose("horizon", t("whatif.horizon"), ["short", "medium", "long"].map((name) => [name, t(`horizon.${name}`)]))),
      this.group(a, b), this.group(b, a),
      h("button", { type: "button", class: "reset", onclick: () => this.reset() }, t("whatif.reset")),
      h("details", { class: "block" }, h("summary", {}, t("whatif.measures")), h("p", { class: "note" }, t("whatif.measures.note")), this.list),
      this.adder());
    const kept = query().getAll("s");
    const results = h("section", { class: "results", "aria-label": t("whatif.results") },
      this.status, this.summary, this.cards,
      h("div", { class: "grid" }, h("div", {}, this.figures.sectors.node, this.figures.trade.node), h("div", {}, this.figures.map.node, this.figures.world.node)),
      h("div", { class: "card actions" },
        h("button", { type: "button", onclick: () => this.keep(), disabled: kept.length >= 4 }, t("whatif.keep")),
        kept.length ? h("a", { class: "button", href: `/?${compareQuery(kept)}`, onclick: follow }, t("whatif.compare", { n: kept.length })) : null,
        h("button", { type: "button", onclick: (event) => this.report(event.currentTarget) }, t("whatif.report")),
        h("button", { type: "button", onclick: (event) => this.file(event.currentTarget) }, t("whatif.file")),
        h("button", { type: "button", onclick: (event) => cite(event.currentTarget) }, t("figure.cite")),
        h("details", {}, h("summary", {}, t("whatif.assumptions")), h("ul", {}, ["model", "horizon", "deficit", "law", "range", "left_out"].map((key) => h("li", {}, t(`assume.${key}`)))))));
    replace(this.shell, h("h1", {}, t("whatif.title")), h("p", { class: "lead" }, t("whatif.lead", { a: theRegion(a), b: theRegion(b) })), h("div", { class: "columns" }, controls, results));
    this.figures.sectors.title.before(this.tabs("side", this.scenario.pair.map((code, k) => [String(k), region(code)]), String(this.side), (k) => {
      this.side = Number(k);
      remember({ side: this.scenario.pair[this.side] });
      this.draw();
    }));
    this.figures.map.title.before(this.tabs("map", [["income_pct", t("map.income")], ["jobs_k", t("map.jobs")]], this.map, (name) => {
      this.map = name;
      remember({ map: name === "jobs_k" ? "jobs" : null });
      this.draw();
    }));
  }

  tabs(name, options, chosen, pick) {
    const id = newId(name);
    return h("fieldset", { class: "tabs" }, h("legend", { class: "visually-hidden" }, t(`choose.${name}`)),
      options.map(([value, text]) => h("label", {}, h("input", { type: "radio", name: id, value, checked: value === chosen, onchange: () => pick(value) }), h("span", {}, text))));
  }

  group(importer, exporter) {
    const flow = `${importer}<${exporter}`;
    return h("fieldset", { class: "sliders" },
      h("legend", {}, t("whatif.duties", { ofImporter: ofRegion(importer), ofExporter: ofRegion(exporter) })),
      Object.keys(this.tracks).map((name) => this.slider(flow, name)));
  }

  slider(flow, name) {
    const key = `${flow}.${name}`, id = newId("slider");
    const output = h("output", { for: id });
    const input = h("input", {
      type: "range", id, min: 0, max: TOP, step: 1, "data-key": key, value: this.scenario.set.get(key) ?? 0,
      title: this.tracks[name].map(sector).join(", "),
      oninput: () => this.slide(key, Number(input.value)),
      onchange: () => this.settle(),
    });
    const undo = h("button", { type: "button", class: "undo", hidden: true, onclick: () => this.undo(key), "aria-label": t("whatif.undo", { track: track(name) }) }, "↺");
    this.sliders.set(key, { input, output, undo });
    return h("div", { class: "slider" }, h("label", { for: id }, track(name)), input, output, undo);
  }

  // A duty that is in nobody's law yet: any importer, exporter and sector.
  adder() {
    const names = (codes, name) => codes.map((code) => [code, name(code)]).sort((x, y) => x[1].localeCompare(y[1]));
    const regions = names(Object.keys(world.vocabulary.regions), region), sectors = names(Object.keys(world.vocabulary.sectors), sector);
    const choose = (label, options, value) => {
      const select = h("select", {}, options.map(([code, text]) => h("option", { value: code, selected: code === value }, text)));
      return [select, h("label", {}, h("span", {}, label), select)];
    };
    const [importer, byLabel] = choose(t("law.importer"), regions, this.scenario.pair[0]);
    const [exporter, onLabel] = choose(t("law.exporter"), regions, "MEX");
    const [goods, goodsLabel] = choose(t("column.sector"), sectors, "machinery");
    const rate = h("input", { type: "number", min: 0, max: 200, step: "any", value: 10 });
    const listed = h("ul", { class: "added" });
    const change = () => { this.settle(); this.solve(); draw(); };
    const draw = () => replace(listed, [...this.scenario.add].map(([key, percent]) => {
      const [flow, code] = key.split("."), [by, on] = flow.split("<");
      const text = `${region(by)} ← ${region(on)}, ${sector(code)}: +${pct(percent, false, 1)}`;
      return h("li", {}, text, " ", h("button", { type: "button", "aria-label": `${t("compare.remove")}: ${text}`, onclick: () => { this.scenario.add.delete(key); change(); } }, t("compare.remove")));
    }));
    draw();
    this.drawAdded = draw;
    return h("details", { class: "block", open: this.scenario.add.size > 0 }, h("summary", {}, t("whatif.add")), h("p", { class: "note" }, t("whatif.add.note")),
      h("div", { class: "choices" }, byLabel, onLabel, goodsLabel, h("label", {}, h("span", {}, t("whatif.add.rate")), rate),
        h("button", { type: "button", onclick: () => {
          const value = Number(rate.value);
          if (importer.value !== exporter.value && value > 0 && value <= 200) this.scenario.add.set(`${importer.value}<${exporter.value}.${goods.value}`, value);
          change();
        } }, t("whatif.add.do"))), listed);
  }

  // -- changes ----------------------------------------------------------------------------------------------------

  slide(key, percent) {
    this.touched = performance.now();
    this.scenario.set.set(key, percent);
    this.mark(key, percent);
    this.solve();
  }

  settle() {
    remember({ ...toQuery(this.scenario), data: world.vocabulary.baseline.hash });
    this.figures.sectors.node.dispatchEvent(new Event("settled"));
  }

  mark(key, percent) {
    const { input, output, undo } = this.sliders.get(key);
    const changed = this.scenario.set.has(key);
    if (!changed) input.value = percent;
    const text = pct(percent, false, percent < 10 && percent % 1 ? 1 : 0);
    output.textContent = text;
    input.setAttribute("aria-valuetext", changed ? text : t("whatif.as_law", { rate: text }));
    input.parentElement.classList.toggle("changed", changed);
    undo.hidden = !changed;
  }

  undo(key) {
    this.scenario.set.delete(key);
    this.settle();
    this.solve();
    this.sliders.get(key).input.focus();
  }

  reset() {
    this.scenario.set.clear();
    this.scenario.add.clear();
    this.drawAdded();
    this.scenario.drop.clear();
    this.scenario.rate.clear();
    this.settle();
    this.solve();
    this.measures();
  }

  choose(name, value) {
    this.scenario[name] = value;
    this.settle();
    this.solve();
    if (name === "law") this.measures();
  }

  // -- answers ----------------------------------------------------------------------------------------------------

  // One request at a time; of the changes made meanwhile, the last is sent next.
  async solve() {
    clearTimeout(this.timer);
    this.ranging?.abort();
    this.range = null;
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    do {
      this.again = false;
      const touched = this.touched;
      const slow = setTimeout(() => { this.status.textContent = t("whatif.solving"); this.status.className = "status busy"; }, 400);
      try {
        const asked = performance.now();
        const answer = await post("/api/whatif", question(this.scenario, this.tracks));
        if (!this.alive) return;
        const received = performance.now();
        this.answer = answer;
        this.draw();
        if (touched) {
          performance.measure("detente:update", { start: touched, end: performance.now(), detail: {
            waiting: asked - touched, request: received - asked, drawing: performance.now() - received, server: this.answer.diagnostics } });
        }
        const { iterations, solve_ms: spent } = answer.diagnostics;
        this.status.textContent = t("whatif.solved", { ms: num(spent, 0), n: num(iterations, 0) });
        this.status.className = "status";
        this.shell.classList.remove("stale");
      } catch (error) {
        if (!this.alive) return;
        this.shell.classList.add("stale");
        this.status.className = "status error";
        this.status.textContent = `${error.message} ${this.answer ? t("whatif.last_good") : ""}`;
        if (!this.answer) replace(this.summary, failure(error, () => this.solve()));
        announce(error.message);
      } finally {
        clearTimeout(slow);
      }
    } while (this.again && this.alive);
    this.busy = false;
    this.timer = setTimeout(() => this.ask(), QUIET);
  }

  async ask() {
    if (!this.alive || !this.answer) return;
    this.ranging = new AbortController();
    this.summary.classList.add("waiting");
    try {
      const range = await post("/api/whatif/range", question(this.scenario, this.tracks), this.ranging.signal);
      if (this.again || this.busy || !this.alive) return;
      this.range = range;
      this.draw();
      announce(this.summary.textContent);
    } catch (error) {
      if (error.name !== "AbortError") this.note = t("whatif.no_range", { why: error.message });
    } finally {
      this.summary.classList.remove("waiting");
    }
  }

  draw() {
    const { regions, rates } = this.answer;
    for (const [key] of this.sliders) {
      const [flow, name] = key.split(".");
      this.mark(key, this.scenario.set.get(key) ?? rates[flow][name] ?? 0);
    }
    replace(this.summary, this.sentences().map((text) => h("p", {}, text)));
    replace(this.cards, this.scenario.pair.map((code) => this.card(code, regions[code])));
    this.drawSectors();
    this.drawMap();
    this.drawTrade();
    this.drawWorld();
  }

  inRange(pair, showValue) {
    return pair && pair.every(Number.isFinite) ? t("in_range", { low: showValue(pair[0]), high: showValue(pair[1]) }) : "";
  }

  sentences() {
    const { regions, sectors, places, trade } = this.answer;
    const said = this.scenario.pair.map((code) => {
      const { welfare_pct: welfare, welfare_musd: dollars } = regions[code];
      const ends = this.range?.welfare_pct[code];
      const key = Math.abs(welfare) < MEASURABLE ? "flat" : ends && ends[0] * ends[1] < 0 ? "unclear" : welfare > 0 ? "gain" : "loss";
      return t(`summary.${key}`, {
        region: capital(theRegion(code)), n: pct(Math.abs(welfare)), signed: pct(welfare, true), money: money(Math.abs(dollars)),
        range: this.range ? this.inRange(this.range.welfare_pct[code], (v) => pct(v, true)) : "",
      });
    });
    for (const code of this.scenario.pair) {
      const output = sectors[code].output_pct;
      const order = output.map((v, k) => [v ?? 0, k]).sort((x, y) => x[0] - y[0]);
      const [worst, best] = [order[0], order.at(-1)];
      if (Math.max(-worst[0], best[0]) < 0.05) continue;
      said.push(t("summary.sectors", {
        region: theRegion(code), of: ofRegion(code), down: sector(this.code(worst[1])).toLowerCase(), dn: pct(worst[0], true), up: sector(this.code(best[1])).toLowerCase(), un: pct(best[0], true),
      }));
    }
    if (places) {
      const income = places.income_pct.map((v, k) => [v, k]).filter(([v]) => Number.isFinite(v)).sort((x, y) => x[0] - y[0]);
      const listed = world.vocabulary.places;
      if (income[0] && Math.abs(income[0][0]) >= MEASURABLE) {
        said.push(t("summary.places", { worst: place(listed[income[0][1]].code), wn: pct(income[0][0], true), best: place(listed[income.at(-1)[1]].code), bn: pct(income.at(-1)[0], true) }));
      }
    }
    const [a, b] = this.scenario.pair;
    said.push(t("summary.trade", {
      a: theRegion(a), b: theRegion(b), ofA: ofRegion(a), ofB: ofRegion(b), ab: pct(trade[`${b}<${a}`].pct, true), ba: pct(trade[`${a}<${b}`].pct, true),
    }));
    if (this.range) said.push(t("summary.range", { n: this.range.draws }));
    return said;
  }

  code(k) {
    return Object.keys(world.vocabulary.sectors)[k];
  }

  card(code, values) {
    const range = this.range?.welfare_pct[code];
    return h("div", { class: "card number-card" },
      h("h2", {}, region(code)),
      h("p", { class: "big" }, pct(values.welfare_pct, true)),
      h("p", { class: "under" }, t("card.income"), range ? h("span", {}, ` ${this.inRange(range, (v) => pct(v, true))}`) : null),
      h("dl", {},
        [["card.money", money(values.welfare_musd, true)], ["card.wage", pct(values.real_wage_pct, true)], ["card.exports", pct(values.exports_pct, true)], ["card.revenue", money(values.revenue_change_musd, true)]]
          .map(([key, text]) => [h("dt", {}, t(key)), h("dd", {}, text)])));
  }

  drawSectors() {
    const code = this.scenario.pair[this.side];
    const output = this.answer.sectors[code].output_pct;
    const band = this.range?.sectors[code].output_pct;
    const rows = output.map((value, k) => ({ label: sector(this.code(k)), value: value ?? 0, low: band?.[0][k], high: band?.[1][k] }))
      .sort((x, y) => Math.abs(y.value) - Math.abs(x.value)).slice(0, SHOWN).sort((x, y) => y.value - x.value);
    const up = rows.filter((row) => row.value > 0.05).length, down = rows.filter((row) => row.value < -0.05).length;
    const title = t("figure.sectors", { of: ofRegion(code), up, down, n: SHOWN });
    this.figures.sectors.show(title, bars(rows, { show: (v) => pct(v, true), label: `${title} ${rows.map((r) => `${r.label} ${pct(r.value, true)}`).join("; ")}` }), t("figure.sectors.note"));
  }

  drawMap() {
    const { places } = this.answer;
    this.figures.map.node.hidden = !places;
    if (!places) return;
    const values = places[this.map], listed = world.vocabulary.places;
    const showValue = this.map === "jobs_k" ? (v) => jobs(v, true) : (v) => pct(v, true);
    const losing = values.filter((v) => v < -MEASURABLE).length, gaining = values.filter((v) => v > MEASURABLE).length;
    const title = t(`figure.map.${this.map}`, { losing, gaining });
    this.figures.map.show(title, tiles(listed, values, {
      show: showValue, assumed: this.map === "jobs_k" ? places.assumed : [], unit: t(`unit.${this.map}`),
      label: `${title} ${t("figure.map.see_table")}`,
    }), t(`figure.map.${this.map}.note`));
  }

  drawTrade() {
    const [a, b] = this.scenario.pair;
    const rows = [[b, a], [a, b]].map(([from, to]) => {
      const { pct: value, before_musd: before, after_musd: after } = this.answer.trade[`${to}<${from}`];
      return { label: `${region(from)} → ${region(to)}`, value, before, after };
    });
    this.tradeRows = rows;
    const title = t("figure.trade", { a: theRegion(a), b: theRegion(b) });
    this.figures.trade.show(capital(title), bars(rows, { show: (v) => pct(v, true), label: `${title}: ${rows.map((r) => `${r.label} ${pct(r.value, true)}`).join("; ")}` }),
      rows.map((r) => `${r.label}: ${money(r.before)} → ${money(r.after)}`).join(" · "));
  }

  drawWorld() {
    const rows = Object.entries(this.answer.regions).map(([code, values]) => ({
      label: region(code), value: values.welfare_pct, low: this.range?.welfare_pct[code][0], high: this.range?.welfare_pct[code][1] }))
      .sort((x, y) => Math.abs(y.value) - Math.abs(x.value)).slice(0, SHOWN).sort((x, y) => y.value - x.value);
    const gaining = Object.values(this.answer.regions).filter((r) => r.welfare_pct > MEASURABLE).length;
    const losing = Object.values(this.answer.regions).filter((r) => r.welfare_pct < -MEASURABLE).length;
    const title = t("figure.world", { gaining, losing });
    this.figures.world.show(title, bars(rows, { show: (v) => pct(v, true), label: `${title} ${rows.map((r) => `${r.label} ${pct(r.value, true)}`).join("; ")}` }), t("figure.world.note"));
  }

  // -- tables and files -------------------------------------------------------------------------------------------

  sectorTable() {
    const code = this.scenario.pair[this.side], values = this.answer.sectors[code];
    const band = this.range?.sectors[code].output_pct;
    return {
      head: [t("column.sector"), t("column.output"), t("column.low"), t("column.high"), t("column.jobs"), t("column.price"), t("column.exports"), t("column.imports")],
      rows: values.output_pct.map((v, k) => [sector(this.code(k)), round(v), round(band?.[0][k]), round(band?.[1][k]), round(values.jobs_k[k]), round(values.price_pct[k]), round(values.exports_pct[k]), round(values.imports_pct[k])]),
    };
  }

  mapTable() {
    const { places } = this.answer;
    const bandOf = (name, end) => (k) => round(this.range?.places?.[name][end][k]);
    return {
      head: [t("column.place"), t("unit.income_pct"), t("column.low"), t("column.high"), t("unit.jobs_k"), t("column.assumed")],
      rows: world.vocabulary.places.map((p, k) => [place(p.code), round(places.income_pct[k]), bandOf("income_pct", 0)(k), bandOf("income_pct", 1)(k), round(places.jobs_k[k]), places.assumed[k] ? t("yes") : ""]),
    };
  }

  tradeTable() {
    return {
      head: [t("column.flow"), t("column.before"), t("column.after"), t("column.change")],
      rows: this.tradeRows.map((r) => [r.label, round(r.before), round(r.after), round(r.value)]),
    };
  }

  worldTable() {
    return {
      head: [t("column.region"), t("unit.income_pct"), t("column.low"), t("column.high"), t("column.musd"), t("column.wage"), t("column.exports"), t("column.imports")],
      rows: Object.entries(this.answer.regions).map(([code, r]) => [region(code), round(r.welfare_pct), round(this.range?.welfare_pct[code][0]), round(this.range?.welfare_pct[code][1]), round(r.welfare_musd), round(r.real_wage_pct), round(r.exports_pct), round(r.imports_pct)]),
    };
  }

  source() {
    const { baseline, version } = world.vocabulary;
    return t("source.model", { version, baseline: baseline.title, hash: baseline.hash, horizon: t(`horizon.${this.scenario.horizon}`), against: t(`whatif.against.${this.scenario.against}`) });
  }

  async download(button, path, name) {
    const label = button.textContent;
    button.disabled = true;
    button.textContent = t("working");
    try {
      const reply = await send("POST", path, question(this.scenario, this.tracks));
      save(name, await reply.blob());
      button.textContent = label;
    } catch (error) {
      button.textContent = label;
      this.status.className = "status error";
      this.status.textContent = error.message;
      announce(error.message);
    }
    button.disabled = false;
  }

  report(button) {
    return this.download(button, "/api/whatif/report", "report.html");
  }

  file(button) {
    return this.download(button, "/api/whatif/file", "scenario.yaml");
  }

  keep() {
    const kept = [...query().getAll("s"), packed(this.scenario)].slice(0, 4);
    const next = query();
    next.delete("s");
    kept.forEach((one) => next.append("s", one));
    history.replaceState(null, "", `/?${next}`);
    this.shell.querySelector(".actions").prepend(
      ...this.shell.querySelectorAll(".actions a.button").length ? [] : [h("a", { class: "button", href: "#" })]);
    const button = this.shell.querySelector(".actions a.button");
    button.textContent = t("whatif.compare", { n: kept.length });
    button.setAttribute("href", `/?${compareQuery(kept)}`);
    button.onclick = follow;
    announce(t("whatif.kept", { n: kept.length }));
  }

  // -- measures ---------------------------------------------------------------------------------------------------

  async measures() {
    if (this.scenario.law === "none") {
      replace(this.list, h("p", {}, t("whatif.measures.none")));
      return;
    }
    const on = this.scenario.law === "latest" ? null : this.scenario.law;
    const [a, b] = this.scenario.pair;
    try {
      const lists = await Promise.all([[a, b], [b, a]].map(([importer, exporter]) => get("/api/law/measures", { importer, exporter, on })));
      if (!this.alive) return;
      replace(this.list, lists.map(({ measures }, k) => {
        const live = measures.filter((m) => m.live);
        return [h("h3", {}, t("whatif.duties", { ofImporter: ofRegion([a, b][k]), ofExporter: ofRegion([b, a][k]) })),
          live.length ? live.map((m) => this.measure(m)) : h("p", {}, t("whatif.measures.empty"))];
      }));
    } catch (error) {
      replace(this.list, failure(error, () => this.measures()));
    }
  }

  measure(m) {
    const keep = h("input", { type: "checkbox", checked: !this.scenario.drop.has(m.id), onchange: () => {
      if (keep.checked) this.scenario.drop.delete(m.id); else this.scenario.drop.add(m.id);
      this.settle();
      this.solve();
    } });
    const rate = h("input", { type: "number", min: 0, max: 1000, step: 1, value: this.scenario.rate.get(m.id) ?? "", placeholder: m.rate_pct ?? "", "aria-label": t("whatif.rate_of", { id: m.id }), onchange: () => {
      if (rate.value === "") this.scenario.rate.delete(m.id); else this.scenario.rate.set(m.id, Math.min(1000, Math.max(0, Number(rate.value))));
      this.settle();
      this.solve();
    } });
    return h("div", { class: "measure" },
      h("label", {}, keep, h("span", {}, h("strong", {}, m.id), h("small", { lang: "en" }, ` ${m.authority}. ${m.scope}`))),
      h("span", { class: "rate" }, rate, " %"));
  }
}

const round = (value) => (Number.isFinite(value) ? Number(value.toPrecision(5)) : null);

function compareQuery(kept) {
  const next = new URLSearchParams({ view: "compare", lang: query().get("lang") ?? "en" });
  kept.forEach((one) => next.append("s", one));
  return next;
}
