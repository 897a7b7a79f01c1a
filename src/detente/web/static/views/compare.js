// Up to four scenarios side by side.

import { post } from "../api.js";
import { bars } from "../charts.js";
import { h, replace } from "../dom.js";
import { column, Figure, tableFiles } from "../figure.js";
import { cell, grid } from "../grid.js";
import { failure, misread } from "../messages.js";
import { follow, link, query, render } from "../router.js";
import { fromQuery, packed, question } from "../scenario.js";
import { amount, capital, jobs, language, pct, place, region, sector, t, theRegion, tn } from "../text.js";
import { world } from "../world.js";
import { MOST } from "./whatif/actions.js";
import { describe, inWords } from "./whatif/describe.js";
import { inRange, sectorCode } from "./whatif/summary.js";

const LETTERS = "ABCD";
const signed = (value) => pct(value, true);
const round = (value) => (Number.isFinite(value) ? Number(value.toPrecision(5)) : null);

export async function show(shell, values) {
  const kept = values.getAll("s").slice(0, MOST);
  replace(shell, h("h1", {}, t("compare.title")), h("p", { class: "lead" }, t("compare.lead")));
  if (!kept.length) {
    shell.append(h("div", { class: "card" }, h("p", {}, t("compare.empty")),
      h("a", { class: "button", href: `/?${examples()}`, onclick: follow }, t("compare.example"))));
    return null;
  }
  const scenarios = kept.map((one) => fromQuery(new URLSearchParams(one), world.vocabulary));
  shell.append(...misread(scenarios.flatMap((one) => one.unknown)));
  const asked = scenarios.map((scenario) => question(scenario, world.vocabulary.tracks));
  const status = h("p", { class: "status busy", role: "status" }, tn("compare.solving", scenarios.length));
  const place = h("div", {});
  shell.append(status, place);
  const answers = await Promise.all(asked.map((one) => post("/api/whatif", one).catch((error) => ({ error }))));
  if (answers.every((answer) => answer.error)) {
    replace(shell, failure(answers[0].error, render));
    return null;
  }
  const spreads = answers.map(() => null);
  const draw = () => replace(place, sideBySide(kept, scenarios, answers, spreads));
  draw();
  if (kept.length < MOST) shell.append(h("p", {}, h("a", { class: "button", href: `/?${openLink("", kept)}`, onclick: follow }, t("compare.add"))));
  const leaving = new AbortController();
  (async () => { // ranges one after another, so that other people's sliders move in between
    for (let k = 0; k < asked.length && !leaving.signal.aborted; k++) {
      status.textContent = t("compare.ranging", { name: LETTERS[k] });
      if (!answers[k].error) spreads[k] = await post("/api/whatif/range", asked[k], leaving.signal).catch(() => null);
      if (!leaving.signal.aborted) draw();
    }
    status.className = "status";
    status.textContent = t("compare.ranged");
  })();
  return () => leaving.abort();
}

