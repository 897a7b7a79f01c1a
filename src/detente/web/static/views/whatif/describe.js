// What a scenario changes, in words: what, from which law, against what, with whom, after how long.

import { apart, slug } from "../../scenario.js";
import { capital, day, duty, listed, measure, ofRegion, region, sector, t, theRegion, track } from "../../text.js";
import { world } from "../../world.js";

// The three kinds of measure that can be added to a flow.
export const ADDED = ["add", "quota", "content"];

export function added(kind, key, value) {
  const [importer, exporter, goods] = apart(key);
  const flow = { importer: region(importer), exporter: region(exporter), ofImporter: ofRegion(importer), ofExporter: ofRegion(exporter), sector: sector(goods).toLowerCase() };
  if (kind === "add") return t("added.add", { ...flow, n: duty(value) });
  if (kind === "content") return t("added.content", { ...flow, n: duty(value[1]), origin: theRegion(value[0]), ofOrigin: ofRegion(value[0]) });
  return t(value[1] === null ? "added.limit" : "added.quota", { ...flow, limit: duty(value[0]), n: duty(value[1] ?? 0) });
}

const lastDay = () => world.vocabulary.coverage[1];
export const dayOf = (scenario) => (scenario.law === "latest" ? lastDay() : scenario.law === "none" ? null : scenario.law);
const start = (scenario) => (dayOf(scenario) ? t("start.day", { day: day(dayOf(scenario)) }) : t("start.none"));
const against = (scenario) => (scenario.against === "law" && dayOf(scenario) ? t("against.law") : t("start.none"));

// The changes to the starting point, a phrase each; none where it is taken as it is.
export function changes(scenario) {
  const flows = new Map();
  for (const [key, value] of scenario.set) {
    const [importer, exporter, name] = apart(key), flow = `${importer}<${exporter}`;
    flows.set(flow, [...(flows.get(flow) ?? []), t("said.rate", { goods: track(name).toLowerCase(), n: duty(value) })]);
  }
  const parts = [...flows].map(([flow, rates]) => {
    const [importer, exporter] = flow.split("<");
    return t("said.duties", { ofImporter: ofRegion(importer), ofExporter: ofRegion(exporter), rates: listed(rates) });
  });
  for (const kind of ADDED) parts.push(...[...scenario[kind]].map(([key, value]) => added(kind, key, value)));
  parts.push(...[...scenario.drop].map((id) => t("added.drop", { id: measure(id) })), ...[...scenario.rate].map(([id, value]) => t("added.rate", { id: measure(id), n: duty(value) })));
  return parts;
}

export const unchanged = (scenario) => !changes(scenario).length;

// With whom the measures of the law are: every partner, or the two alone.
const whose = (scenario) => (scenario.rates === "collected" ? [who(scenario), t("whose.collected")].join(", ") : who(scenario));
const who = (scenario) => (scenario.only ? t("whose.pair", { a: theRegion(scenario.pair[0]), b: theRegion(scenario.pair[1]) }) : t("whose.all"));

// A sentence.
export function inWords(scenario) {
  const parts = changes(scenario), horizon = t(`horizon.${scenario.horizon}`);
  const values = { changes: parts.join(t("said.semicolon")), start: start(scenario), against: against(scenario), horizon, whose: whose(scenario) };
  if (!parts.length) return capital(t(!dayOf(scenario) || scenario.against === "law" ? "said.nothing" : "said.law", values));
  return capital(t(dayOf(scenario) ? "said.changes" : "said.changes_2024", values));
}

// The same for the name of a file.
export const inShort = (scenario) => [slug(scenario), dayOf(scenario) ? `law-${dayOf(scenario)}` : "tariffs-2024", scenario.only ? "pair-only" : "", `vs-${scenario.against === "law" ? "law" : "tariffs-2024"}`, scenario.horizon].filter(Boolean).join("-");

// For a heading: the changes, or the start where there are none.
export function describe(scenario) {
  const parts = changes(scenario);
  return capital([start(scenario), ...parts].join(t("said.semicolon")));
}
