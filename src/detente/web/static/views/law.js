// Today's law: the average rate on a day, how it came about, the rate of every sector, and why.

import { get } from "../api.js";
import { stacked } from "../charts.js";
import { h, newId, replace } from "../dom.js";
import { column, Figure, tableFiles } from "../figure.js";
import { cell, grid, number } from "../grid.js";
import { announce, beyond, failure, misread } from "../messages.js";
import { follow, go, link, remember } from "../router.js";
import { isDay } from "../scenario.js";
import { amount, authority, capital, day, listed, measure, num, ofRegion, pct, points, range, region, sector, t, theRegion } from "../text.js";
import { world } from "../world.js";
import { reasons } from "./reasons.js";
import { calendar, Collected } from "./time.js";

const FIRST = 12; // sectors shown before all are asked for
const SMALL = 0.05; // points; smaller layers are in the CSV file
const LEAST = 100; // million USD of trade for a sector to be named in the headline

export async function show(shell, values) {
  const unknown = [], given = (name, fits, other) => {
    const text = values.get(name);
    if (text === null || fits(text)) return text ?? other;
    unknown.push(`${name}=${text}`);
    return other;
  };
  const code = (name, other) => given(name, (text) => text in world.vocabulary.regions, other);
  const state = {
    importer: code("importer", "USA"),
    exporter: code("exporter", values.get("importer") === "CAN" ? "USA" : "CAN"),
    on: given("on", isDay, null),
    sort: given("sort", (text) => text in SORTS, "rate"),
  };
  const { importer, exporter, on } = state, opened = given("sector", (text) => text in world.vocabulary.sectors, null);
  const title = h("h1", {}, capital(t("law.title", names(importer, exporter))));
  replace(shell, title, misread(unknown), controls(state), h("p", { class: "status busy", role: "status" }, t("law.loading")));
  const [mine, mirror] = await Promise.all([
    get("/api/law/day", { importer, exporter, on }),
    get("/api/law/day", { importer: exporter, exporter: importer, on }),
  ]);
  shell.querySelector(".status").remove();
  if (!mine.imports_musd) {
    shell.append(h("div", { class: "card" }, h("p", {}, capital(t(importer === exporter ? "law.one_region" : "law.no_measures", names(importer, exporter))))));
    if (mirror.imports_musd) shell.append(h("div", { class: "cards" }, card(mirror, true)));
    return;
  }
  remember({ importer, exporter, on: mine.on, data: world.vocabulary.baseline.hash }); // the link keeps its day when the law moves on
  state.on = mine.on;
  shell.querySelector("input[type=date]").value = mine.on;
  const figure = new Figure("history", { about: () => about(mine), table: () => historyTable(figure.data) });
  figure.wait(t("law.history"), h("p", { class: "loading" }, t("law.history.loading")));
  const collected = new Collected(() => about(mine)), coming = h("section", { class: "card" });
  const place = h("div", { class: "card", id: "why", hidden: true });
  shell.append(...beyond(mine.on, mine.coverage[1]), headline(mine), h("div", { class: "cards" }, card(mine, false), card(mirror, true)),
    figure.node, collected.node, coming, sectorTable(mine, state, place), place, parts(mine), notes(mine));
  calendar(coming, state).catch((error) => replace(coming, failure(error)));
  if (opened) reasons(place, state, mine.on, opened);
  get("/api/law/history", { importer, exporter }).then((data) => { draw(figure, data, mine); collected.show(data, mine.on); }).catch((error) => {
    figure.wait(t("law.history"), failure(error));
  });
}

// What a figure or a table that leaves this screen says of itself.
const about = (data) => ({
  scenario: [capital(t("law.scenario", { ...names(data.importer, data.exporter), day: day(data.on) })), ...beyond(data.on, data.coverage[1]).map((one) => one.textContent)].join(" "), slug: `${data.importer}-on-${data.exporter}-${data.on}`,
  source: t("source.law", { version: world.vocabulary.version, on: day(data.coverage[1]) }), range: t("law.range"),
});