function sideBySide(kept, scenarios, answers, spreads) {
  const pairs = [...new Set(scenarios.flatMap((scenario) => scenario.pair))];
  const heads = [h("td", {}), ...scenarios.map((scenario, k) => h("th", { scope: "col" },
    h("span", { class: "letter" }, LETTERS[k]), h("div", { class: "described" }, describe(scenario)),
    h("div", { class: "actions" },
      h("a", { href: `/?${openLink(kept[k], kept)}`, onclick: follow }, t("compare.open")), " ",
      h("button", { type: "button", "aria-label": t("compare.remove_one", { name: LETTERS[k] }), onclick: () => remove(k) }, t("compare.remove")))))];
  const row = (label, show) => [label, ...answers.map((answer, k) => cell(answer.error ? "–" : show(answer, spreads[k])))];
  const group = (code) => [h("th", { scope: "rowgroup", colspan: 1 + answers.length, class: "group" }, region(code))];
  const best = (answer, sign) => {
    const listed = world.vocabulary.places, order = (answer.places?.income_pct ?? []).map((v, k) => [v, k]).sort((x, y) => sign * (x[0] - y[0]));
    return order[0] ? `${place(listed[order[0][1]].code)} ${signed(order[0][0])}` : "–";
  };
  const most = (code) => (answer) => {
    const output = answer.sectors[code]?.output_pct;
    if (!output) return "–";
    const k = output.reduce((top, v, at) => (Math.abs(v ?? 0) > Math.abs(output[top] ?? 0) ? at : top), 0);
    return `${sector(sectorCode(k))} ${signed(output[k])}`;
  };
  const moved = (code) => (answer) => (answer.sectors[code] ? jobs(answer.sectors[code].jobs_k.reduce((sum, v) => sum + Math.max(0, -(v ?? 0)), 0)) : "–");
  const rows = [
    ...pairs.flatMap((code) => [
      group(code),
      row(t("compare.income"), (answer, spread) => [h("strong", {}, signed(answer.regions[code].welfare_pct)), h("small", {}, inRange(spread?.welfare_pct[code]))]),
      row(t("compare.money"), (answer) => amount(answer.regions[code].welfare_musd, true)),
      row(t("compare.wage"), (answer) => signed(answer.regions[code].real_wage_pct)),
      row(t("compare.sector"), most(code)),
      row(t("compare.moved"), moved(code)),
    ]),
    [h("th", { scope: "rowgroup", colspan: 1 + answers.length, class: "group" }, t("compare.places"))],
    row(t("compare.worst"), (answer) => best(answer, 1)),
    row(t("compare.best"), (answer) => best(answer, -1)),
  ];
  const figures = pairs.map((code) => {
    const bar = answers.map((answer, k) => ({ label: LETTERS[k], value: answer.regions?.[code].welfare_pct ?? null, low: spreads[k]?.welfare_pct[code][0], high: spreads[k]?.welfare_pct[code][1] }));
    const figure = new Figure(`compare-${code}`, { about: () => about(scenarios, spreads), table: () => ({
      columns: [column("letter", t("compare.letter")), column("described", t("column.scenario")), column("real_income_pct", t("column.income"), "%"), column("real_income_pct_low", t("column.low"), "%"), column("real_income_pct_high", t("column.high"), "%")],
      rows: bar.map((one, k) => [one.label, inWords(scenarios[k]), round(one.value), round(one.low), round(one.high)]) }) });
    figure.show(capital(t("compare.figure", { region: theRegion(code), name: region(code) })), (wide) => bars(bar, { show: signed, label: bar.map((one) => `${one.label} ${signed(one.value)}`).join("; "), wide }));
    return figure.node;
  });
  const numbers = () => ({
    columns: [column("letter", t("compare.letter")), column("described", t("column.scenario")), ...pairs.flatMap((code) => [["real_income_pct", "compare.income", "%"], ["real_income_pct_low", "column.low", "%"], ["real_income_pct_high", "column.high", "%"], ["real_income_musd", "column.income", t("unit.musd")], ["real_wage_pct", "column.wage", "%"]]
      .map(([name, title, unit]) => column(`${name}_${code}`, t("labelled", { label: region(code), value: t(title) }), unit)))],
    rows: answers.map((answer, k) => [LETTERS[k], inWords(scenarios[k]), ...pairs.flatMap((code) => {
      const r = answer.regions?.[code] ?? {}, ends = spreads[k]?.welfare_pct[code] ?? [];
      return [r.welfare_pct, ends[0], ends[1], r.welfare_musd, r.real_wage_pct].map(round);
    })]),
  });
  return [
    h("div", { class: "card" }, grid(t("compare.title"), heads, rows, { kind: "compare-table" }), tableFiles("compare", t("compare.title"), () => about(scenarios, spreads), numbers)),
    answers.map((answer, k) => (answer.error ? h("p", { class: "warning" }, t("labelled", { label: LETTERS[k], value: answer.error.message })) : null)),
    h("div", { class: "grid" }, figures)];
}

// What a figure or a table that leaves this screen says of itself.
function about(scenarios, spreads) {
  const { baseline, version } = world.vocabulary, drawn = spreads.find(Boolean);
  return {
    scenario: scenarios.map((one, k) => `${LETTERS[k]}. ${inWords(one)}`).join(" "), slug: `${scenarios.length}-scenarios`,
    source: t("source.model", { version, baseline: baseline.title, hash: baseline.hash }), range: drawn ? t("about.draws", { n: drawn.draws }) : t("about.central"),
  };
}

function remove(k) {
  const rest = query().getAll("s").filter((_, at) => at !== k), next = new URLSearchParams(link({ s: null }).slice(2));
  rest.forEach((one) => next.append("s", one));
  history.replaceState(null, "", `/?${next}`);
  render();
}

function openLink(one, kept) {
  const next = new URLSearchParams(one);
  next.set("view", "whatif");
  next.set("lang", language);
  kept.forEach((other) => next.append("s", other));
  return next;
}

// Today's law, then without metals duties, against a wider war: a first look.
function examples() {
  const next = new URLSearchParams({ view: "compare", lang: language });
  const texts = [{}, { set: "USA-CAN.steel:0,USA-CAN.aluminum:0,CAN-USA.steel:0,CAN-USA.aluminum:0" }, { set: "USA-CAN.autos:25,USA-CAN.parts:25,USA-CAN.rest:25,USA-CAN.energy:10" }];
  for (const text of texts) next.append("s", packed(fromQuery(new URLSearchParams(text), world.vocabulary)));
  return next;
}
