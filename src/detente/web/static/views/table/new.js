// A new negotiation: who sits at the table, what is on it, what happens without a deal, and what neither side will accept.

import { post } from "../../api.js";
import { h, newId, replace } from "../../dom.js";
import { grid } from "../../grid.js";
import { go } from "../../router.js";
import { PAIR } from "../../scenario.js";
import { language, region, t, track } from "../../text.js";
import { world } from "../../world.js";
import { termText } from "./terms.js";

const MOST_LINES = 8;
// An example of an escalation, percent: what the first side would do, and what the second.
const THREATS = { steel: 50, aluminum: 50, autos: 25, parts: 25, energy: 10, rest: 35 };
const ANSWERS = { steel: 50, aluminum: 50, autos: 25, parts: 25, energy: 0, rest: 25 };

function template([a, b]) {
  const { tracks } = world.vocabulary, { energy } = tracks;
  const tariff = (name, importer, exporter, threat) => ({ track: name, kind: "tariff", importer, exporter, sectors: tracks[name], lower: 0, upper: 50, threat, on: true });
  return [
    ...Object.keys(tracks).flatMap((name) => [tariff(name, a, b, THREATS[name]), name === "energy" ? null : tariff(name, b, a, ANSWERS[name])]).filter(Boolean),
    { track: "energy", kind: "export_tax", importer: a, exporter: b, sectors: energy, lower: 0, upper: 25, threat: 10, on: true },
    { track: "energy", kind: "trade_cost", importer: a, exporter: b, sectors: ["electricity"], lower: -5, upper: 0, threat: 0, on: true },
  ];
}

const labelled = (label, control) => h("label", { for: control.id }, h("span", {}, label), control);
const pick = (options, chosen, onpick) => h("select", { id: newId("pick"), onchange: (event) => onpick(event.target.value) }, options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
const percent = (object, key, low, high, label) => h("input", { type: "number", id: newId("percent"), min: low, max: high, step: "any", required: true, value: object[key], "aria-label": label, oninput: (event) => { object[key] = Number(event.target.value); } });

export function open(shell) {
  const state = { parties: [...PAIR] };
  const regions = Object.keys(world.vocabulary.regions).map((code) => [code, region(code)]).sort((x, y) => x[1].localeCompare(y[1]));
  const title = h("input", { type: "text", maxlength: 200, required: true, value: t("talks.default_title"), id: newId("title") });
  const horizon = pick(["long", "medium", "short"].map((name) => [name, t(`horizon.${name}`)]), "long", () => {});
  const terms = h("div", {}), lines = h("div", {});
  const start = () => {
    state.terms = template(state.parties);
    state.lines = [{ region: state.parties[1], track: "autos", measure: "jobs", change: -5 }, { region: state.parties[0], track: "steel", measure: "income", change: -10 }];
    replace(terms, termTable(state.terms));
    drawLines(lines, state);
  };
  const side = (k) => pick(regions, state.parties[k], (code) => { state.parties[k] = code; start(); });
  const status = h("p", { role: "status", class: "status" });
  const button = h("button", { class: "primary", type: "submit" }, t("talks.open"));
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    status.className = "status busy";
    status.textContent = t("talks.opening");
    try {
      const kept = await post("/api/talks", body(title.value, horizon.value, state));
      await go(`/?${new URLSearchParams({ view: "table", lang: language, id: kept.id })}`);
    } catch (error) {
      status.className = "status error";
      status.textContent = error.message;
      button.disabled = false;
    }
  };
  replace(shell, h("h1", {}, t("talks.title")), h("p", { class: "lead" }, t("talks.lead")),
    h("form", { class: "card", onsubmit: submit },
      h("div", { class: "choices" }, labelled(t("talks.name"), title), labelled(t("talks.first"), side(0)), labelled(t("talks.second"), side(1)), labelled(t("whatif.horizon"), horizon)),
      h("h2", {}, t("talks.terms")), h("p", { class: "note" }, t("talks.terms.note")), terms,
      h("h2", {}, t("talks.lines")), h("p", { class: "note" }, t("talks.lines.note")), lines,
      h("div", { class: "actions" }, button), status));
  start();
}

const termTable = (terms) => grid(t("talks.terms"), ["talks.term", "talks.track", "talks.lower", "talks.upper", "talks.threat"].map((key) => t(key)), terms.map((term) => {
  const name = termText(term), id = newId("term");
  const on = h("input", { type: "checkbox", id, checked: term.on, "aria-label": t("talks.include", { term: name }), onchange: () => { term.on = on.checked; } });
  return [h("span", { class: "check" }, on, h("label", { for: id }, name)), track(term.track), ...["lower", "upper", "threat"].map((key) => percent(term, key, -50, 300, `${name}, ${t(`talks.${key}`)}`))];
}), { stack: true, kind: "terms" });

function drawLines(place, state) {
  const again = () => drawLines(place, state);
  const choice = (line, key, label, options) => labelled(label, pick(options, line[key], (value) => { line[key] = value; }));
  const drawn = state.lines.map((line, k) => {
    const floor = percent(line, "change", -100, 100, null);
    return h("div", { class: "choices" },
      choice(line, "region", t("column.region"), state.parties.map((code) => [code, region(code)])),
      choice(line, "track", t("talks.track"), Object.keys(world.vocabulary.tracks).map((name) => [name, track(name)])),
      choice(line, "measure", t("talks.measure"), ["income", "jobs", "pay"].map((name) => [name, t(`measure.${name}`)])),
      labelled(t("talks.floor"), floor),
      h("button", { type: "button", onclick: () => { state.lines.splice(k, 1); again(); } }, t("compare.remove")));
  });
  const more = h("button", { type: "button", onclick: () => { state.lines.push({ region: state.parties[1], track: "steel", measure: "income", change: -5 }); again(); } }, t("talks.add_line"));
  replace(place, drawn, state.lines.length < MOST_LINES ? more : null);
}

const body = (title, horizon, { parties, terms, lines }) => ({
  title, horizon, parties: Object.fromEntries(parties.map((code) => [code, {}])), threats: ["terms"],
  terms: terms.filter((term) => term.on).map(({ track: name, kind, importer, exporter, sectors, lower, upper, threat }) => ({
    track: name, threat: threat / 100,
    [kind]: { ...(kind === "trade_cost" ? { between: [importer, exporter] } : { importer, exporter }), sectors, range: [lower / 100, upper / 100] },
  })),
  clauses: lines.map((line) => ({ floor: { region: line.region, sectors: world.vocabulary.tracks[line.track], measure: line.measure, change: line.change / 100 } })),
});