const names = (importer, exporter) => ({ importer: theRegion(importer), exporter: theRegion(exporter), ofImporter: ofRegion(importer), ofExporter: ofRegion(exporter) });

function headline(data) {
  const [low, central, high] = data.average_pct, change = data.since.change_pct;
  const top = data.sectors.filter((row) => row.imports_musd > LEAST).sort((a, b) => (b.rate_pct[1] ?? 0) - (a.rate_pct[1] ?? 0))[0];
  const moved = t(Math.abs(change) < 0.05 ? "law.same" : change > 0 ? "law.more" : "law.less", { change: num(Math.abs(change), 1), since: day(data.since.on) });
  const worst = top && top.rate_pct[1] > 0.5 ? ` ${t("law.top", { sector: sector(top.sector).toLowerCase(), n: pct(top.rate_pct[1]) })}` : "";
  return h("div", { class: "summary" },
    h("p", { class: "first" }, t("law.headline", { day: day(data.on), ...names(data.importer, data.exporter), n: pct(central), range: `(${range(low, high, pct)})` })),
    h("p", {}, moved, worst));
}

function controls(state) {
  const change = (values) => go(link({ ...state, sort: null, ...values, view: "law", sector: null }));
  const choose = (name) => {
    const id = newId(name);
    return h("label", { for: id }, h("span", {}, t(`law.${name}`)), h("select", { id, onchange: (event) => change({ [name]: event.target.value }) },
      Object.keys(world.vocabulary.regions).map((code) => h("option", { value: code, selected: code === state[name] }, region(code)))));
  };
  const id = newId("on");
  return h("div", { class: "choices card" },
    h("label", { for: id }, h("span", {}, t("law.day")), h("input", { id, type: "date", min: world.vocabulary.coverage[0], value: state.on ?? world.vocabulary.coverage[1], onchange: (event) => event.target.value && change({ on: event.target.value }) })),
    choose("importer"), choose("exporter"),
    h("a", { class: "button", href: link({ importer: state.exporter, exporter: state.importer, view: "law", sector: null }), onclick: follow }, t("law.swap")),
    h("a", { class: "button", href: link({ view: "whatif", importer: null, exporter: null, sector: null, on: null, law: state.on, pair: `${state.importer}-${state.exporter}` }), onclick: follow }, t("law.whatif")));
}

function card(data, mirror) {
  const [low, central, high] = data.average_pct;
  return h("div", { class: "card number-card" },
    h("h2", {}, t("law.card", { importer: region(data.importer), exporter: region(data.exporter), ofImporter: ofRegion(data.importer), ofExporter: ofRegion(data.exporter) })),
    h("p", { class: "big" }, pct(central)),
    h("p", { class: "under" }, `(${range(low, high, pct)})`),
    h("dl", {}, h("dt", {}, t("law.since", { since: day(data.since.on) })), h("dd", {}, points(data.since.change_pct, 1, true)),
      h("dt", {}, t("law.imports")), h("dd", {}, amount(data.imports_musd)),
      Object.entries(data.by_authority_pct).sort((a, b) => b[1] - a[1]).slice(0, 4).map(([name, value]) => [h("dt", {}, authority(name)), h("dd", {}, points(value, 2))])),
    mirror ? h("p", {}, h("a", { href: link({ importer: data.importer, exporter: data.exporter, view: "law", sector: null }), onclick: follow }, t("law.mirror"))) : null);
}

