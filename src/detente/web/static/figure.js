// A figure: its finding as a title, the drawing, the same numbers as a table, downloads and a citation.

import { h, newId, replace, save } from "./dom.js";
import { png, standalone } from "./export.js";
import { grid, number } from "./grid.js";
import { plain, t } from "./text.js";

const csvCell = (value) => {
  const text = String(value ?? "");
  const safe = /^[=+\-@]/.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export function saveCsv(name, title, source, { head, rows }) {
  const lines = [[`# ${title}`], [`# ${source}`], [`# ${location.href}`], head, ...rows];
  save(`${name}.csv`, `\ufeff${lines.map((row) => row.map(csvCell).join(",")).join("\r\n")}\r\n`, "text/csv;charset=utf-8");
}

// The two buttons under a table that has no drawing.
export const tableFiles = (name, title, source, table) => h("div", { class: "downloads" },
  h("button", { type: "button", onclick: () => saveCsv(name, title, source(), table()) }, "CSV"),
  h("button", { type: "button", onclick: (event) => cite(event.currentTarget) }, t("figure.cite")));

export function citation() {
  const today = new Date().toISOString().slice(0, 10);
  return t("citation.text", { version: document.body.dataset.version, baseline: document.body.dataset.baseline, date: today, link: location.href });
}

// name: of the files. table(): {head, rows}. source: one line under the drawing.
export class Figure {
  constructor(name, { source = () => "", table = null } = {}) {
    this.name = name;
    this.source = source;
    this.table = table;
    const id = newId("figure");
    this.title = h("h3", { id });
    this.note = h("p", { class: "note" });
    this.canvas = h("div", { class: "canvas", tabindex: "0", role: "group", "aria-labelledby": id }); // scrolls on a phone
    this.body = h("div", {});
    this.details = h("details", { ontoggle: () => this.tabulate() }, h("summary", {}, t("figure.table")), this.body);
    this.node = h("figure", { "aria-labelledby": id, class: "card" },
      this.title, this.note, this.canvas, this.details,
      h("div", { class: "downloads" },
        h("button", { type: "button", onclick: () => this.csv() }, "CSV"),
        h("button", { type: "button", onclick: () => this.svg() }, "SVG"),
        h("button", { type: "button", onclick: () => this.png() }, "PNG"),
        h("button", { type: "button", onclick: (event) => cite(event.currentTarget) }, t("figure.cite"))));
  }

  // Pixels to draw for; asked of the browser only when the window has changed.
  get wide() {
    if (this.at !== innerWidth && this.canvas.clientWidth) {
      this.at = innerWidth;
      this.known = this.canvas.clientWidth;
    }
    return Math.max(280, this.known ?? Math.min(640, innerWidth - 60));
  }

  // Show a drawing; `title` says the finding.
  show(title, drawing, note = "") {
    this.title.textContent = title;
    this.note.textContent = note;
    this.note.hidden = !note;
    replace(this.canvas, drawing);
    this.drawing = drawing;
    this.tabulate();
  }

  tabulate() {
    if (!this.details.open || !this.table) return;
    const { head, rows } = this.table();
    replace(this.body, grid(this.title.textContent, head, rows.map((row) => row.map((value) => (typeof value === "number" ? number(plain(value)) : value ?? t("no_data"))))));
  }

  csv() {
    saveCsv(this.name, this.title.textContent, this.source(), this.table());
  }

  svg() {
    save(`${this.name}.svg`, standalone(this.drawing, this.title.textContent, this.source()).text, "image/svg+xml");
  }

  async png() {
    save(`${this.name}.png`, await png(standalone(this.drawing, this.title.textContent, this.source())), "image/png");
  }
}

export async function cite(button) {
  const text = citation();
  let box = button.parentElement.querySelector("output.citation");
  if (!box) {
    box = h("output", { class: "citation" });
    button.parentElement.append(box);
  }
  box.textContent = text;
  try {
    await navigator.clipboard.writeText(text);
    box.append(h("em", {}, ` ${t("copied")}`));
  } catch { /* no clipboard here: the text is shown to be copied */ }
}
