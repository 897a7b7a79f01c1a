// The table: a negotiation that is kept. Offers in rounds, each scored for both sides, the frontier, the next step.

import { get, post, send } from "../api.js";
import { announce, go, query, remember, world } from "../app.js";
import { plane } from "../charts.js";
import { h, newId, replace } from "../dom.js";
import { Figure } from "../figure.js";
import { capital, money, num, ofRegion, pct, region, sector, t, theRegion, track } from "../text.js";

const POLL = 5000; // milliseconds between looks at what others did

export async function show(shell, values) {
  const id = values.get("id");
  if (!id) return start(shell);
  const session = new Session(shell, id);
  await session.open(values);
  return () => session.close();
}

// -- a new negotiation --------------------------------------------------------------------------------------------------

const threats = { steel: 50, aluminum: 50, autos: 25, parts: 25, energy: 10, rest: 35 };
const answers = { steel: 50, aluminum: 50, autos: 25, parts: 25, energy: 0, rest: 25 };

function template(a, b) {
  const terms = [];
  for (const name of Object.keys(world.vocabulary.tracks)) {
    for (const [importer, exporter, threat] of [[a, b, threats[name]], [b, a, answers[name]]]) {
      if (name === "energy" && importer === b) continue;
      terms.push({ track: name, kind: "tariff", importer, exporter, sectors: world.vocabulary.tracks[name], lower: 0, upper: 50, threat, on: true });
    }
  }
  const energy = world.vocabulary.tracks.energy;
  terms.push({ track: "energy", kind: "export_tax", importer: a, exporter: b, sectors: energy, lower: 0, upper: 25, threat: 10, on: true });
  terms.push({ track: "energy", kind: "trade_cost", importer: a, exporter: b, sectors: ["electricity"], lower: -5, upper: 0, threat: 0, on: true });
  return terms;
}

const what = (term) => t(`term.${term.kind}`, {
  ofImporter: ofRegion(term.importer), ofExporter: ofRegion(term.exporter), importer: theRegion(term.importer), exporter: theRegion(term.exporter),
  goods: trackOf(term),
});

function trackOf(term) {
  const whole = world.vocabulary.tracks[term.track];
  return whole && whole.join() === term.sectors.join() ? t(`goods.${term.track}`) : term.sectors.map((code) => sector(code).toLowerCase()).join(", ");
}

