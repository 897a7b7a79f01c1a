// A figure: its finding as a title, the drawing, the same numbers as a table, files that say what they show, and a quotation.

import { h, newId, replace, save } from "./dom.js";
import { png, standalone } from "./export.js";
import { grid, number } from "./grid.js";
import { saveCsv, saveDescription, saveWorkbook } from "./tabular.js";
import { plain, t } from "./text.js";

export const column = (name, title, unit = "") => ({ name, title, unit });
export const shown = (table) => table.columns.map((one) => (one.unit && !one.title.includes(one.unit) ? `${one.title} (${one.unit})` : one.title));

// What every figure says of itself: what its screen knows (scenario, range, source, slug) and what is the same everywhere.
const complete = (about) => ({ range: "", slug: "", link: location.href, ...about, licence: t("about.licence.text") });

const fileName = (name, about) => ["detente", name, about.slug].filter(Boolean).join("-").toLowerCase().slice(0, 120).replace(/-+$/, "");

const button = (text, does, attributes = {}) => h("button", { type: "button", onclick: does, ...attributes }, text);

const tableButtons = (name, title, about, table) => [
  button("CSV", () => saveCsv(fileName(name, about()), table(), about()), { title: t("figure.csv") }),
  button("JSON", () => saveDescription(fileName(name, about()), title(), table(), about()), { title: t("figure.json") }),
  button("Excel", () => saveWorkbook(fileName(name, about()), title(), table(), about()), { title: t("figure.excel") }),
];

// The buttons under a table that has no drawing. about(): {scenario, range, source, slug}.
export function tableFiles(name, title, about, table) {
  const whole = () => complete(about());
  return h("div", { class: "downloads" }, tableButtons(name, () => title, whole, table),
    button(t("figure.quote"), (event) => quote(event.currentTarget, title, "", whole())));
}

export function citation(about) {
  const today = new Date().toISOString().slice(0, 10);
  return t("citation.text", { version: document.body.dataset.version, baseline: document.body.dataset.baseline, date: today, link: about?.link ?? location.href });
}

// name: of the files. table(): {columns, rows}. about(): {scenario, range, source, slug}.
export class Figure {
  // embedded(): the address of the figure without its ending, where it has one.
  constructor(name, { about, table, embedded = null }) {
    this.name = name;
    this.about = () => complete(about());
    this.table = table;
    const id = newId("figure");
    this.title = h("h3", { id });
    this.note = h("p", { class: "note" });
    this.canvas = h("div", { class: "canvas", tabindex: "0", role: "group", "aria-labelledby": id }); // scrolls on a phone
    this.body = h("div", {});
    this.details = h("details", { ontoggle: () => this.tabulate() }, h("summary", {}, t("figure.table")), this.body);
    this.small = h("p", { class: "note small" });
    this.node = h("figure", { "aria-labelledby": id, class: "card", id: `figure-${name}` },
      this.title, this.note, this.canvas, this.small, this.details,
      h("div", { class: "downloads" },
        button("PNG", async () => save(`${this.file}.png`, await png(this.standalone()), "image/png")),
        button("SVG", () => save(`${this.file}.svg`, this.standalone().text, "image/svg+xml")),
        tableButtons(name, () => this.title.textContent, this.about, () => this.table()),
        button(t("figure.quote"), (event) => quote(event.currentTarget, this.title.textContent, this.note.textContent, this.about())),
        embedded ? button(t("figure.embed"), (event) => copied(event.currentTarget, this.embedding(embedded()))) : null));
  }

  get file() {
    return fileName(this.name, this.about());
  }

  // Pixels to draw for; asked of the browser only when the window has changed.
  get wide() {
    if (this.at !== innerWidth && this.canvas.clientWidth) {
      this.at = innerWidth;
      this.known = this.canvas.clientWidth;
    }
    return Math.max(280, this.known ?? Math.min(640, innerWidth - 60));
  }

  // Show `draw(wide)`; `title` says the finding.
  show(title, draw, note = "") {
    this.title.textContent = title;
    this.note.textContent = note;
    this.note.hidden = !note;
    this.small.textContent = this.about().source;
    replace(this.canvas, draw(this.wide));
    this.draw = draw;
    this.tabulate();
  }

  // Say `node` in the place of the drawing.
  wait(title, node) {
    this.title.textContent = title;
    this.note.hidden = true;
    replace(this.canvas, node);
  }

  tabulate() {
    if (!this.details.open || !this.table) return;
    const table = this.table();
    replace(this.body, grid(this.title.textContent, shown(table), table.rows.map((row) => row.map((value) => (typeof value === "number" ? number(plain(value)) : value ?? t("no_data"))))));
  }

  // What goes into another page: a frame, and the addresses of drawing, picture and numbers.
  embedding({ path, query }) {
    const at = (form) => `${location.origin}${path}.${form}?${query}`;
    return `<iframe src="${at("svg")}" width="680" height="620" style="border:0" title="${this.title.textContent.replaceAll('"', "&quot;")}"></iframe>\n${["svg", "png", "json"].map(at).join("\n")}`;
  }

  standalone() {
    return standalone(this.draw, this.title.textContent, this.note.textContent, this.about());
  }
}

// A sentence with its scenario, range and source, shown and copied.
export const quote = (near, title, note, about) =>
  copied(near, [`${t("quote.text", { text: title.replace(/[.\s]+$/, ""), scenario: about.scenario })} ${t("about.range")}${t("about.colon")}${about.range}.`.trim(), citation(about), about.licence].join(" "));

export const cite = (near) => copied(near, citation());

async function copied(near, text) {
  let box = near.parentElement.querySelector("output.citation");
  if (!box) {
    box = h("output", { class: "citation" });
    near.parentElement.append(box);
  }
  box.textContent = text;
  try {
    await navigator.clipboard.writeText(text);
    box.append(h("em", {}, ` ${t("copied")}`));
  } catch { /* no clipboard here: the text is shown to be copied */ }
}
