// Today's law: the average rate on a day, how it came about, the rate of every sector, and why.

import { get } from "../api.js";
import { announce, failure, follow, go, link, remember, world } from "../app.js";
import { stacked } from "../charts.js";
import { h, newId, replace } from "../dom.js";
import { Figure } from "../figure.js";
import { capital, day, money, num, ofRegion, pct, region, sector, t, theRegion } from "../text.js";

export async function show(shell, values) {
  const code = (name, other) => (/^[A-Z]{3}$/.test(values.get(name) ?? "") ? values.get(name) : other);
  const state = {
    importer: code("importer", "USA"),
    exporter: code("exporter", values.get("importer") === "CAN" ? "USA" : "CAN"),
    on: /^\d{4}-\d{2}-\d{2}$/.test(values.get("on") ?? "") ? values.get("on") : null,
    sort: values.get("sort") ?? "rate",
  };
  const { importer, exporter, on } = state;
  const title = t("law.title", { importer: theRegion(importer), exporter: theRegion(exporter), ofImporter: ofRegion(importer), ofExporter: ofRegion(exporter) });
  replace(shell, h("h1", {}, capital(title)), controls(state), h("p", { class: "status busy", role: "status" }, t("law.loading")));
  const [mine, mirror] = await Promise.all([
    get("/api/law/day", { importer, exporter, on }),
    get("/api/law/day", { importer: exporter, exporter: importer, on }),
  ]);
  shell.querySelector(".status").remove();
  const [low, central, high] = mine.average_pct;
  const change = mine.since.change_pct;
  const top = mine.sectors.filter((row) => row.imports_musd > 100).sort((a, b) => (b.rate_pct[1] ?? 0) - (a.rate_pct[1] ?? 0))[0];
  const headline = h("div", { class: "summary" },
    h("p", {}, t("law.headline", {
      day: day(mine.on), importer: theRegion(importer), exporter: theRegion(exporter), ofImporter: ofRegion(importer), ofExporter: ofRegion(exporter), n: pct(central), range: t("in_range", { low: pct(low), high: pct(high) }),
    })),
    h("p", {}, t("law.change", { change: t("points", { n: num(change, 1, true) }), since: day(mine.since.on) }),
      top && top.rate_pct[1] > 0.5 ? ` ${t("law.top", { sector: sector(top.sector).toLowerCase(), n: pct(top.rate_pct[1]) })}` : ""));
  const cards = h("div", { class: "cards" }, card(mine, false), card(mirror, true));
  const figure = new Figure("history", { source: () => t("source.law", { on: mine.coverage[1] }), table: () => historyTable(figure.data) });
  figure.show(t("loading"), h("p", { class: "loading" }, t("law.history.loading")));
  const place = h("div", { class: "card", id: "why" });
  shell.append(headline, cards, figure.node, sectorTable(mine, state, place), place, parts(mine), notes(mine));
  place.hidden = true;
  if (values.get("sector")) why(place, state, mine.on, values.get("sector"));
  get("/api/law/history", { importer, exporter }).then((data) => draw(figure, data, mine, state)).catch((error) => {
    figure.show(t("law.history"), failure(error));
  });
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
    h("label", { for: id }, h("span", {}, t("law.day")), h("input", { id, type: "date", min: "2025-01-01", max: "2026-12-31", value: state.on ?? "2026-10-06", onchange: (event) => event.target.value && change({ on: event.target.value }) })),
    choose("importer"), choose("exporter"),
    h("a", { class: "button", href: link({ importer: state.exporter, exporter: state.importer, view: "law", sector: null }), onclick: follow }, t("law.swap")),
    h("a", { class: "button", href: link({ view: "whatif", importer: null, exporter: null, sector: null, on: null, law: state.on, pair: `${state.importer}-${state.exporter}` }), onclick: follow }, t("law.whatif")));
}

function card(data, mirror) {
  const [low, central, high] = data.average_pct;
  return h("div", { class: "card number-card" },
    h("h2", {}, t("law.card", { importer: region(data.importer), exporter: region(data.exporter), ofImporter: ofRegion(data.importer), ofExporter: ofRegion(data.exporter) })),
    h("p", { class: "big" }, pct(central)),
    h("p", { class: "under" }, t("in_range", { low: pct(low), high: pct(high) })),
    h("dl", {}, h("dt", {}, t("law.since", { since: day(data.since.on) })), h("dd", {}, t("points", { n: num(data.since.change_pct, 1, true) })),
      h("dt", {}, t("law.imports")), h("dd", {}, money(data.imports_musd)),
      Object.entries(data.by_authority_pct).sort((a, b) => b[1] - a[1]).slice(0, 4).map(([name, points]) => [h("dt", { lang: "en" }, name), h("dd", {}, t("points", { n: num(points, 2) }))])),
    mirror ? h("p", {}, h("a", { href: link({ importer: data.importer, exporter: data.exporter, view: "law", sector: null }), onclick: follow }, t("law.mirror"))) : null);
}

