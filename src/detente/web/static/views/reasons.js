// Why a sector pays what it pays: its most traded products as consignments, with the layers that apply and those that do not.

import { get } from "../api.js";
import { h, replace } from "../dom.js";
import { cell, grid } from "../grid.js";
import { failure } from "../messages.js";
import { remember } from "../router.js";
import { authority, day, duty, has, listed, measure, money, pct, range, sector, t } from "../text.js";

export async function reasons(place, state, on, name) {
  remember({ sector: name });
  place.hidden = false;
  replace(place, h("p", { class: "status busy", role: "status" }, t("law.why.loading", { sector: sector(name) })));
  let data;
  try {
    data = await get("/api/law/sector", { importer: state.importer, exporter: state.exporter, on, sector: name });
  } catch (error) {
    replace(place, failure(error, () => reasons(place, state, on, name)));
    return;
  }
  const heading = h("h2", { tabindex: "-1" }, t("law.why", { sector: sector(name), day: day(on) }));
  replace(place, h("div", { class: "row" }, heading, h("button", { type: "button", onclick: () => { place.hidden = true; remember({ sector: null }); } }, t("close"))),
    h("p", { class: "note" }, t("law.why.note", { n: data.products.length })),
    data.products.length ? data.products.map((product, k) => consignment(product, k === 0)) : h("p", {}, t("law.why.empty")),
    h("p", { class: "note", lang: "en" }, data.source));
  heading.focus({ preventScroll: true });
  place.scrollIntoView({ block: "start" });
}

// Reasons that are said in one way, in the words of the page; acts and headings stay as they are written in the law.
const REASONS = [
  [/^ended (\d{4}-\d\d-\d\d)$/, (on) => t("reason.ended", { day: day(on) })],
  [/^ended (\d{4}-\d\d-\d\d) by ([\w-]+).*$/, (on, act) => t("reason.ended_by", { day: day(on), act: measure(act) })],
  [/^yields to (.+)$/, (acts) => t("reason.yields", { acts: listed(acts.split(", ").map(measure)) })],
  [/^not in force before (\S+)$/, (on) => t("reason.before", { day: day(on) })],
  [/^the ordinary duty already reaches the total$/, () => t("reason.floor")],
  [/^no part of the value falls on its base$/, () => t("reason.no_part")],
];

function reason(text) {
  for (const [pattern, said] of REASONS) {
    const found = pattern.exec(text);
    if (found) return said(...found.slice(1));
  }
  const announced = /^announced, never in force: (.*)$/.exec(text);
  if (announced) return [t("reason.announced"), h("span", { lang: "en" }, ` (${announced[1]})`)];
  const [, act, base, topped] = /^(.*): on (full customs value|value of the \w+ content|non-US content)(, topped up to the total)?$/.exec(text) ?? [];
  if (base) return [h("span", { lang: "en" }, act), ` ${t(`reason.base.${base}`)}${topped ? t("reason.topped") : ""}`];
  return h("span", { lang: "en" }, text);
}

// Of what a record rests on, the acts and pages that a reader can look up: not the files it was read from.
const published = (source) => (source ?? "").split("; ").filter((part) => !/README|\.(md|csv|ya?ml|ipynb)\b|tariff-rate-tracker|trade-war-redux|rulespec/.test(part)).join("; ");

// What an importer may claim, in the words of the page, or those of the ledger where it has none.
const factName = ({ fact: name, meaning }) => (has(`fact.${name}`) ? t(`fact.${name}`) : h("span", { lang: "en" }, meaning));

function consignment({ duty: due, ...product }, open) {
  const span = () => range(due.range_pct[0], due.range_pct[1], duty);
  const paid = due.total_pct === undefined || due.total_pct === null ? span() : duty(due.total_pct);
  const facts = due.open_facts.filter((one) => one.fact !== "usmca" || product.with_usmca_pct === null); // that claim is answered above
  const english = (text) => cell(text, { lang: "en" });
  const layer = (row) => h("th", { scope: "row" }, measure(row.measure), h("small", {}, authority(row.authority)), h("small", { class: "mark", lang: "en" }, row.measure));
  const layers = (key, heads, rows) => [h("h4", {}, t(key)), grid(`${due.product}, ${t(key)}`, ["law.layer", ...heads].map((one) => t(one)), rows, { stack: true, kind: "layers" })];
  return h("details", { class: "block", open },
    h("summary", {}, h("strong", {}, due.product), ` ${t("law.product", { n: paid, share: pct(100 * product.share, false, 0), trade: money(product.imports_musd) })}`,
      product.with_usmca_pct !== null ? ` ${t("law.with_usmca", { n: duty(product.with_usmca_pct) })}` : ""),
    due.prohibited ? h("p", { class: "warning" }, t("law.banned")) : null,
    due.applied.length
      ? layers("law.applied", ["column.adds", "column.reason", "column.source"], due.applied.map((row) => [layer(row), duty(row.contributes_pct), cell(reason(row.reason)), english(row.citation || published(row.source))]))
      : [h("h4", {}, t("law.applied")), h("p", {}, due.splits.length > 1 ? t("law.split", { low: duty(due.range_pct[0]), high: duty(due.range_pct[1]) }) : t("law.none_applied"))],
    due.refused.length ? layers("law.refused", ["column.reason", "column.source"], due.refused.map((row) => [layer(row), cell(reason(row.reason)), english(row.citation || published(row.source))])) : null,
    facts.length ? [h("h4", {}, t("law.facts")), h("ul", {}, facts.map((one) => h("li", {}, factName(one), ` (${range(one.range_pct[0], one.range_pct[1], duty)})`)))] : null,
    due.warnings.length ? h("ul", { class: "note", lang: "en" }, due.warnings.map((text) => h("li", {}, text))) : null);
}