function start(shell) {
  const state = { terms: template("USA", "CAN"), lines: [{ region: "CAN", track: "autos", measure: "jobs", change: -5 }, { region: "USA", track: "steel", measure: "income", change: -10 }] };
  const title = h("input", { type: "text", maxlength: 200, required: true, value: t("talks.default_title"), id: newId("title") });
  const horizon = h("select", { id: newId("horizon") }, ["long", "medium", "short"].map((name) => h("option", { value: name }, t(`horizon.${name}`))));
  const number = (object, key, label, low, high) => h("input", { type: "number", min: low, max: high, step: "any", value: object[key], "aria-label": label, oninput: (event) => { object[key] = Number(event.target.value); } });
  const rows = state.terms.map((term) => {
    const name = what(term);
    return h("tr", {},
      h("td", {}, h("input", { type: "checkbox", checked: term.on, "aria-label": t("talks.include", { term: name }), onchange: (event) => { term.on = event.target.checked; } })),
      h("th", { scope: "row" }, name), h("td", {}, track(term.track)),
      ["lower", "upper", "threat"].map((key) => h("td", {}, number(term, key, `${name}: ${t(`talks.${key}`)}`, -50, 300))));
  });
  const lines = h("div", {});
  const drawLines = () => replace(lines, state.lines.map((line, k) => h("div", { class: "choices" },
    pick(t("column.region"), ["USA", "CAN"].map((code) => [code, region(code)]), line, "region"),
    pick(t("talks.track"), Object.keys(world.vocabulary.tracks).map((name) => [name, track(name)]), line, "track"),
    pick(t("talks.measure"), ["income", "jobs", "pay"].map((name) => [name, t(`measure.${name}`)]), line, "measure"),
    h("label", {}, h("span", {}, t("talks.floor")), number(line, "change", t("talks.floor"), -100, 100)),
    h("button", { type: "button", onclick: () => { state.lines.splice(k, 1); drawLines(); } }, t("compare.remove")))),
    state.lines.length < 8 ? h("button", { type: "button", onclick: () => { state.lines.push({ region: "CAN", track: "steel", measure: "income", change: -5 }); drawLines(); } }, t("talks.add_line")) : null);
  drawLines();
  const status = h("p", { role: "status", class: "status" });
  const button = h("button", { class: "primary", type: "submit" }, t("talks.open"));
  const form = h("form", { class: "card", onsubmit: async (event) => {
    event.preventDefault();
    button.disabled = true;
    status.className = "status busy";
    status.textContent = t("talks.opening");
    try {
      const kept = await post("/api/talks", {
        title: title.value, parties: ["USA", "CAN"], horizon: horizon.value,
        terms: state.terms.filter((term) => term.on).map(({ on, ...term }) => ({ ...term, lower: term.lower / 100, upper: term.upper / 100, threat: term.threat / 100 })),
        red_lines: state.lines.map((line) => ({ region: line.region, sectors: world.vocabulary.tracks[line.track], measure: line.measure, change: line.change / 100 })),
      });
      await go(`/?${new URLSearchParams({ view: "table", lang: query().get("lang") ?? "en", id: kept.id })}`);
    } catch (error) {
      status.className = "status error";
      status.textContent = error.message;
      button.disabled = false;
    }
  } },
    h("div", { class: "choices" }, h("label", { for: title.id }, h("span", {}, t("talks.name")), title), h("label", { for: horizon.id }, h("span", {}, t("whatif.horizon")), horizon)),
    h("h2", {}, t("talks.terms")), h("p", { class: "note" }, t("talks.terms.note")),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("talks.terms") }, h("table", { class: "terms" },
      h("thead", {}, h("tr", {}, h("td", {}), ["talks.term", "talks.track", "talks.lower", "talks.upper", "talks.threat"].map((key) => h("th", { scope: "col" }, t(key))))),
      h("tbody", {}, rows))),
    h("h2", {}, t("talks.lines")), h("p", { class: "note" }, t("talks.lines.note")), lines,
    h("div", { class: "actions" }, button), status);
  replace(shell, h("h1", {}, t("talks.title")), h("p", { class: "lead" }, t("talks.lead")), form);
}

function pick(label, options, object, key) {
  return h("label", {}, h("span", {}, label), h("select", { onchange: (event) => { object[key] = event.target.value; } },
    options.map(([value, text]) => h("option", { value, selected: value === object[key] }, text))));
}

// -- a negotiation under way ----------------------------------------------------------------------------------------------

class Session {
  constructor(shell, id) {
    this.shell = shell;
    this.path = `/api/talks/${encodeURIComponent(id)}`;
    this.alive = true;
    this.inputs = [];
  }

  async open(values) {
    replace(this.shell, h("p", { class: "status busy", role: "status" }, t("talks.loading")));
    this.kept = await get(this.path);
    if (!this.alive) return;
    this.parties = this.kept.setup.parties;
    this.by = this.parties.includes(values.get("by")) ? values.get("by") : this.parties[0];
    const draft = (values.get("draft") ?? "").split(",").map(Number);
    this.draft = draft.length === this.kept.terms.length && draft.every(Number.isFinite) ? draft : this.start();
    this.build();
    this.scoreSoon(0);
    this.look = setInterval(() => this.poll(), POLL);
    if (this.kept.analysis) this.analysis = this.kept.analysis;
    this.draw();
  }

  close() {
    this.alive = false;
    clearInterval(this.look);
    clearTimeout(this.soon);
  }

  start() {
    return this.kept.offers.at(-1)?.values ?? this.kept.terms.map((term) => term.today);
  }

