// Up to four scenarios side by side.

import { post } from "../api.js";
import { failure, follow, query, render, world } from "../app.js";
import { bars } from "../charts.js";
import { h, replace } from "../dom.js";
import { Figure } from "../figure.js";
import { fromQuery, packed, question } from "../scenario.js";
import { capital, day, money, pct, place, region, sector, t, theRegion, track } from "../text.js";

const MOST = 4;

export async function show(shell, values) {
  const kept = values.getAll("s").slice(0, MOST);
  const scenarios = kept.map((one) => fromQuery(new URLSearchParams(one)));
  replace(shell, h("h1", {}, t("compare.title")), h("p", { class: "lead" }, t("compare.lead")));
  if (!scenarios.length) {
    shell.append(h("div", { class: "card" }, h("p", {}, t("compare.empty")),
      h("a", { class: "button", href: `/?${examples()}`, onclick: follow }, t("compare.example"))));
    return;
  }
  const status = h("p", { class: "status busy", role: "status" }, t("compare.solving", { n: scenarios.length }));
  shell.append(status);
  const answers = await Promise.all(scenarios.map((scenario) =>
    post("/api/whatif", question(scenario, world.vocabulary.tracks)).catch((error) => ({ error }))));
  status.remove();
  const letters = "ABCD";
  const heads = scenarios.map((scenario, k) => h("th", { scope: "col" },
    h("strong", {}, letters[k]), h("div", {}, describe(scenario)),
    h("div", { class: "actions" },
      h("a", { href: `/?${openLink(kept[k], kept)}`, onclick: follow }, t("compare.open")), " ",
      h("button", { type: "button", "aria-label": t("compare.remove_one", { name: letters[k] }), onclick: () => remove(k) }, t("compare.remove")))));
  const row = (label, cell) => h("tr", {}, h("th", { scope: "row" }, label), answers.map((answer, k) => h("td", {}, answer.error ? "–" : cell(answer, scenarios[k]))));
  const pairs = [...new Set(scenarios.flatMap((scenario) => scenario.pair))];
  const extreme = (answer, sign) => {
    const listed = world.vocabulary.places, income = answer.places?.income_pct ?? [];
    const order = income.map((v, k) => [v, k]).sort((x, y) => sign * (x[0] - y[0]));
    return order[0] ? `${place(listed[order[0][1]].code)} ${pct(order[0][0], true)}` : "–";
  };
  const codes = Object.keys(world.vocabulary.sectors);
  const mostMoved = (code) => (answer) => {
    const output = answer.sectors[code]?.output_pct;
    if (!output) return "–";
    const k = output.reduce((best, v, at) => (Math.abs(v ?? 0) > Math.abs(output[best] ?? 0) ? at : best), 0);
    return `${sector(codes[k])} ${pct(output[k], true)}`;
  };
  shell.append(h("div", { class: "card scroll", tabindex: "0", role: "region", "aria-label": t("compare.title") }, h("table", { class: "compare-table" },
    h("thead", {}, h("tr", {}, h("td", {}), heads)),
    h("tbody", {},
      pairs.flatMap((code) => [
        row(`${region(code)}: ${t("card.income")}`, (answer) => pct(answer.regions[code].welfare_pct, true)),
        row(`${region(code)}: ${t("card.money")}`, (answer) => money(answer.regions[code].welfare_musd, true)),
        row(`${region(code)}: ${t("card.wage")}`, (answer) => pct(answer.regions[code].real_wage_pct, true)),
        row(`${region(code)}: ${t("compare.sector")}`, mostMoved(code)),
      ]),
      row(t("compare.worst"), (answer) => extreme(answer, 1)),
      row(t("compare.best"), (answer) => extreme(answer, -1))))));
  answers.forEach((answer, k) => answer.error && shell.append(h("p", { class: "warning" }, `${letters[k]}: ${answer.error.message}`)));
  const source = () => t("source.short", { version: world.vocabulary.version, baseline: world.vocabulary.baseline.title });
  const grid = h("div", { class: "grid" });
  for (const code of pairs) {
    const rows = answers.map((answer, k) => ({ label: `${letters[k]} · ${shorter(scenarios[k])}`, value: answer.regions?.[code].welfare_pct ?? 0 }));
    const figure = new Figure(`compare-${code}`, { source, table: () => ({ head: [t("column.scenario"), t("unit.income_pct")], rows: rows.map((r) => [r.label, r.value]) }) });
    figure.show(t("compare.figure", { region: capital(theRegion(code)) }), bars(rows, { show: (v) => pct(v, true), label: rows.map((r) => `${r.label} ${pct(r.value, true)}`).join("; ") }));
    grid.append(figure.node);
  }
  shell.append(grid);
  if (kept.length < MOST) shell.append(h("p", {}, h("a", { class: "button", href: `/?${openLink("", kept)}`, onclick: follow }, t("compare.add"))));
  if (answers.every((answer) => answer.error)) replace(shell, failure(answers[0].error, render));
}

function remove(k) {
  const next = query();
  const kept = next.getAll("s").filter((_, at) => at !== k);
  next.delete("s");
  kept.forEach((one) => next.append("s", one));
  history.replaceState(null, "", `/?${next}`);
  render();
}

function openLink(one, kept) {
  const next = new URLSearchParams(one);
  next.set("view", "whatif");
  next.set("lang", query().get("lang") ?? "en");
  kept.forEach((other) => next.append("s", other));
  return next;
}

// Today's law, then without metals duties, against the tariffs of 2024: a first look.
function examples() {
  const next = new URLSearchParams({ view: "compare", lang: query().get("lang") ?? "en" });
  const base = fromQuery(new URLSearchParams());
  const free = fromQuery(new URLSearchParams({ set: "USA-CAN.steel:0,USA-CAN.aluminum:0,CAN-USA.steel:0,CAN-USA.aluminum:0" }));
  const high = fromQuery(new URLSearchParams({ set: "USA-CAN.autos:25,USA-CAN.parts:25,USA-CAN.rest:25,USA-CAN.energy:10" }));
  for (const one of [base, free, high]) next.append("s", packed(one));
  return next;
}

function shorter(scenario) {
  const text = describe(scenario);
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}

export function describe(scenario) {
  const start = scenario.law === "none" ? t("whatif.start.none") : scenario.law === "latest" ? t("whatif.start.latest") : day(scenario.law);
  const parts = [...scenario.set].map(([key, value]) => {
    const [flow, name] = key.split(".");
    return `${flow.split("<")[0]}: ${track(name)} ${pct(value, false, 0)}`;
  });
  parts.push(...[...scenario.add].map(([key, value]) => {
    const [flow, code] = key.split(".");
    return `${flow.replace("<", " ← ")}: ${sector(code)} +${pct(value, false, 0)}`;
  }));
  parts.push(...[...scenario.drop].map((id) => `− ${id}`), ...[...scenario.rate].map(([id, value]) => `${id} ${pct(value, false, 0)}`));
  return [start, ...parts].join(" · ");
}
