// What a scenario changes, in words.

import { apart } from "../../scenario.js";
import { day, duty, ofRegion, region, sector, t, theRegion, track } from "../../text.js";

// The three kinds of measure that can be added to a flow.
export const ADDED = ["add", "quota", "content"];

export function added(kind, key, value) {
  const [importer, exporter, goods] = apart(key);
  const flow = { importer: region(importer), exporter: region(exporter), ofExporter: ofRegion(exporter), sector: sector(goods) };
  if (kind === "add") return t("added.add", { ...flow, n: duty(value) });
  if (kind === "content") return t("added.content", { ...flow, n: duty(value[1]), origin: theRegion(value[0]), ofOrigin: ofRegion(value[0]) });
  return t(value[1] === null ? "added.limit" : "added.quota", { ...flow, limit: duty(value[0]), n: duty(value[1] ?? 0) });
}

const start = (law) => (law === "none" ? t("start.none") : law === "latest" ? t("start.latest") : t("start.day", { day: day(law) }));

export function describe(scenario) {
  const sides = new Map();
  for (const [key, value] of scenario.set) {
    const [importer, , name] = apart(key);
    sides.set(importer, [...(sides.get(importer) ?? []), `${track(name).toLowerCase()} ${duty(value)}`]);
  }
  const parts = [...sides].map(([code, rates]) => t("labelled", { label: region(code), value: rates.join(", ") }));
  for (const kind of ADDED) parts.push(...[...scenario[kind]].map(([key, value]) => added(kind, key, value)));
  parts.push(...[...scenario.drop].map((id) => t("added.drop", { id })), ...[...scenario.rate].map(([id, value]) => t("added.rate", { id, n: duty(value) })));
  return [start(scenario.law), ...parts].join("; ");
}
