// What a term and a red line say, in words.

import { ofRegion, pct, region, sector, t, theRegion } from "../../text.js";
import { world } from "../../world.js";

function goodsOf(sectors) {
  const whole = Object.entries(world.vocabulary.tracks).find(([, all]) => all.join() === sectors.join());
  return whole ? t(`goods.${whole[0]}`) : sectors.map((code) => sector(code).toLowerCase()).join(", ");
}

export const termText = (term) => t(`term.${term.kind}`, {
  ofImporter: ofRegion(term.importer), ofExporter: ofRegion(term.exporter), importer: theRegion(term.importer), exporter: theRegion(term.exporter), goods: goodsOf(term.sectors),
});

export const lineText = (line) => t("talks.line", { region: region(line.region), measure: t(`measure.${line.measure}`), goods: goodsOf(line.sectors), change: pct(100 * line.change, true) });

// The term or red line that the server names so.
export function byLabel(kept, label) {
  const k = kept.terms.findIndex((term) => term.label === label);
  if (k >= 0) return termText(kept.terms[k]);
  const line = kept.red_lines.find((one) => one.label === label);
  return line ? lineText(line) : label;
}
