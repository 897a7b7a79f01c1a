// The figures of an answer: sectors, states and provinces, trade, the world; and the tables behind them.

import { bars, tiles } from "../../charts.js";
import { h, newId } from "../../dom.js";
import { column, Figure } from "../../figure.js";
import { remember } from "../../router.js";
import { capital, jobs, language, listed, money, num, ofRegion, pct, place, region, sector, t, theRegion, tn } from "../../text.js";
import { world } from "../../world.js";
import { MEASURABLE, sectorCode } from "./summary.js";
import { Why } from "./why.js";

const NOTHING = 1e-6; // percent, thousand jobs, million USD: what the solver leaves, not an answer
const SHOWN = 12; // rows of a figure; its table has them all

// A number with the ends of its range, as columns of a table.
const RANGED = (name, title, unit) => [["", ""], ["_low", ` (${t("column.low")})`], ["_high", ` (${t("column.high")})`]].map(([end, words]) => column(name + end, t(title) + words, unit));
const PERCENT = (name, title) => RANGED(name, title, "%");

const signed = (value) => pct(value, true);
const round = (value) => (Number.isFinite(value) ? (Math.abs(value) < NOTHING ? 0 : Number(value.toPrecision(5))) : null);
const read = (title, rows) => `${title} ${rows.map((row) => `${row.label} ${signed(row.value)}`).join("; ")}`;

// The rows that move most, the largest gain first. While a slider is held its rows keep their places.
class Ranking {
  pick(rows, held, always = []) {
    if (!held || !this.order) {
      const most = [...rows].sort((x, y) => Math.abs(y.value) - Math.abs(x.value)).slice(0, SHOWN);
      const missing = rows.filter((row) => always.includes(row.key) && !most.includes(row));
      this.order = [...most.slice(0, SHOWN - missing.length), ...missing].sort((x, y) => y.value - x.value).map((row) => row.key);
    }
    const byKey = new Map(rows.map((row) => [row.key, row]));
    return this.order.map((key) => byKey.get(key));
  }
}

export class Results {
  constructor(scenario, values, redraw, about, asked) {
    this.why = new Why(asked, about);
    this.scenario = scenario;
    this.map = values.get("map") === "jobs" ? "jobs_k" : "income_pct";
    this.side = values.get("side") === scenario.pair[1] ? 1 : 0;
    if (!values.get("side") && scenario.pair.includes("CAN")) this.side = scenario.pair.indexOf("CAN");
    this.ranks = { sectors: new Ranking(), world: new Ranking() };
    const at = (name) => () => ({ path: `/api/figures/${name()}`, query: new URLSearchParams({ lang: language, q: JSON.stringify(asked()) }) });
    this.figures = {
      sectors: new Figure("sectors", { about, table: () => this.sectorTable(), embedded: at(() => `sectors-${scenario.pair[this.side]}`) }),
      map: new Figure("map", { about, table: () => this.mapTable(), embedded: at(() => "places") }),
      world: new Figure("world", { about, table: () => this.worldTable(), embedded: at(() => "welfare") }),
      trade: new Figure("trade", { about, table: () => this.tradeTable(), embedded: at(() => "trade") }),
    };
    const { sectors, map, trade, world: regions } = this.figures;
    sectors.title.before(tabs("side", scenario.pair.map((code, k) => [String(k), region(code)]), String(this.side), (k) => {
      this.side = Number(k);
      this.ranks.sectors = new Ranking();
      remember({ side: scenario.pair[this.side] });
      redraw();
    }));
    map.title.before(tabs("map", [["income_pct", t("map.income")], ["jobs_k", t("map.jobs")]], this.map, (name) => {
      this.map = name;
      remember({ map: name === "jobs_k" ? "jobs" : null });
      redraw();
    }));
    this.node = h("div", { class: "grid" }, h("div", {}, sectors.node, this.why.node, trade.node), h("div", {}, map.node, regions.node));
  }

  show(answer, spread, held) {
    [this.answer, this.spread] = [answer, spread];
    const code = this.scenario.pair[this.side];
    if (this.asked !== answer || this.why.code !== code) this.why.offer(code, answer.sectors[code].output_pct);
    this.asked = answer;
    this.drawSectors(held);
    this.drawMap();
    this.drawTrade();
    this.drawWorld(held);
  }

  drawSectors(held) {
    const code = this.scenario.pair[this.side], band = this.spread?.sectors[code].output_pct;
    const all = this.answer.sectors[code].output_pct.map((value, k) => ({ key: k, label: sector(sectorCode(k)), value: value ?? 0, low: band?.[0][k], high: band?.[1][k] }));
    const rows = this.ranks.sectors.pick(all, held);
    const up = all.filter((row) => row.value > 0.05).length, down = all.filter((row) => row.value < -0.05).length;
    const counts = [up && tn("figure.grow", up), down && tn("figure.shrink", down)].filter(Boolean);
    const title = capital(t(counts.length ? "figure.sectors" : "figure.sectors.still", { of: ofRegion(code), region: theRegion(code), counts: listed(counts) }));
    this.figures.sectors.show(title, (wide) => bars(rows, { show: signed, label: read(title, rows), wide }), t("figure.sectors.note", { n: SHOWN }));
  }

