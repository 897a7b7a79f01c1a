// What the table brings: scores of the draft, red lines, the plane of both sides' gains, the rounds.

import { plane } from "../../charts.js";
import { h, replace } from "../../dom.js";
import { column, Figure } from "../../figure.js";
import { cell, grid, number } from "../../grid.js";
import { amount, duty, fine, points, region, t, tn } from "../../text.js";
import { world } from "../../world.js";
import { lineText, termText } from "./terms.js";

// onload(values) when a past offer is to become the draft, onnote(number, text) when its note has changed.
export class Board {
  constructor(parties, { onload, onnote }) {
    Object.assign(this, { parties, onload, onnote });
    this.scores = h("div", { class: "cards" });
    this.lines = h("ul", { class: "lines" });
    this.history = h("div", {});
    this.figure = new Figure("frontier", { about: () => this.about(), table: () => this.pointTable() });
  }

  show(kept, scored, analysis) {
    Object.assign(this, { kept, scored, analysis });
    if (scored) this.drawScores();
    else replace(this.scores, this.parties.map((code) => h("div", { class: "card number-card busy" }, h("h3", {}, region(code)), h("p", { class: "big" }, "…"), h("p", { class: "under" }, t("talks.scoring")))));
    this.drawPlane();
    this.drawHistory();
  }

  // What a figure that leaves this screen says of itself.
  about() {
    const { baseline, version } = world.vocabulary, { title, terms, horizon } = this.kept;
    return {
      scenario: t("talks.scenario", { title, n: terms.length, horizon: t(`horizon.${horizon}`) }), slug: title.normalize("NFD").replace(/[^A-Za-z0-9]+/g, "-").slice(0, 50),
      source: t("source.model", { version, baseline: baseline.title, hash: baseline.hash }), range: t("about.central"),
    };
  }

  drawScores() {
    replace(this.scores, this.parties.map((code) => {
      const score = this.scored.sides[code];
      const row = (key, value, dollars) => [h("dt", {}, t(key)), h("dd", {}, `${fine(value)} · ${amount(dollars, true)}`)];
      return h("div", { class: "card number-card" }, h("h3", {}, region(code)),
        h("p", { class: "big" }, fine(score.vs_threat_pct)), h("p", { class: "under" }, t("talks.vs_threat_long")),
        h("dl", {}, row("talks.vs_threat", score.vs_threat_pct, score.vs_threat_musd), row("talks.vs_today", score.vs_today_pct, score.vs_today_musd)));
    }));
    replace(this.lines, this.kept.red_lines.map((line, k) => {
      const { holds, room } = this.scored.red_lines[k];
      return h("li", { class: holds ? "holds" : "broken" }, h("span", { "aria-hidden": "true" }, holds ? "✓ " : "✗ "),
        t("labelled", { label: lineText(line), value: t(holds ? "talks.holds" : "talks.broken", { room: points(100 * Math.abs(room), 1) }) }));
    }));
  }

  points() {
    const at = (score) => this.parties.map((code) => score.sides[code].vs_threat_pct);
    const found = this.kept.offers.filter((offer) => offer.same_data !== false).map((offer) => ({
      at: at(offer.scores), kind: `side${this.parties.indexOf(offer.side)}`, name: String(offer.number),
      shape: this.parties.indexOf(offer.side) ? "square" : "circle", title: t("talks.point", { n: offer.number, side: region(offer.side) }),
    }));
    found.push({ at: [0, 0], shape: "cross", kind: "draft", name: t("talks.threat_point"), title: t("talks.threat_point") });
    const any = this.kept.offers[0]?.scores ?? this.scored;
    if (any) {
      const now = this.parties.map((code) => 100 * ((1 + any.sides[code].vs_threat_pct / 100) / (1 + any.sides[code].vs_today_pct / 100) - 1));
      if (Math.hypot(...now) > 1e-4) found.push({ at: now, shape: "cross", kind: "draft", name: t("talks.today"), title: t("talks.today") });
    }
    if (this.analysis) found.push({ at: this.analysis.agreement.vs_threat_pct, kind: "agreed", shape: "star", name: t("talks.deal"), title: t("talks.deal_title") });
    if (this.scored) found.push({ at: at(this.scored), kind: "draft", shape: "circle", name: t("talks.draft"), title: t("talks.draft") });
    return found;
  }

  drawPlane() {
    const [a, b] = this.parties, points = this.points(), last = this.kept.offers.at(-1);
    const axes = this.parties.map((code) => t("talks.axis", { region: region(code) }));
    const title = last
      ? t("talks.plane_title", { n: last.number, a: region(a), an: fine(last.scores.sides[a].vs_threat_pct), b: region(b), bn: fine(last.scores.sides[b].vs_threat_pct) })
      : t("talks.plane_empty");
    const label = `${title} ${points.map((p) => `${p.title}: ${fine(p.at[0])}, ${fine(p.at[1])}`).join("; ")}`;
    this.figure.show(title, (wide) => plane({ curve: this.analysis?.frontier.map((p) => p.vs_threat_pct) ?? [], points, axes, label, wide }), t(this.analysis ? "talks.plane_note.frontier" : "talks.plane_note"));
  }

  pointTable() {
    return { columns: [column("point", t("talks.point_name")), ...this.parties.map((code) => column(`real_income_pct_${code}`, t("talks.axis", { region: region(code) }), "%"))], rows: [
      ...this.points().map((p) => [p.title, ...p.at]), ...(this.analysis?.frontier ?? []).map((p, k) => [t("talks.frontier_point", { n: k + 1 }), ...p.vs_threat_pct])] };
  }

  drawHistory() {
    if (this.history.contains(document.activeElement)) return; // somebody is writing a note
    if (!this.kept.offers.length) {
      replace(this.history, h("p", {}, t("talks.no_offers")));
      return;
    }
    const rows = [...this.kept.offers].reverse().map((offer) => {
      const note = h("textarea", { rows: 1, maxlength: 2000, "aria-label": t("talks.note_of", { n: offer.number }), onchange: () => this.onnote(offer.number, note.value) }, offer.note);
      const terms = offer.values.map((value, k) => [value, k]).filter(([value, k]) => value !== null && Math.abs(value - (this.kept.terms[k].today ?? 0)) > 5e-4)
        .map(([value, k]) => t("labelled", { label: termText(this.kept.terms[k]), value: duty(100 * value) }));
      const score = (code, what) => h("div", {}, `${fine(offer.scores.sides[code][`vs_${what}_pct`])} `, h("small", {}, t(`talks.vs_${what}`)));
      return [
        h("th", { scope: "row" }, t("talks.offer_row", { n: offer.number, round: offer.round, side: region(offer.side) }), h("div", {}, h("button", { type: "button", class: "plain", onclick: () => this.onload([...offer.values]) }, t("talks.load")))),
        cell(h("details", {}, h("summary", {}, tn("talks.changes", terms.length)), h("ul", {}, terms.map((text) => h("li", {}, text))))),
        ...this.parties.map((code) => number([score(code, "threat"), score(code, "today")])), note];
    });
    replace(this.history, grid(t("talks.history"), [t("talks.offer_head"), t("talks.terms_head"), ...this.parties.map(region), t("talks.note")], rows, { stack: true, kind: "rounds" }));
  }
}