  build() {
    const { setup } = this.kept;
    const [a, b] = this.parties;
    this.status = h("p", { class: "status", role: "status" });
    this.scores = h("div", { class: "cards" });
    this.lines = h("ul", { class: "lines" });
    this.note = h("textarea", { rows: 2, maxlength: 2000, id: newId("note") });
    this.button = h("button", { type: "button", class: "primary", onclick: () => this.offer() }, "");
    const side = newId("side");
    const sides = h("fieldset", { class: "tabs" }, h("legend", {}, t("talks.by")), this.parties.map((code) => h("label", {},
      h("input", { type: "radio", name: side, value: code, checked: code === this.by, onchange: () => { this.by = code; this.label(); this.remember(); } }), h("span", {}, region(code)))));
    const groups = [...new Set(setup.terms.map((term) => term.track))].map((name) => h("fieldset", { class: "sliders" }, h("legend", {}, track(name)),
      setup.terms.map((term, k) => (term.track === name ? this.slider(term, k) : null))));
    const from = (text, values) => h("button", { type: "button", onclick: () => this.set(values()) }, text);
    this.figure = new Figure("frontier", { source: () => t("source.short", { version: world.vocabulary.version, baseline: world.vocabulary.baseline.title }), table: () => this.pointTable() });
    this.history = h("div", {});
    this.steps = h("div", {});
    this.insight = h("div", {});
    this.work = h("p", { class: "status", role: "status" });
    replace(this.shell,
      h("h1", {}, this.kept.title),
      h("p", { class: "lead" }, t("talks.session", { a: capital(theRegion(a)), b: theRegion(b) })),
      h("div", { class: "columns wide" },
        h("section", { class: "controls card", "aria-label": t("talks.offer") },
          h("h2", {}, t("talks.offer")), sides, h("p", { class: "note" }, t("talks.offer.note")), groups,
          h("div", { class: "actions" }, from(t("talks.from_today"), () => this.kept.terms.map((term) => term.today)),
            from(t("talks.from_last"), () => this.start()), from(t("talks.from_deal"), () => this.analysis?.agreement.values ?? this.draft)),
          h("label", { for: this.note.id }, t("talks.note")), this.note,
          h("div", { class: "actions" }, this.button), this.status),
        h("section", { class: "results", "aria-label": t("talks.results") },
          h("h2", {}, t("talks.scores")), this.scores, this.lines,
          this.figure.node,
          h("div", { class: "card" }, h("h2", {}, t("talks.help")),
            h("div", { class: "actions" },
              h("button", { type: "button", onclick: () => this.analyse() }, t("talks.analyse")),
              h("button", { type: "button", onclick: () => this.suggest() }, t("talks.suggest"))),
            this.work, this.steps, this.insight),
          h("div", { class: "card" }, h("div", { class: "row" }, h("h2", {}, t("talks.history")), h("a", { class: "button", href: `${this.path}/offers.csv`, download: "offers.csv" }, "CSV")), this.history))));
    this.label();
  }

  slider(term, k) {
    const id = newId("term"), now = this.kept.terms[k];
    const output = h("output", { for: id });
    const input = h("input", { type: "range", id, min: 100 * term.lower, max: 100 * term.upper, step: term.kind === "trade_cost" ? 0.1 : 0.5, value: 100 * this.draft[k],
      oninput: () => { this.draft[k] = Number(input.value) / 100; this.mark(k); this.scoreSoon(0); }, onchange: () => this.remember() });
    this.inputs[k] = { input, output };
    this.mark(k);
    return h("div", { class: "slider term" }, h("label", { for: id }, what(term), h("small", {}, t("talks.now", { today: pct(100 * now.today), threat: pct(100 * now.threat) }))), input, output);
  }

  mark(k) {
    const { input, output } = this.inputs[k];
    output.textContent = pct(100 * this.draft[k], false, 1);
    input.setAttribute("aria-valuetext", output.textContent);
  }

  set(values) {
    this.draft = values.map((value, k) => Math.min(Math.max(value, this.kept.setup.terms[k].lower), this.kept.setup.terms[k].upper));
    this.inputs.forEach(({ input }, k) => { input.value = 100 * this.draft[k]; this.mark(k); });
    this.remember();
    this.scoreSoon(0);
  }

