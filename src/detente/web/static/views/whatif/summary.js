// An answer in sentences, and the two headline cards.

import { h } from "../../dom.js";
import { amount, capital, jobs, money, num, ofRegion, pct, place, range, region, sector, t, theRegion, usd } from "../../text.js";
import { world } from "../../world.js";
import { added } from "./describe.js";

export const MEASURABLE = 0.005; // percent
const WORTH_A_WORD = 0.05; // percent of output

const signed = (value) => pct(value, true);
export const inRange = (ends) => (ends && ends.every(Number.isFinite) ? ` (${range(ends[0], ends[1], signed)})` : "");
export const sectorCode = (k) => Object.keys(world.vocabulary.sectors)[k];

function welfare(code, answer, spread) {
  const { welfare_pct: value, welfare_musd: dollars } = answer.regions[code], ends = spread?.welfare_pct[code];
  const key = Math.abs(value) < MEASURABLE ? "flat" : ends && ends[0] * ends[1] < 0 ? "unclear" : value > 0 ? "gain" : "loss";
  return t(`summary.${key}`, { region: capital(theRegion(code)), name: region(code), n: pct(Math.abs(value)), signed: signed(value), money: money(Math.abs(dollars)), range: inRange(ends) });
}

// Positions of the smallest and the largest of some numbers.
function ends(values) {
  const order = values.map((v, k) => [v, k]).filter(([v]) => Number.isFinite(v)).sort((x, y) => x[0] - y[0]);
  return [order[0], order.at(-1)];
}

function sectors(code, output) {
  const [worst, best] = ends(output);
  if (!worst || Math.max(-worst[0], best[0]) < WORTH_A_WORD) return null;
  return t("summary.sectors", {
    region: theRegion(code), of: ofRegion(code), down: sector(sectorCode(worst[1])).toLowerCase(), dn: signed(worst[0]), up: sector(sectorCode(best[1])).toLowerCase(), un: signed(best[0]),
  });
}

function places(income) {
  const [worst, best] = ends(income), listed = world.vocabulary.places;
  if (!worst || Math.abs(worst[0]) < MEASURABLE) return null;
  return t("summary.places", { worst: place(listed[worst[1]].code), wn: signed(worst[0]), best: place(listed[best[1]].code), bn: signed(best[0]) });
}

function quota({ importer, exporter, sector: goods, rate_pct: rate, filled, rents_musd: rents }, scenario) {
  const key = `${importer}<${exporter}.${goods}`;
  if (!scenario.quota.has(key)) return null;
  return t(filled < 0.9995 ? "summary.quota.slack" : "summary.quota.binds", {
    rule: added("quota", key, scenario.quota.get(key)), filled: pct(100 * filled, false, 0), rate: pct(rate, false, rate < 9.95 ? 1 : 0), rents: money(rents) });
}

// The first sentences carry the answer; the others explain it.
export function summary(scenario, answer, spread) {
  const [a, b] = scenario.pair;
  const first = [...scenario.pair].sort((x, y) => Math.abs(answer.regions[y].welfare_pct) - Math.abs(answer.regions[x].welfare_pct)).map((code) => welfare(code, answer, spread));
  const more = [
    ...scenario.pair.map((code) => sectors(code, answer.sectors[code].output_pct)),
    answer.places ? places(answer.places.income_pct) : null,
    t("summary.trade", { a: theRegion(a), b: theRegion(b), ofA: ofRegion(a), ofB: ofRegion(b), ab: signed(answer.trade[`${b}<${a}`].pct), ba: signed(answer.trade[`${a}<${b}`].pct) }),
    ...answer.quotas.map((one) => quota(one, scenario)),
  ].filter(Boolean);
  const lost = spread ? spread.asked - spread.draws : 0;
  const note = spread ? t("summary.range", { n: spread.draws }) + (lost ? ` ${t("summary.lost", { lost: num(lost, 0), n: spread.asked })}` : "") : t("summary.ranging");
  return [...first.map((text) => h("p", { class: "first" }, text)), h("p", {}, more.join(" ")), h("p", { class: "note" }, note)];
}

// The headline numbers of a side: real income, then what people ask first - households, jobs, prices - each with its range.
export function card(code, values, household, spread) {
  const ends = (key, show, factor = 1) => {
    const found = spread?.[key]?.[code];
    return found && found.every(Number.isFinite) ? h("small", {}, ` (${range(found[0] * factor, found[1] * factor, show)})`) : null;
  };
  const dollars = household ? household.real_income_usd / values.welfare_musd : 0;
  const rows = [
    household ? ["card.household", [usd(household.real_income_usd, true), ends("welfare_musd", (v) => usd(v, true), dollars)]] : null,
    household && Number.isFinite(household.cost_usd) ? ["card.cost", usd(household.cost_usd, true)] : null,
    ["card.money", [amount(values.welfare_musd, true), ends("welfare_musd", (v) => amount(v, true))]],
    Number.isFinite(values.jobs_lost_k) ? ["card.jobs", [jobs(values.jobs_lost_k), ends("jobs_lost_k", jobs)]] : null,
    ["card.prices", [signed(values.consumer_price_pct), ends("consumer_price_pct", signed)]],
    ["card.wage", signed(values.real_wage_pct)],
    ["card.exports", signed(values.exports_pct)],
    ["card.revenue", [amount(values.revenue_change_musd, true), ends("revenue_change_musd", (v) => amount(v, true))]],
  ].filter(Boolean);
  return h("div", { class: "card number-card" },
    h("h2", {}, region(code)),
    h("p", { class: "big" }, signed(values.welfare_pct)),
    h("p", { class: "under" }, t("card.income"), inRange(spread?.welfare_pct[code])),
    h("dl", {}, rows.map(([key, text]) => [h("dt", {}, t(key)), h("dd", {}, text)])),
    Number.isFinite(values.jobs_lost_k) ? h("p", { class: "note small" }, t("card.jobs.note")) : null);
}
