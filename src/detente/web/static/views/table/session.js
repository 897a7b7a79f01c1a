// A negotiation under way: what is kept on the server, the draft on this screen, and what others do meanwhile.

import { get, post, send } from "../../api.js";
import { h, replace } from "../../dom.js";
import { announce } from "../../messages.js";
import { remember } from "../../router.js";
import { capital, t, theRegion, tn } from "../../text.js";
import { world } from "../../world.js";
import { Board } from "./board.js";
import { Draft } from "./draft.js";
import { Help } from "./help.js";

const POLL = 5000; // milliseconds between looks at what others did
const UNTOUCHED = "-"; // in the address: a term left as the law of today has it

export class Session {
  constructor(shell, id) {
    this.shell = shell;
    this.path = `/api/talks/${encodeURIComponent(id)}`;
    this.alive = true;
  }

  async open(values) {
    replace(this.shell, h("p", { class: "status busy", role: "status" }, t("talks.loading")));
    this.kept = await get(this.path);
    if (!this.alive) return;
    const { parties } = this.kept, given = (values.get("draft") ?? "").split(",").map((one) => (one === UNTOUCHED ? null : Number(one)));
    const start = given.length === this.kept.terms.length && given.every((one) => one === null || Number.isFinite(one)) ? given : this.kept.offers.at(-1)?.values ?? this.kept.terms.map(() => null);
    this.draft = new Draft(this.kept, [...start], parties.includes(values.get("by")) ? values.get("by") : parties[0],
      { onmove: () => this.score(), onrest: () => this.remember(), onput: () => this.offer() });
    this.board = new Board(parties, { onload: (past) => this.draft.set(past), onnote: (number, note) => this.annotate(number, note) });
    this.help = new Help(this, (found) => { this.analysis = found; this.draw(); });
    this.build(parties);
    if (this.kept.analysis) {
      this.analysis = this.kept.analysis;
      this.help.show(this.analysis);
    }
    this.look = setInterval(() => this.poll(), POLL);
    this.draw();
    await this.score();
  }

  close() {
    this.alive = false;
    clearInterval(this.look);
    this.help?.work.leave();
  }

  build([a, b]) {
    replace(this.shell,
      h("h1", {}, this.kept.title),
      this.kept.data_warning ? h("p", { class: "warning", role: "note" }, this.otherData()) : null,
      h("p", { class: "lead" }, t("talks.session", { a: capital(theRegion(a)), b: theRegion(b) })),
      h("div", { class: "columns wide" }, this.draft.node,
        h("section", { class: "results", "aria-label": t("talks.results") },
          h("h2", {}, t("talks.scores")), this.board.scores, this.board.lines, this.board.figure.node, this.help.node,
          h("div", { class: "card" }, h("div", { class: "row" }, h("h2", {}, t("talks.history")), h("a", { class: "button", href: `${this.path}/offers.csv`, download: "offers.csv" }, "CSV"), h("a", { class: "button", href: `${this.path}/file`, download: "table.yaml" }, "YAML")), this.board.history))));
  }

  // What the installed data are not that the negotiation was opened with, and what that means for its scores.
  otherData() {
    const { differs, opened_with: then } = this.kept;
    if (!then) return t("talks.data_unknown");
    return t("talks.data_differs", { what: differs.map((name) => t(`talks.data.${name}`)).join(", ") });
  }

  draw() {
    this.draft.update(this.kept, this.analysis?.agreement.values);
    this.board.show(this.kept, this.scored, this.analysis);
  }

  remember() {
    remember({ by: this.draft.by, draft: this.draft.values.map((value) => (value === null ? UNTOUCHED : Number(value.toFixed(5)))).join(","), data: world.vocabulary.baseline.hash });
  }

  complain(message) {
    if (!this.alive) return;
    this.draft.say(message, "error");
    announce(message);
  }

  // One request at a time; of the drafts made meanwhile, the last is scored next.
  async score() {
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    do {
      this.again = false;
      try {
        const scored = await post(`${this.path}/score`, { values: this.draft.values });
        if (!this.alive) return;
        this.scored = scored;
        if (this.draft.status.classList.contains("error")) this.draft.say("");
        this.draw();
      } catch (error) {
        this.complain(error.message);
      }
    } while (this.again && this.alive);
    this.busy = false;
  }

  async offer() {
    const { draft } = this;
    draft.button.disabled = true;
    try {
      const reply = await send("POST", `${this.path}/offers`, { version: this.kept.version, side: draft.by, values: draft.values, note: draft.note.value });
      this.kept = await reply.json();
      draft.note.value = "";
      draft.turn(this.kept.parties.find((code) => code !== draft.by)); // the other side's turn
      this.remember();
      draft.say(t("talks.put_done", { n: this.kept.offers.length }));
    } catch (error) {
      if (error.status === 409) {
        this.kept = await get(this.path);
        this.complain(t("talks.stale"));
      } else this.complain(error.message);
    }
    draft.button.disabled = false;
    if (this.alive) this.draw();
  }

  async annotate(number, note) {
    try {
      this.kept = await (await send("PATCH", `${this.path}/offers/${number}`, { version: this.kept.version, note })).json();
      announce(t("talks.note_kept"));
    } catch (error) {
      if (error.status !== 409) return this.complain(error.message);
      const noted = () => this.kept.offers[number - 1].note, before = noted();
      this.kept = await get(this.path);
      if (noted() === before) return this.annotate(number, note); // something else was changed, not this note
      this.complain(t("talks.note_stale", { note }));
      this.draw();
    }
    return null;
  }

  async poll() {
    if (document.hidden) return;
    try {
      const kept = await get(this.path);
      if (!this.alive || kept.version <= this.kept.version) return;
      const fresh = kept.offers.length - this.kept.offers.length;
      this.kept = kept;
      if (fresh > 0) announce(tn("talks.news", fresh));
      this.draw();
    } catch { /* the next look will tell; offers say so themselves */ }
  }
}