function draw(figure, data, mine) {
  const total = new Map();
  for (const step of data.steps) for (const [name, value] of Object.entries(step.by_authority_pct)) total.set(name, (total.get(name) ?? 0) + value);
  const authorities = [...total].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const steps = data.steps.map((step) => ({ from: step.from, until: step.until, parts: step.by_authority_pct, average: step.average_pct }));
  const peak = steps.reduce((best, step) => (step.average[1] > best.average[1] ? step : best));
  const title = capital(t("law.history.title", { of: ofRegion(data.importer), peak: pct(peak.average[1]), when: day(peak.from), day: day(mine.on), now: pct(mine.average_pct[1]) }));
  figure.data = { steps, authorities };
  const chart = (wide) => stacked(steps, authorities, {
    named: authority,
    label: `${title} ${t("law.history.see")}`, mark: mine.on, jumps: data.jumps.map((one) => ({ date: one.date, cause: cause(one) })), wide, onpick: (on) => go(link({ on, view: "law" })) });
  figure.show(title, chart, t("law.history.note"));
  const jumps = data.jumps.filter((j) => Math.abs(j.change_pct) >= 0.05);
  const label = t("law.jumps", { n: jumps.length });
  figure.canvas.append(
    h("details", {}, h("summary", {}, label), grid(label, [t("column.date"), t("column.points"), t("column.cause")], jumps.map((j) => [
      h("th", { scope: "row" }, h("a", { href: link({ on: j.date, view: "law" }), onclick: follow }, day(j.date))), number(num(j.change_pct, 2, true)), cause(j)]), { stack: true })));
}

function historyTable({ steps, authorities }) {
  return {
    columns: [column("from", t("column.from")), column("until", t("column.until")), column("average_pct", t("column.average"), "%"), column("average_pct_low", t("column.low"), "%"), column("average_pct_high", t("column.high"), "%"),
      ...authorities.map((name) => column(`${name.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "")}_points`, authority(name), t("unit.points")))],
    rows: steps.map((step) => [step.from, step.until, step.average[1], step.average[0], step.average[2], ...authorities.map((name) => step.parts[name] ?? 0)]),
  };
}

const SORTS = {
  rate: (a, b) => (b.rate_pct[1] ?? 0) - (a.rate_pct[1] ?? 0),
  imports: (a, b) => b.imports_musd - a.imports_musd,
  name: (a, b) => sector(a.sector).localeCompare(sector(b.sector)),
};

