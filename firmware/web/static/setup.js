// Set-up: zero, the health of the cells, light and sound. It waits while someone lies on the mat.
import { attr, command, h, pick, read, style, text, timeOf, toggle } from "./kit.js";
import { calibrationCard } from "./calibrate.js";

const STATES = { fine: "fine", no_answer: "no answer", saturated: "at its end", stuck: "stuck", floating: "floating", noisy: "noisy", drifted: "drifted" };
const SIGNS = { fine: "✓", noisy: "∿", drifted: "∿" };
const MODES = [["normal", "Everything"], ["quiet", "Quiet"], ["silent", "Silent"]];
const percent = (factor) => `${Math.round(100 * factor)} %`;
const EVERY_MS = 2000;

export class View {
  constructor(app) {
    this.app = app;
    this.node = h("div", {});
  }

  async start() {
    this.under = h("p", {}, "");
    this.cells = h("div", {});
    this.count = h("span", { class: "small" });
    this.zeroed = h("span", { class: "small" });
    this.now = h("span", { class: "small" });
    this.zeroState = h("p", { class: "trouble small", role: "status" });
    this.zero = h("button", { type: "button", class: "button main", onclick: () => this.act(this.zeroState, "zero", null, "Taken as zero within ten seconds, if the mat is still.") }, "Set zero now");
    this.soundState = h("p", { class: "trouble small", role: "status" });
    this.levels = h("div", { class: "stack" });
    this.calibration = await calibrationCard(this.app);
    this.node.replaceChildren(
      h("div", { class: "head" }, h("div", {}, h("h1", {}, "Set-up"), this.under)),
      h("div", { class: "cols" },
        h("div", { class: "stack" }, this.calibration.node,
          h("section", { class: "card" }, h("h2", {}, "Light and sound"), this.levels, this.soundState)),
        h("div", { class: "stack" },
          h("section", { class: "card" }, h("div", { class: "split" }, h("h2", {}, "Zero"), this.zeroed), h("p", {}, "Take everything off the mat except the spike mat and towel, then press."), h("div", { class: "row" }, this.zero, this.now), this.zeroState),
          h("section", { class: "card" }, h("div", { class: "split" }, h("h2", {}, "Cells"), this.count), this.cells, h("p", { class: "small" }, "Grams are the flicker at rest. The mat works with 9 cells or more.")))),
    );
    await Promise.all([this.health(), this.outputs()]);
    this.timer = setInterval(() => this.health(), EVERY_MS);
    this.update();
  }
  stop() {
    clearInterval(this.timer);
    this.calibration?.stop();
  }

  async act(where, name, value, done) {
    text(where, "");
    try {
      await command(name, value);
      text(where, done);
    } catch (error) {
      text(where, error.status === 401 ? "Open the page once by the address that the mat shows; then it may be pressed here." : error.message);
    }
  }

  async outputs() {
    let now;
    try {
      now = await read("/api/outputs");
    } catch {
      return;
    }
    const set = (name, value) => this.act(this.soundState, name, value, "The mat has taken it.");
    const slider = (word, name) => {
      const figure = h("output", {}, percent(now[name]));
      const range = h("input", { type: "range", class: "level", min: 0, max: 100, step: 5, value: Math.round(100 * now[name]), "aria-label": word });
      const say = () => {
        text(figure, percent(range.value / 100));
        attr(range, "aria-valuetext", percent(range.value / 100));
        style(range, "--done", `${range.value}%`);
      };
      range.addEventListener("input", say);
      range.addEventListener("change", () => set(name, range.value / 100));
      say();
      return h("div", {}, h("div", { class: "split" }, h("h3", {}, word), figure), range);
    };
    this.levels.replaceChildren(
      h("div", {}, h("h3", {}, "What may sound"), pick("What may sound", MODES, now.mode, (mode) => set("mode", mode))),
      slider("Brightness of the light", "brightness"), slider("Loudness of the sound", "volume"),
      h("div", { class: "row" }, h("button", { type: "button", class: "button", onclick: () => set("show_state", null) }, "Try: blink what the mat is doing")),
      h("p", { class: "small" }, "Light also follows the time of day by itself. These hold until the mat starts again; brightness and volume under [outputs] in its settings hold for good."));
  }

  async health() {
    let found;
    try {
      found = await read("/api/cells");
    } catch {
      return;
    }
    const fine = found.cells.filter((cell) => cell.state === "fine").length;
    text(this.count, `${fine} of ${found.cells.length} fine`);
    text(this.zeroed, found.zeroed_s === null ? "" : `last at ${timeOf(found.zeroed_s)}`);
    this.steady = found.steady;
    const key = JSON.stringify(found.cells);
    if (key === this.key) return;
    this.key = key;
    const rows = [];
    for (let row = found.rows - 1; row >= 0; row -= 1)
      rows.push(h("div", { class: "line", role: "row" }, found.cells.filter((cell) => cell.row === row).sort((a, b) => a.column - b.column).map((cell) =>
        h("div", { class: `health ${cell.state === "fine" ? "" : "odd"}`, role: "cell" }, h("b", {}, cell.name), h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[cell.state] ?? "–"), h("span", {}, `${STATES[cell.state] ?? cell.state}${cell.flicker_g === null ? "" : `, ${cell.flicker_g.toFixed(1)} g`}`)))));
    this.cells.replaceChildren(h("div", { class: "healths", role: "table", "aria-label": "Health of each cell" }, rows));
  }

  update() {
    const frame = this.app.frame;
    if (!frame || !this.now) return;
    const busy = frame.occupied || frame.in_session;
    text(this.under, busy ? "Somebody is on the mat. Settings wait until it is empty." : "The mat is empty. Settings lock while someone lies on it.");
    this.zero.disabled = busy;
    text(this.now, frame.load_kg === null ? "" : `now ${frame.load_kg.toFixed(1)} kg${this.steady ? ", steady" : ""}`);
    this.calibration?.update(frame, busy);
    toggle(this.node, "busy", busy);
  }
}

