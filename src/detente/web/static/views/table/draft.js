// The draft of an offer: who makes it, a slider for each term, a note. A term that nobody moved has no value (null): its
// rates stay what the law of today has, even where they differ among its goods.

import { h, newId, replace } from "../../dom.js";
import { pct, region, t, theRegion, track } from "../../text.js";
import { termText } from "./terms.js";

const rate = (value) => pct(100 * value, false, Math.abs(100 * value) % 1 > 0.04 && Math.abs(100 * value) % 1 < 0.96 ? 1 : 0);
const span = (mean, [low, high]) => (mean === null ? t("talks.none") : high - low < 5e-4 ? rate(mean) : t("talks.span", { low: rate(low), high: rate(high) }));

// onmove() while a term is moved, onrest() when the draft stands, onput() when it is to go on the table.
export class Draft {
  constructor(kept, values, by, { onmove, onrest, onput }) {
    Object.assign(this, { kept, values, by, onmove, onrest });
    this.parts = [];
    this.note = h("textarea", { rows: 2, maxlength: 2000, id: newId("note") });
    this.button = h("button", { type: "button", class: "primary", onclick: onput }, "");
    this.status = h("p", { class: "status", role: "status" });
    this.agreement = h("button", { type: "button", disabled: true, title: t("talks.from_deal.first"), onclick: () => this.set(this.agreed) }, t("talks.from_deal"));
    const { parties, terms } = kept, name = newId("side");
    const from = (text, read) => h("button", { type: "button", onclick: () => this.set(read()) }, text);
    this.last = from(t("talks.from_last"), () => this.kept.offers.at(-1).values);
    this.node = h("section", { class: "controls card", "aria-label": t("talks.offer") },
      h("h2", {}, t("talks.offer")),
      h("fieldset", { class: "tabs" }, h("legend", {}, t("talks.by")), parties.map((code) => h("label", {},
        h("input", { type: "radio", name, value: code, checked: code === by, onchange: () => { this.turn(code); this.onrest(); } }), h("span", {}, region(code))))),
      h("p", { class: "note" }, t("talks.offer.note")),
      [...new Set(terms.map((term) => term.track))].map((one) => h("fieldset", { class: "sliders" }, h("legend", {}, track(one)),
        terms.map((term, k) => (term.track === one ? this.slider(term, k) : null)))),
      h("div", { class: "actions" }, from(t("talks.from_today"), () => this.kept.terms.map(() => null)), this.last, this.agreement),
      h("label", { for: this.note.id }, t("talks.note")), this.note,
      h("div", { class: "actions" }, this.button), this.status);
    this.turn(by);
    this.update(kept);
  }

  slider(term, k) {
    const id = newId("term"), now = this.kept.terms[k], output = h("output", { for: id }), finest = term.kind === "trade_cost" ? 0.1 : 0.5;
    const marks = h("datalist", { id: `${id}-marks` }, [now.today, now.threat].filter((value) => value !== null).map((value) => h("option", { value: 100 * value })));
    const input = h("input", { type: "range", id, list: marks.id, min: 100 * term.lower, max: 100 * term.upper, step: finest, value: 100 * this.shown(k),
      oninput: () => { this.values[k] = Number(input.value) / 100; this.mark(k); this.onmove(); }, onchange: () => this.onrest() });
    this.parts[k] = { input, output };
    this.mark(k);
    return h("div", { class: "slider term" }, h("label", { for: id }, termText(term), h("small", {}, t("talks.now", { today: span(now.today, now.today_range), threat: span(now.threat, now.threat_range) }))), input, output, marks);
  }

  // Where the slider of a term stands.
  shown(k) {
    return this.values[k] ?? this.kept.terms[k].today ?? 0;
  }

  mark(k) {
    const { input, output } = this.parts[k];
    const now = this.kept.terms[k];
    output.textContent = this.values[k] === null ? span(now.today, now.today_range) : rate(this.values[k]);
    input.setAttribute("aria-valuetext", output.textContent);
  }

  set(values) {
    const { terms } = this.kept;
    this.values = values.map((value, k) => (value === null ? null : Math.min(Math.max(value, terms[k].lower), terms[k].upper)));
    this.parts.forEach(({ input }, k) => { input.value = 100 * this.shown(k); this.mark(k); });
    this.onrest();
    this.onmove();
  }

  turn(code) {
    this.by = code;
    this.button.textContent = t("talks.put", { side: theRegion(code) });
    this.node.querySelector(`input[type=radio][value="${code}"]`).checked = true;
  }

  // The negotiation as it is now, and the agreement where it is known.
  update(kept, agreed = this.agreed) {
    this.kept = kept;
    this.agreed = agreed;
    this.agreement.disabled = !agreed;
    if (agreed) this.agreement.removeAttribute("title");
    this.last.disabled = !kept.offers.length;
  }

  say(text, kind = "") {
    this.status.className = `status ${kind}`;
    replace(this.status, text);
  }
}
