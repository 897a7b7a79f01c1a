// The law over time: what it states beside what is collected and what customs recorded, and what is scheduled to come.

import { get } from "../api.js";
import { timeline } from "../charts.js";
import { h, replace } from "../dom.js";
import { column, Figure } from "../figure.js";
import { follow, link } from "../router.js";
import { authority, capital, day, measure, ofRegion, points, t, theRegion } from "../text.js";

const LATER = "2100"; // a date from here on is no date of an end

export class Collected {
  constructor(about) {
    this.figure = new Figure("collected", { about, table: () => this.table() });
    this.node = this.figure.node;
    this.node.hidden = true;
  }

  show(data, on) {
    const line = (kind) => ({ name: t(`time.${kind}`), steps: data.steps.map((step) => ({ from: step.from, until: step.until, value: step.over_2024_pct[kind] })) });
    this.lines = [line("statutory"), line("collected")].filter((one) => one.steps.some((step) => Number.isFinite(step.value)));
    this.dots = data.customs.map(({ month, points }) => ({ at: `${month}-15`, value: points }));
    if (this.lines.length < 2) return; // what is collected is not modelled for this pair
    const at = (one) => one.steps.findLast((step) => step.from <= on) ?? one.steps[0], [stated, paid] = this.lines.map((one) => at(one).value);
    const title = capital(t("time.title", { day: day(on), importer: theRegion(data.importer), ofImporter: ofRegion(data.importer), ofExporter: ofRegion(data.exporter), stated: points(stated, 1), paid: points(paid, 1) }));
    this.node.hidden = false;
    this.figure.show(title, (wide) => timeline(this.lines, { label: title, dots: this.dots, dotted: t("time.customs"), mark: on, wide }), t("time.note"));
  }

  table() {
    return {
      columns: [column("from", t("column.from")), column("until", t("column.until")), column("series", t("time.series")), column("points_over_2024", t("column.points"), t("unit.points"))],
      rows: [...this.lines.flatMap((line) => line.steps.map((step) => [step.from, step.until, line.name, step.value])), ...this.dots.map((dot) => [dot.at, dot.at, t("time.customs"), dot.value])],
    };
  }
}

// What begins or ends after a day: scheduled steps, reviews that change a rate, expiries.
export async function calendar(place, { importer, exporter, on }) {
  const { measures } = await get("/api/law/measures", { importer, exporter, on });
  const held = measures.filter((one) => one.status !== "announced_not_in_force");
  const events = [
    ...held.filter((one) => one.from > on).map((one) => ({ at: one.from, key: "time.begins", one })),
    ...held.filter((one) => one.until && one.until > on && one.until < LATER).map((one) => ({ at: one.until, key: "time.ends", one })),
  ].sort((x, y) => (x.at < y.at ? -1 : 1));
  const line = ({ at, key, one }) => h("li", {}, h("a", { href: link({ on: at, view: "law", sector: null }), onclick: follow }, day(at)), `${t("about.colon")}${t(key, { name: measure(one.id) })} `, h("small", {}, authority(one.authority)));
  replace(place, h("h2", {}, t("time.calendar")), events.length ? h("ul", { class: "calendar" }, events.map(line)) : h("p", {}, t("time.calendar.none")), h("p", { class: "note" }, t("time.calendar.note")));
}
