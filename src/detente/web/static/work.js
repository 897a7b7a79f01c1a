// Work that takes more than a moment: how far it is, about how long it has left, and a button that stops it.

import { get, post, send } from "./api.js";
import { h, replace } from "./dom.js";
import { announce } from "./messages.js";
import { num, t, tn } from "./text.js";

const LOOK = 700; // milliseconds between looks

export class Work {
  constructor() {
    this.node = h("div", { class: "work" });
    this.said = h("p", { class: "status", role: "status" });
    this.bar = h("progress", { max: 1, "aria-label": t("work.label") });
    this.stopper = h("button", { type: "button", onclick: () => this.stop() }, t("work.stop"));
  }

  // What the server answers to `path` in the end; null when it was stopped or the screen was left. `beside`: further buttons.
  async run(path, body, beside = []) {
    if (this.job) await this.stop();
    const mine = (this.turn = (this.turn ?? 0) + 1);
    const current = () => mine === this.turn && !this.left;
    this.stopper.disabled = false;
    replace(this.node, this.said, this.bar, h("div", { class: "actions" }, this.stopper, beside));
    this.tell({ state: "waiting" });
    try {
      let now = await post(path, body);
      while (current() && (now.state === "waiting" || now.state === "running")) {
        this.job = now.job;
        this.tell(now);
        await new Promise((done) => setTimeout(done, LOOK));
        if (current()) now = await get(`/api/jobs/${this.job}`);
      }
      if (!current()) return null;
      this.job = null;
      replace(this.node);
      if (now.state === "failed") throw new Error(now.error);
      return now.state === "done" ? now.result : null;
    } catch (error) {
      if (!current()) return null;
      this.job = null;
      this.said.className = "status error";
      this.said.textContent = error.message;
      replace(this.node, this.said);
      announce(error.message);
      return null;
    }
  }

  tell({ state, stage, done = 0, solved = 0, left_s: left = null }) {
    this.said.className = "status busy";
    const parts = [state === "waiting" ? t("work.waiting") : t(`work.${stage ?? "begins"}`)];
    if (solved) parts.push(t("work.solved", { n: num(solved, 0) }));
    if (left !== null) parts.push(left >= 90 ? tn("work.minutes", Math.round(left / 60)) : t("work.seconds", { n: num(Math.max(5, 5 * Math.round(left / 5)), 0) }));
    this.said.textContent = parts.join(" ");
    if (state === "running") this.bar.value = done;
    else this.bar.removeAttribute("value");
  }

  async stop() {
    this.turn++;
    const { job } = this;
    this.job = null;
    this.stopper.disabled = true;
    replace(this.node, h("p", { class: "status", role: "status" }, t("work.stopped")));
    if (job) await send("DELETE", `/api/jobs/${job}`).catch(() => null); // gone already: nothing to stop
  }

  // The screen is left: the work goes on and is found again.
  leave() {
    this.left = true;
  }
}
