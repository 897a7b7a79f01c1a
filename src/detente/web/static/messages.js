// What the page says beside its screens: to screen readers, and when something failed.

import { h } from "./dom.js";
import { day, t } from "./text.js";

export function announce(text) {
  const box = document.getElementById("announce");
  if (box) box.textContent = text;
}

export function failure(error, retry) {
  return h("div", { class: "card problem", role: "alert" },
    h("h2", {}, t("error.title")), h("p", {}, error.message),
    retry ? h("button", { type: "button", onclick: retry }, t("error.retry")) : null);
}

// Which parts of a link were not understood; nothing where all were.
export const misread = (parts) => (parts.length ? [h("p", { class: "warning", role: "alert" }, t("link.misread", { parts: parts.map((one) => `“${one.slice(0, 60)}”`).join(", ") }))] : []);

// That a day lies past what the ledger covers; nothing where it does not.
export const beyond = (on, last) => (on && on > last ? [h("p", { class: "warning late", role: "note" }, t("beyond", { day: day(on), last: day(last) }))] : []);