  label() {
    this.button.textContent = t("talks.put", { side: region(this.by) });
  }

  remember() {
    remember({ by: this.by, draft: this.draft.map((value) => Number(value.toFixed(5))).join(","), data: world.vocabulary.baseline.hash });
  }

  scoreSoon(delay) {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.score(), delay);
  }

  async score() {
    if (this.busy) { this.again = true; return; }
    this.busy = true;
    do {
      this.again = false;
      const values = [...this.draft];
      try {
        const score = await post(`${this.path}/score`, { values });
        if (!this.alive) return;
        this.scored = score;
        this.status.className = "status";
        this.status.textContent = "";
        this.draw();
      } catch (error) {
        this.complain(error);
      }
    } while (this.again && this.alive);
    this.busy = false;
  }

  complain(error) {
    if (!this.alive) return;
    this.status.className = "status error";
    this.status.textContent = error.message;
    announce(error.message);
  }

  async offer() {
    this.button.disabled = true;
    try {
      const reply = await send("POST", `${this.path}/offers`, { version: this.kept.version, side: this.by, values: this.draft, note: this.note.value });
      this.kept = await reply.json();
      this.note.value = "";
      this.status.className = "status";
      this.status.textContent = t("talks.put_done", { n: this.kept.offers.length });
      const other = this.parties.find((code) => code !== this.by);
      this.by = other;
      this.shell.querySelector(`input[type=radio][value="${other}"]`).checked = true;
      this.label();
      this.remember();
    } catch (error) {
      if (error.status === 409) {
        this.kept = await get(this.path);
        this.complain(new Error(t("talks.stale")));
      } else this.complain(error);
    }
    this.button.disabled = false;
    this.draw();
  }

  async poll() {
    if (document.hidden) return;
    try {
      const kept = await get(this.path);
      if (!this.alive || kept.version === this.kept.version) return;
      const fresh = kept.offers.length - this.kept.offers.length;
      this.kept = kept;
      if (fresh > 0) announce(t("talks.news", { n: fresh }));
      this.draw();
    } catch { /* the next look will tell; offers say so themselves */ }
  }

  // -- drawing ----------------------------------------------------------------------------------------------------------

  draw() {
    if (this.scored) this.drawScores();
    this.drawPlane();
    this.drawHistory();
    if (this.analysis) this.drawInsight();
  }

  drawScores() {
    replace(this.scores, this.parties.map((code) => {
      const score = this.scored.sides[code];
      const row = (key, value, dollars) => [h("dt", {}, t(key)), h("dd", {}, `${pct(value, true)} · ${money(dollars, true)}`)];
      return h("div", { class: "card number-card" }, h("h3", {}, region(code)),
        h("p", { class: "big" }, pct(score.vs_threat_pct, true)), h("p", { class: "under" }, t("talks.vs_threat_long")),
        h("dl", {}, row("talks.vs_today", score.vs_today_pct, score.vs_today_musd), row("talks.vs_threat", score.vs_threat_pct, score.vs_threat_musd)));
    }));
    replace(this.lines, this.kept.setup.red_lines.map((line, k) => {
      const found = this.scored.red_lines[k];
      return h("li", { class: found.holds ? "holds" : "broken" }, `${found.holds ? "✓" : "✗"} ${this.lineText(line)}: ${t(found.holds ? "talks.holds" : "talks.broken", { room: t("points", { n: num(100 * Math.abs(found.room), 1) }) })}`);
    }));
  }

  lineText(line) {
    const whole = Object.entries(world.vocabulary.tracks).find(([, sectors]) => sectors.join() === line.sectors.join());
    return t("talks.line", { region: region(line.region), measure: t(`measure.${line.measure}`), goods: whole ? t(`goods.${whole[0]}`) : line.sectors.map(sector).join(", "), change: pct(100 * line.change, true) });
  }

  points() {
    const at = (score) => this.parties.map((code) => score.sides[code].vs_threat_pct);
    const found = this.kept.offers.map((offer) => ({
      at: at(offer.scores), kind: `side${this.parties.indexOf(offer.side)}`, name: String(offer.number),
      shape: this.parties.indexOf(offer.side) ? "square" : "circle", title: t("talks.point", { n: offer.number, side: region(offer.side) }),
    }));
    found.push({ at: [0, 0], shape: "cross", kind: "draft", name: t("talks.threat_point"), title: t("talks.threat_point") });
    const ease = this.kept.offers[0]?.scores ?? this.scored;
    if (ease) {
      const now = this.parties.map((code) => 100 * ((1 + ease.sides[code].vs_threat_pct / 100) / (1 + ease.sides[code].vs_today_pct / 100) - 1));
      if (Math.hypot(...now) > 1e-4) found.push({ at: now, shape: "cross", kind: "draft", name: t("talks.today"), title: t("talks.today"), nudge: 22 });
    }
    if (this.scored) found.push({ at: at(this.scored), kind: "draft", shape: "circle", name: t("talks.draft"), title: t("talks.draft"), nudge: 26 });
    if (this.analysis) found.push({ at: this.analysis.agreement.vs_threat_pct, kind: "agreed", shape: "star", name: t("talks.deal"), title: t("talks.deal_title"), nudge: -8 });
    return found;
  }

  drawPlane() {
    const [a, b] = this.parties;
    const points = this.points();
    const axes = this.parties.map((code) => t("talks.axis", { region: region(code) }));
    const last = this.kept.offers.at(-1);
    const title = last ? t("talks.plane_title", { n: last.number, a: region(a), an: pct(last.scores.sides[a].vs_threat_pct, true), b: region(b), bn: pct(last.scores.sides[b].vs_threat_pct, true) }) : t("talks.plane_empty");
    this.figure.show(title, plane({ curve: this.analysis?.frontier.map((p) => p.vs_threat_pct) ?? [], points, axes, label: `${title} ${points.map((p) => `${p.title}: ${pct(p.at[0], true)}, ${pct(p.at[1], true)}`).join("; ")}` }), t("talks.plane_note"));
  }

  pointTable() {
    return { head: [t("talks.point_name"), ...this.parties.map((code) => t("talks.axis", { region: region(code) }))], rows: [
      ...this.points().map((p) => [p.title, ...p.at]), ...(this.analysis?.frontier ?? []).map((p, k) => [t("talks.frontier_point", { n: k + 1 }), ...p.vs_threat_pct])] };
  }

  drawHistory() {
    if (this.history.contains(document.activeElement)) return; // somebody is writing a note
    if (!this.kept.offers.length) { replace(this.history, h("p", {}, t("talks.no_offers"))); return; }
    const rows = [...this.kept.offers].reverse().map((offer) => {
      const note = h("textarea", { rows: 1, maxlength: 2000, "aria-label": t("talks.note_of", { n: offer.number }), onchange: () => this.annotate(offer.number, note.value) }, offer.note);
      const terms = offer.values.map((value, k) => [value, k]).filter(([value, k]) => Math.abs(value - this.kept.terms[k].today) > 5e-4)
        .map(([value, k]) => `${what(this.kept.setup.terms[k])}: ${pct(100 * value, false, 1)}`);
      return h("tr", {}, h("th", { scope: "row" }, t("talks.offer_row", { n: offer.number, round: offer.round, side: region(offer.side) }), h("div", {}, h("button", { type: "button", class: "plain", onclick: () => this.set([...offer.values]) }, t("talks.load")))),
        h("td", {}, h("details", {}, h("summary", {}, t("talks.changes", { n: terms.length })), h("ul", {}, terms.map((text) => h("li", {}, text))))),
        this.parties.map((code) => h("td", { class: "number" }, pct(offer.scores.sides[code].vs_today_pct, true), h("br"), pct(offer.scores.sides[code].vs_threat_pct, true))),
        h("td", {}, note));
    });
    replace(this.history, h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("talks.history") }, h("table", {},
      h("thead", {}, h("tr", {}, [t("talks.offer_head"), t("talks.terms_head"), ...this.parties.map((code) => t("talks.score_head", { region: region(code) })), t("talks.note")].map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, rows))));
  }

  async annotate(number, note) {
    try {
      this.kept = await (await send("PATCH", `${this.path}/offers/${number}`, { version: this.kept.version, note })).json();
      announce(t("talks.note_kept"));
    } catch (error) {
      if (error.status === 409) {
        this.kept = await get(this.path);
        return this.annotate(number, note); // notes of different offers do not exclude one another
      }
      this.complain(error);
    }
    return null;
  }

  // -- long work ------------------------------------------------------------------------------------------------------------

  async wait(path, body) {
    const began = Date.now();
    while (this.alive) {
      const job = await post(path, body);
      if (job.state === "done") return job.result;
      if (job.state === "failed") throw new Error(job.error);
      this.work.className = "status busy";
      this.work.textContent = t(`talks.${job.state}`, { s: num((Date.now() - began) / 1000, 0) });
      await new Promise((done) => setTimeout(done, 1500));
    }
    return null;
  }

  async long(path, body, use) {
    try {
      const result = await this.wait(path, body);
      if (!this.alive || !result) return;
      this.work.className = "status";
      this.work.textContent = "";
      use(result);
    } catch (error) {
      this.work.className = "status error";
      this.work.textContent = error.message;
      announce(error.message);
    }
  }

  analyse() {
    return this.long(`${this.path}/analysis`, {}, (result) => { this.analysis = result; this.draw(); announce(t("talks.analysed")); });
  }

  suggest() {
    return this.long(`${this.path}/suggestion`, { values: this.draft }, ({ steps }) => {
      replace(this.steps, h("h3", {}, t("talks.suggested")), steps.length ? h("ol", {}, steps.map((step) => h("li", {},
        step.terms.map(({ index, value }) => `${what(this.kept.setup.terms[index])}: ${pct(100 * this.draft[index], false, 1)} → ${pct(100 * value, false, 1)}`).join("; "),
        ` (${this.parties.map((code, k) => `${region(code)} ${pct(step.gain_pct[k], true)}`).join(", ")}) `, step.helps_both ? h("strong", {}, t("talks.helps_both")) : null, " ",
        h("button", { type: "button", onclick: () => { const next = [...this.draft]; for (const { index, value } of step.terms) next[index] = value; this.set(next); } }, t("talks.take")))))
        : h("p", {}, t("talks.no_step")));
      announce(t("talks.suggested"));
    });
  }

  drawInsight() {
    const { agreement, concessions, prices } = this.analysis;
    const byLabel = new Map(this.kept.terms.map((term, k) => [term.label, k]));
    const name = (label) => (byLabel.has(label) ? what(this.kept.setup.terms[byLabel.get(label)]) : this.lineOf(label));
    const table = (heads, rows) => h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": heads[0] }, h("table", {}, h("thead", {}, h("tr", {}, heads.map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, rows.map(([head, ...cells]) => h("tr", {}, h("th", { scope: "row" }, head), cells.map((cell) => h("td", { class: "number" }, cell)))))));
    const gains = this.parties.map((code) => t("talks.gain_of", { region: region(code) }));
    replace(this.insight,
      h("p", {}, t("talks.agreement", { a: region(this.parties[0]), an: pct(agreement.vs_threat_pct[0], true), b: region(this.parties[1]), bn: pct(agreement.vs_threat_pct[1], true) })),
      h("details", {}, h("summary", {}, t("talks.concessions")), table([t("talks.term"), t("talks.agreed"), ...gains], concessions.map((c) => [name(c.label), pct(100 * c.agreed, false, 1), ...c.worth_pct.map((v) => pct(v, true))]))),
      h("details", { open: true }, h("summary", {}, t("talks.prices")), h("p", { class: "note" }, t("talks.prices.note")),
        prices.length ? table([t("talks.limit"), ...gains], prices.map((p) => [name(p.label), ...p.gain_pct.map((v) => pct(v, true, 3))])) : h("p", {}, t("talks.no_prices"))));
  }

  lineOf(label) {
    const line = this.kept.setup.red_lines.find((one) => label === `${one.region} ${one.measure} of ${one.sectors.join(", ")}`);
    return line ? this.lineText(line) : label;
  }
}