function draw(figure, data, mine, state) {
  const total = new Map();
  for (const step of data.steps) for (const [name, points] of Object.entries(step.by_authority_pct)) total.set(name, (total.get(name) ?? 0) + points);
  const names = [...total].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const steps = data.steps.map((step) => ({ from: step.from, until: step.until, parts: step.by_authority_pct, average: step.average_pct }));
  const peak = steps.reduce((best, step) => (step.average[1] > best.average[1] ? step : best));
  const title = t("law.history.title", { of: ofRegion(data.importer), peak: pct(peak.average[1]), when: day(peak.from), now: pct(mine.average_pct[1]) });
  figure.data = { steps, names };
  const chart = stacked(steps, names, {
    label: `${title} ${t("law.history.see")}`, mark: mine.on, jumps: data.jumps, onpick: (on) => go(link({ on, view: "law" })) });
  const legend = h("ul", { class: "legend" }, names.map((name, k) => h("li", { lang: "en" }, h("span", { class: `swatch l${k % 8}`, "aria-hidden": "true" }), name)));
  figure.show(title, chart, t("law.history.note"));
  figure.canvas.append(legend);
  const jumps = data.jumps.filter((j) => Math.abs(j.change_pct) >= 0.05);
  figure.canvas.append(h("details", {}, h("summary", {}, t("law.jumps", { n: jumps.length })),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("law.jumps", { n: jumps.length }) }, h("table", {},
      h("thead", {}, h("tr", {}, [t("column.date"), t("column.points"), t("column.cause")].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, jumps.map((j) => h("tr", {}, h("th", { scope: "row" }, h("a", { href: link({ on: j.date, view: "law" }), onclick: follow }, day(j.date))), h("td", { class: "number" }, num(j.change_pct, 2, true)), h("td", { lang: "en" }, j.cause))))))));
}

function historyTable({ steps, names }) {
  return {
    head: [t("column.from"), t("column.until"), t("column.average"), t("column.low"), t("column.high"), ...names],
    rows: steps.map((step) => [step.from, step.until, step.average[1], step.average[0], step.average[2], ...names.map((name) => step.parts[name] ?? 0)]),
  };
}

function sectorTable(data, state, place) {
  const body = h("tbody", {});
  const sorts = {
    rate: (a, b) => (b.rate_pct[1] ?? 0) - (a.rate_pct[1] ?? 0),
    imports: (a, b) => b.imports_musd - a.imports_musd,
    name: (a, b) => sector(a.sector).localeCompare(sector(b.sector)),
  };
  const top = Math.max(1, ...data.sectors.map((row) => row.rate_pct[1] ?? 0));
  const fill = (how) => {
    remember({ sort: how === "rate" ? null : how });
    replace(body, [...data.sectors].sort(sorts[how] ?? sorts.rate).map((row) => {
      const [low, central, high] = row.rate_pct;
      const bar = h("span", { class: "bar", "aria-hidden": "true" });
      bar.style.width = `${(100 * (central ?? 0)) / top}%`;
      return h("tr", {},
        h("th", { scope: "row" }, h("button", { type: "button", class: "plain", "aria-controls": "why", onclick: () => why(place, state, data.on, row.sector) }, sector(row.sector))),
        h("td", { class: "number with-bar" }, bar, h("span", {}, pct(central))),
        h("td", { class: "number" }, t("range", { low: pct(low), high: pct(high) })),
        h("td", { class: "number" }, row.claim_share === null ? t("not_recorded") : pct(100 * row.claim_share, false, 0)),
        h("td", { class: "number" }, money(row.imports_musd)),
        h("td", { class: "number" }, money((row.imports_musd * (central ?? 0)) / 100)),
        h("td", {}, row.prohibited_share > 0.001 ? t("law.prohibited", { n: pct(100 * row.prohibited_share, false, 0) }) : ""));
    }));
  };
  fill(state.sort);
  const sorter = (how, key) => h("th", { scope: "col" }, h("button", { type: "button", class: "plain", onclick: () => { fill(how); announce(t("sorted", { by: t(key) })); } }, t(key), " ↓"));
  return h("section", { class: "card" }, h("h2", {}, t("law.sectors")), h("p", { class: "note" }, t("law.sectors.note")),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("law.sectors") }, h("table", { class: "sectors" },
      h("thead", {}, h("tr", {}, sorter("name", "column.sector"), sorter("rate", "column.rate"), h("th", { scope: "col" }, t("column.range")), h("th", { scope: "col" }, t("column.claims")), sorter("imports", "column.trade"), h("th", { scope: "col" }, t("column.duty")), h("th", { scope: "col" }, t("column.remark")))),
      body)));
}

