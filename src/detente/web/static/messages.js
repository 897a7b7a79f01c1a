// What the page says beside its screens: to screen readers, and when something failed.

import { h } from "./dom.js";
import { t } from "./text.js";

export function announce(text) {
  const box = document.getElementById("announce");
  if (box) box.textContent = text;
}

export function failure(error, retry) {
  return h("div", { class: "card problem", role: "alert" },
    h("h2", {}, t("error.title")), h("p", {}, error.message),
    retry ? h("button", { type: "button", onclick: retry }, t("error.retry")) : null);
}