function sectorTable(data, state, place) {
  const top = Math.max(1, ...data.sectors.map((row) => row.rate_pct[1] ?? 0));
  const open = (row) => h("button", { type: "button", class: "plain", "aria-controls": "why", onclick: () => reasons(place, state, data.on, row.sector) }, sector(row.sector));
  const known = (value, text) => (value === null || value === undefined ? t("not_recorded") : text);
  const line = (row) => {
    const [low, central, high] = row.rate_pct;
    const bar = h("span", { class: "bar", "aria-hidden": "true" });
    bar.style.width = `${(4.5 * (central ?? 0)) / top}rem`;
    return [open(row), number([bar, pct(central), h("small", {}, range(low, high, pct))], { class: "number with-bar" }),
      cell([row.layers.filter((one) => one.points >= SMALL).map(layer), row.prohibited_share > 0.001 ? h("p", { class: "layer" }, t("law.prohibited", { n: pct(100 * row.prohibited_share, false, 0) })) : null, row.layers.length ? null : t("law.none_applied")]),
      number(known(row.claim_share, pct(100 * row.claim_share, false, 0))), number(amount(row.imports_musd)),
      number(known(row.exposed_musd, amount(row.exposed_musd))), number(amount((row.imports_musd * (central ?? 0)) / 100))];
  };
  let all = false, how = state.sort;
  const sorted = () => [...data.sectors].sort(SORTS[how] ?? SORTS.rate).slice(0, all ? undefined : FIRST).map(line);
  const more = h("button", { type: "button", onclick: () => { all = true; more.hidden = true; table.fill(sorted()); } }, t("law.sectors.all", { n: data.sectors.length }));
  const sorter = (by, key) => h("th", { scope: "col", "aria-sort": by === how ? (by === "name" ? "ascending" : "descending") : null },
    h("button", { type: "button", class: "plain", onclick: (event) => {
      for (const one of event.target.closest("tr").children) one.removeAttribute("aria-sort");
      how = by;
      event.target.closest("th").setAttribute("aria-sort", how === "name" ? "ascending" : "descending");
      remember({ sort: how === "rate" ? null : how });
      table.fill(sorted());
      announce(t("sorted", { by: t(key) }));
    } }, t(key)));
  const heads = [sorter("name", "column.sector"), sorter("rate", "column.rate"), t("column.layers"), t("column.claims"), sorter("imports", "column.trade"), t("column.exposed"), t("column.duty")];
  const table = grid(t("law.sectors"), heads, sorted(), { stack: true, kind: "sectors" });
  return h("section", { class: "card" }, h("h2", {}, t("law.sectors")), h("p", { class: "note" }, t("law.sectors.note")), table, data.sectors.length > FIRST ? more : null,
    tableFiles("rates", capital(t("law.title", names(data.importer, data.exporter))), () => about(data), () => ({
      columns: [column("sector", t("column.code")), column("sector_name", t("column.sector")), column("added_rate_pct", t("column.rate"), "%"), column("added_rate_pct_low", t("column.low"), "%"), column("added_rate_pct_high", t("column.high"), "%"),
        column("usmca_claim_share", t("column.claims"), t("unit.fraction")), column("imports_musd", t("column.trade"), t("unit.musd")), column("exposed_musd", t("column.exposed"), t("unit.musd")), column("measures", t("column.layers")), column("sources", t("column.source"))],
      rows: data.sectors.map((row) => [row.sector, sector(row.sector), row.rate_pct[1], row.rate_pct[0], row.rate_pct[2], row.claim_share, row.imports_musd, row.exposed_musd,
        row.layers.map((one) => `${measure(one.id)} (${one.id}): ${one.points}`).join("; "), row.layers.map((one) => one.source).filter(Boolean).join(" | ")]) })));
}

// One measure in the rate of a sector: how much, by what authority, where it is written.
const layer = ({ id, authority: ground, points: added, source }) => h("p", { class: "layer" },
  h("strong", {}, num(added, added < 9.95 ? 1 : 0)), ` ${measure(id)} `, h("small", {}, authority(ground)), source ? h("small", { title: `${id}. ${source}`, lang: "en" }, ` · ${source}`) : null);

// What moved the average on a day, in words.
function cause({ begins, ends, cause: told }) {
  const names = (ids) => listed([...ids.slice(0, 4).map(measure), ...(ids.length > 4 ? [t("more_measures", { n: ids.length - 4 })] : [])]);
  const parts = [begins.length ? t("cause.begins", { names: names(begins) }) : null, ends.length ? t("cause.ends", { names: names(ends) }) : null].filter(Boolean);
  if (parts.length) return capital(parts.join(t("said.semicolon")));
  return told.startsWith("USMCA claims") ? t("cause.claims") : told;
}

function parts(data) {
  const label = t("law.measures", { n: data.by_measure.length });
  const heads = ["law.layer", "column.points", "column.from", "column.until", "column.scope", "column.source"].map((key) => t(key));
  return h("details", { class: "card" }, h("summary", {}, label), grid(label, heads, data.by_measure.map((m) =>
    [h("th", { scope: "row" }, measure(m.id), h("small", { lang: "en" }, ` ${m.id}`)), number(num(m.points, 2)), m.from ?? "", m.until ?? "", cell([h("span", {}, `${authority(m.authority)}. `), h("span", { lang: "en" }, m.scope ?? "")]), cell(m.source ?? "", { lang: "en" })]), { stack: true }));
}

function notes(data) {
  return h("details", { class: "card" }, h("summary", {}, t("law.notes")), h("ul", { lang: "en" }, data.notes.map((text) => h("li", {}, text))));
}
