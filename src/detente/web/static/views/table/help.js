// What the model can say about the table: the frontier and the agreement, the price of limits, the next step.

import { h, replace } from "../../dom.js";
import { grid, number } from "../../grid.js";
import { announce } from "../../messages.js";
import { duty, fine, ofRegion, region, t, theRegion } from "../../text.js";
import { Work } from "../../work.js";
import { byLabel, termText } from "./terms.js";

// `session`: the negotiation (kept, path), its draft. onanalysis(result) when the frontier is known.
export class Help {
  constructor(session, onanalysis) {
    this.session = session;
    this.onanalysis = onanalysis;
    this.work = new Work();
    this.steps = h("div", {});
    this.insight = h("div", {});
    this.node = h("div", { class: "card" }, h("h2", {}, t("talks.help")),
      h("div", { class: "actions" },
        h("button", { type: "button", onclick: () => this.analyse() }, t("talks.analyse")),
        h("button", { type: "button", onclick: () => this.suggest() }, t("talks.suggest"))),
      h("p", { class: "note" }, t("talks.help.note")), this.work.node, this.steps, this.insight);
  }

  async analyse() {
    const found = await this.work.run(`${this.session.path}/analysis`, {});
    if (!found) return;
    this.show(found);
    this.onanalysis(found);
    announce(t("talks.analysed"));
  }

  async suggest() {
    const values = [...this.session.draft.values];
    const found = await this.work.run(`${this.session.path}/suggestion`, { values });
    if (!found) return;
    const { parties, terms } = this.session.kept, { draft } = this.session;
    const take = (step) => {
      const next = [...draft.values];
      for (const { index, value } of step.terms) next[index] = value;
      draft.set(next);
    };
    const line = (step) => h("li", {},
      step.terms.map(({ index, value }) => t("labelled", { label: termText(terms[index]), value: `${duty(100 * (values[index] ?? this.session.kept.terms[index].today ?? 0))} → ${duty(100 * value)}` })).join("; "),
      ` (${parties.map((code, k) => `${region(code)} ${fine(step.gain_pct[k])}`).join(", ")}) `, step.helps_both ? h("strong", {}, t("talks.helps_both")) : null, " ",
      h("button", { type: "button", onclick: () => take(step) }, t("talks.take")));
    replace(this.steps, h("h3", {}, t("talks.suggested")), found.steps.length ? h("ol", {}, found.steps.map(line)) : h("p", {}, t("talks.no_step")));
    announce(t("talks.suggested"));
  }

  show({ agreement, concessions, prices }) {
    const { kept } = this.session, [a, b] = kept.parties;
    const gains = kept.parties.map((code) => t("talks.gain_of", { region: region(code) }));
    const rows = (all, cells) => all.map((one) => [byLabel(kept, one.label), ...cells(one).map((text) => number(text))]);
    replace(this.insight,
      h("p", {}, t("talks.agreement", { a: theRegion(a), an: fine(agreement.vs_threat_pct[0]), b: theRegion(b), bn: fine(agreement.vs_threat_pct[1]), ofA: ofRegion(a), ofB: ofRegion(b) })),
      h("details", { open: true }, h("summary", {}, t("talks.prices")), h("p", { class: "note" }, t("talks.prices.note")),
        prices.length ? grid(t("talks.prices"), [t("talks.limit"), ...gains], rows(prices, (one) => one.gain_pct.map((v) => fine(v))), { stack: true }) : h("p", {}, t("talks.no_prices"))),
      h("details", {}, h("summary", {}, t("talks.concessions")),
        grid(t("talks.concessions"), [t("talks.term"), t("talks.agreed"), ...gains], rows(concessions, (one) => [duty(100 * one.agreed), ...one.worth_pct.map((v) => fine(v))]), { stack: true })));
  }
}
