// The page: its frame, and in it the screen and the language that the address names.

import { get } from "./api.js";
import { h, replace } from "./dom.js";
import { announce, failure, misread } from "./messages.js";
import { follow, link, query, start } from "./router.js";
import { strangers } from "./scenario.js";
import { CAD, currency, LANGUAGES, language, num, speak, t } from "./text.js";
import * as compare from "./views/compare.js";
import * as gallery from "./views/gallery.js";
import * as law from "./views/law.js";
import * as table from "./views/table.js";
import * as whatif from "./views/whatif.js";
import { world } from "./world.js";

const VIEWS = { law, whatif, gallery, compare, table };

let leave = null;

const kept = () => (currency === "CAD" ? "&currency=CAD" : ""); // what goes along from screen to screen

function header(view) {
  const item = (name) => h("a", { href: `/?view=${name}&lang=${language}${kept()}`, "aria-current": name === view ? "page" : null, onclick: follow }, t(`nav.${name}`));
  return [
    h("a", { class: "brand", href: `/?view=law&lang=${language}`, onclick: follow }, "Détente"),
    h("nav", { "aria-label": t("nav.label") }, Object.keys(VIEWS).map(item)),
    h("div", { class: "tools" },
      h("button", { type: "button", onclick: copyLink, id: "copy-link" }, t("copy_link")),
      h("a", { href: link({ currency: currency === "CAD" ? null : "CAD" }), onclick: follow, "aria-label": t(currency === "CAD" ? "currency.to_USD" : "currency.to_CAD") }, currency === "CAD" ? "US$" : "C$"),
      Object.entries(LANGUAGES).filter(([code]) => code !== language).map(([code, name]) =>
        h("a", { href: link({ lang: code }), lang: code, hreflang: code, onclick: follow }, name))),
    h("p", { id: "announce", class: "visually-hidden", role: "status", "aria-live": "polite" }),
  ];
}

async function copyLink(event) {
  const button = event.currentTarget;
  try {
    await navigator.clipboard.writeText(location.href);
    announce(t("link_copied"));
    button.textContent = t("link_copied");
  } catch {
    button.textContent = t("link_in_bar");
  }
  setTimeout(() => { button.textContent = t("copy_link"); }, 2500);
}

let turn = 0;

async function show() {
  const mine = ++turn;
  const values = query();
  const view = values.get("view") in VIEWS ? values.get("view") : "law";
  const main = document.getElementById("main");
  leave?.();
  leave = null;
  try {
    if (!world.vocabulary) {
      world.vocabulary = await get("/api/vocabulary");
      document.body.dataset.version = world.vocabulary.version;
      document.body.dataset.baseline = `${world.vocabulary.baseline.title} ${world.vocabulary.baseline.hash}`;
    }
    await speak(values.get("lang") ?? navigator.language.slice(0, 2), values.get("currency"), world.vocabulary);
  } catch (error) {
    replace(main, failure(error, show));
    return;
  }
  if (mine !== turn) return;
  document.title = `${t(`nav.${view}`)} – Détente`;
  document.getElementById("skip").textContent = t("skip");
  replace(document.getElementById("top"), header(view));
  replace(document.getElementById("foot"), footer());
  const shell = h("div", { class: `view ${view}` });
  const strange = [...(values.get("view") in VIEWS || !values.has("view") ? [] : [`view=${values.get("view")}`]), ...strangers(values).map((key) => `${key}=${values.get(key)}`)];
  replace(main, misread(strange), shell);
  try {
    const stop = await VIEWS[view].show(shell, values);
    if (mine === turn) leave = stop ?? null;
    else stop?.();
  } catch (error) {
    if (error.name !== "AbortError" && mine === turn) replace(main, failure(error, show));
  }
}

function footer() {
  const base = query().get("data");
  const hash = world.vocabulary.baseline.hash;
  return [
    base && base !== hash ? h("p", { class: "warning" }, t("other_data", { then: base, now: hash })) : null,
    h("p", {}, t("footer.about", { version: world.vocabulary.version, baseline: world.vocabulary.baseline.title, hash })),
    currency === "CAD" ? h("p", {}, t("currency.note", { rate: num(CAD, 4) })) : null,
    h("p", {}, t("footer.places")),
    h("p", {}, h("a", { href: "/api/openapi.json" }, t("footer.api"))),
  ];
}

// Paper is white: figures are drawn once more in the light colours before printing, and back after it.
for (const [moment, printing] of [["beforeprint", true], ["afterprint", false]]) {
  addEventListener(moment, () => {
    document.documentElement.toggleAttribute("data-print", printing);
    dispatchEvent(new Event("repaint"));
  });
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
start(show);