async function why(place, state, on, name) {
  remember({ sector: name });
  place.hidden = false;
  replace(place, h("p", { class: "status busy", role: "status" }, t("law.why.loading", { sector: sector(name) })));
  let data;
  try {
    data = await get("/api/law/sector", { importer: state.importer, exporter: state.exporter, on, sector: name });
  } catch (error) {
    replace(place, failure(error));
    return;
  }
  const heading = h("h2", { tabindex: "-1" }, t("law.why", { sector: sector(name), day: day(on) }));
  replace(place, h("div", { class: "row" }, heading, h("button", { type: "button", onclick: () => { place.hidden = true; remember({ sector: null }); } }, t("close"))),
    h("p", { class: "note" }, t("law.why.note", { n: data.products.length })),
    data.products.length ? data.products.map((product, k) => consignment(product, k === 0)) : h("p", {}, t("law.why.empty")),
    h("p", { class: "note", lang: "en" }, data.source));
  heading.focus({ preventScroll: true });
  place.scrollIntoView({ block: "nearest" });
}

function consignment(product, open) {
  const { duty } = product;
  const rate = duty.total_pct ?? null;
  const shown = rate === null ? t("range", { low: pct(duty.range_pct[0]), high: pct(duty.range_pct[1]) }) : pct(rate);
  const layers = (rows, cells) => h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${duty.product}, ${t(cells.length > 3 ? "law.applied" : "law.refused")}` }, h("table", {}, h("thead", {}, h("tr", {}, cells.map(([key]) => h("th", { scope: "col" }, t(key))))),
    h("tbody", {}, rows.map((row) => h("tr", {}, cells.map(([, cell], k) => (k ? h("td", { lang: "en" }, cell(row)) : h("th", { scope: "row" }, cell(row)))))))));
  const caption = [["law.layer", (r) => `${r.measure} (${r.authority})`]];
  return h("details", { class: "block", open },
    h("summary", {}, h("strong", {}, duty.product), ` ${t("law.product", { n: shown, share: pct(100 * product.share, false, 0), trade: money(product.imports_musd) })}`,
      product.with_usmca_pct !== null ? ` ${t("law.with_usmca", { n: pct(product.with_usmca_pct) })}` : ""),
    duty.prohibited ? h("p", { class: "warning" }, t("law.banned")) : null,
    h("h4", {}, t("law.applied")),
    duty.applied.length ? layers(duty.applied, [...caption, ["column.adds", (r) => pct(r.contributes_pct)], ["column.reason", (r) => r.reason], ["column.source", (r) => r.source]]) : h("p", {}, duty.splits.length > 1 ? t("law.split", { low: pct(duty.range_pct[0]), high: pct(duty.range_pct[1]) }) : t("law.none_applied")),
    duty.refused.length ? [h("h4", {}, t("law.refused")), layers(duty.refused, [...caption, ["column.reason", (r) => r.reason], ["column.source", (r) => r.source]])] : null,
    duty.open_facts.length ? [h("h4", {}, t("law.facts")), h("ul", {}, duty.open_facts.map((fact) => h("li", { lang: "en" }, `${fact.fact}: ${fact.meaning} (${pct(fact.range_pct[0])} – ${pct(fact.range_pct[1])})`)))] : null,
    duty.warnings.length ? h("ul", { class: "note", lang: "en" }, duty.warnings.map((text) => h("li", {}, text))) : null);
}

function parts(data) {
  return h("details", { class: "card" }, h("summary", {}, t("law.measures", { n: data.by_measure.length })),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("law.measures", { n: data.by_measure.length }) }, h("table", {},
      h("thead", {}, h("tr", {}, ["law.layer", "column.points", "column.from", "column.until", "column.scope", "column.source"].map((key) => h("th", { scope: "col" }, t(key))))),
      h("tbody", {}, data.by_measure.map((m) => h("tr", {}, h("th", { scope: "row" }, m.id), h("td", { class: "number" }, num(m.points, 2)), h("td", {}, m.from ?? ""), h("td", {}, m.until ?? ""), h("td", { lang: "en" }, m.scope ?? m.authority), h("td", { lang: "en" }, m.source ?? "")))))));
}

function notes(data) {
  return h("details", { class: "card" }, h("summary", {}, t("law.notes")), h("ul", { lang: "en" }, data.notes.map((text) => h("li", {}, text))));
}