  drawMap() {
    const { places } = this.answer, { map } = this.figures;
    map.node.hidden = !places;
    if (!places) return;
    const values = places[this.map], show = this.map === "jobs_k" ? (v) => jobs(v, true) : signed;
    const losing = values.filter((v) => v < -MEASURABLE).length, gaining = values.filter((v) => v > MEASURABLE).length;
    const some = losing + gaining > 0;
    const title = t(`figure.map.${this.map}${some ? "" : ".still"}`, { losing: tn("count.places", losing), gaining: num(gaining, 0) });
    map.show(title, (wide) => tiles(world.vocabulary.places, values, {
      show, assumed: this.map === "jobs_k" ? places.assumed : [], unit: t(`unit.${this.map}`), label: `${title} ${t("figure.map.see_table")}`, wide,
    }), t(`figure.map.${this.map}.note`));
  }

  drawTrade() {
    const [a, b] = this.scenario.pair;
    this.flows = [[b, a], [a, b]].map(([from, to]) => {
      const { pct: value, before_musd: before, after_musd: after } = this.answer.trade[`${to}<${from}`];
      return { from, to, label: `${region(from)} → ${region(to)}`, value, before, after };
    });
    const title = capital(t("figure.trade", { a: theRegion(a), b: theRegion(b) }));
    this.figures.trade.show(title, (wide) => bars(this.flows, { show: signed, label: read(title, this.flows), wide }),
      this.flows.map((r) => t("labelled", { label: r.label, value: `${money(r.before)} → ${money(r.after)}` })).join(". "));
  }

  drawWorld(held) {
    const all = Object.entries(this.answer.regions).map(([code, values]) => ({ key: code, label: region(code), value: values.welfare_pct, low: this.spread?.welfare_pct[code][0], high: this.spread?.welfare_pct[code][1] }));
    const rows = this.ranks.world.pick(all, held, this.scenario.pair);
    const gaining = all.filter((r) => r.value > MEASURABLE).length, losing = all.filter((r) => r.value < -MEASURABLE).length;
    const kind = gaining && losing ? "" : gaining ? ".rises" : losing ? ".falls" : ".still";
    const title = t(`figure.world${kind}`, { gaining: tn("count.regions", gaining), losing: kind ? tn("count.regions", losing) : num(losing, 0) });
    this.figures.world.show(title, (wide) => bars(rows, { show: signed, label: read(title, rows), wide }), t("figure.world.note"));
  }

  sectorTable() {
    const code = this.scenario.pair[this.side], values = this.answer.sectors[code], band = this.spread?.sectors[code].output_pct;
    return {
      columns: [column("sector", t("column.code")), column("sector_name", t("column.sector")), ...PERCENT("output_pct", "column.output"), column("jobs_thousand", t("column.jobs"), t("unit.thousand_jobs")),
        column("price_pct", t("column.price"), "%"), column("exports_pct", t("column.exports"), "%"), column("imports_pct", t("column.imports"), "%")],
      rows: values.output_pct.map((v, k) => [sectorCode(k), sector(sectorCode(k)), round(v), round(band?.[0][k]), round(band?.[1][k]), round(values.jobs_k[k]), round(values.price_pct[k]), round(values.exports_pct[k]), round(values.imports_pct[k])]),
    };
  }

  mapTable() {
    const { places } = this.answer, end = (name, side, k) => round(this.spread?.places?.[name][side][k]);
    return {
      columns: [column("place", t("column.code")), column("place_name", t("column.place")), ...PERCENT("real_income_pct", "column.income"), ...RANGED("jobs_thousand", "column.jobs", t("unit.thousand_jobs")), column("rests_on_assumed_location", t("column.assumed"))],
      rows: world.vocabulary.places.map((p, k) => [p.code, place(p.code), round(places.income_pct[k]), end("income_pct", 0, k), end("income_pct", 1, k),
        round(places.jobs_k[k]), end("jobs_k", 0, k), end("jobs_k", 1, k), places.assumed[k]]),
    };
  }

  tradeTable() {
    return {
      columns: [column("exporter", t("law.exporter")), column("importer", t("law.importer")), column("before_musd", t("column.before"), t("unit.musd")), column("after_musd", t("column.after"), t("unit.musd")), column("change_pct", t("column.change"), "%")],
      rows: this.flows.map((r) => [r.from, r.to, round(r.before), round(r.after), round(r.value)]),
    };
  }

  worldTable() {
    const end = (code, k) => round(this.spread?.welfare_pct[code][k]);
    return {
      columns: [column("region", t("column.code")), column("region_name", t("column.region")), ...PERCENT("real_income_pct", "column.income"), column("real_income_musd", t("column.income"), t("unit.musd")), column("real_wage_pct", t("column.wage"), "%"), column("exports_pct", t("column.exports"), "%"), column("imports_pct", t("column.imports"), "%")],
      rows: Object.entries(this.answer.regions).map(([code, r]) => [code, region(code), round(r.welfare_pct), end(code, 0), end(code, 1), round(r.welfare_musd), round(r.real_wage_pct), round(r.exports_pct), round(r.imports_pct)]),
    };
  }
}

// A choice between a few, as buttons that touch.
export function tabs(name, options, chosen, pick) {
  const id = newId(name);
  return h("fieldset", { class: "tabs" }, h("legend", { class: "visually-hidden" }, t(`choose.${name}`)),
    options.map(([value, text]) => h("label", {}, h("input", { type: "radio", name: id, value, checked: value === chosen, onchange: () => pick(value) }), h("span", {}, text))));
}
