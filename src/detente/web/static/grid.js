// Tables: the first cell of a row is its heading. On a phone a `stack` table shows each row as a card that names its cells.

import { h } from "./dom.js";

// A cell of its own kind: `number`, or in a language of its own.
export const cell = (content, attributes = {}) => h("td", attributes, content);
export const number = (content, attributes = {}) => h("td", { class: "number", ...attributes }, content);

export function grid(label, heads, rows, { stack = false, kind = "" } = {}) {
  const head = (content) => (content instanceof Element && content.matches("th, td") ? content : h("th", { scope: "col" }, content));
  const body = h("tbody", {});
  const table = h("table", { class: `${stack ? "stack " : ""}${kind}` }, h("thead", {}, h("tr", {}, heads.map(head))), body);
  const names = [...table.tHead.rows[0].cells].map((one) => one.textContent);
  table.fill = (next) => body.replaceChildren(...next.map((row) => line(row, stack ? names : null)));
  table.fill(rows);
  const box = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, table);
  box.fill = table.fill;
  return box;
}

function line(row, names) {
  const cells = row.map((content, k) => {
    if (content instanceof Element && content.matches("th, td")) return content;
    return k ? h("td", { class: typeof content === "number" ? "number" : null }, content) : h("th", { scope: "row" }, content);
  });
  if (names) cells.forEach((one, k) => k && (one.dataset.label = names[k]));
  return h("tr", {}, cells);
}
