// Guided calibration: the mat's own procedure, shown step by step.
import { h, read, send, text } from "./kit.js";

const EVERY_MS = 500;

export async function calibrationCard(app) {
  const card = new Calibration(app);
  await card.poll();
  return card;
}

class Calibration {
  constructor(app) {
    this.app = app;
    this.aside = h("span", { class: "small" });
    this.body = h("div", { class: "stack tight" });
    this.node = h("section", { class: "card" }, h("div", { class: "split" }, h("h2", {}, "Calibrate"), this.aside), this.body);
  }
  stop() {
    clearTimeout(this.timer);
    this.stopped = true;
  }
  update(_frame, busy) {
    if (this.begin) this.begin.disabled = busy;
  }

  async poll() {
    try {
      this.draw(await read("/api/calibration"));
    } catch (error) {
      this.key = "";
      this.body.replaceChildren(h("p", {}, error.status === 401 ? "Open the page once by the address that the mat shows; then you can calibrate here." : error.message));
    }
    if (!this.stopped) this.timer = setTimeout(() => this.poll(), EVERY_MS);
  }

  async post(body) {
    text(this.trouble, "");
    try {
      this.draw(await send("/api/calibration", body));
    } catch (error) {
      text(this.trouble, error.message);
    }
  }

  draw(now) {
    const shape = `${now.state}|${now.outcome}|${now.cells.length}`;
    if (shape !== this.key) {
      this.key = shape;
      this.build(now);
    }
    if (now.state !== "running") return;
    text(this.aside, `${Math.round(now.share * 100)} % done`);
    text(this.wanted, now.wanted);
    text(this.hint, now.hint);
    this.bar.style.transform = `scaleX(${now.share})`;
    now.cells.forEach((cell, n) => {
      const node = this.tiles[n];
      node.className = `health ${cell.state}`;
      text(node.children[1], { done: "✓", now: "", to_do: "" }[cell.state] ?? "");
      text(node.children[2], { done: "done", now: "now", to_do: "to do" }[cell.state]);
    });
  }

  build(now) {
    this.trouble = h("p", { class: "trouble small", role: "status" });
    this.begin = null;
    text(this.aside, now.calibrated ? "" : "not calibrated yet");
    if (now.state === "running") {
      this.wanted = h("h3", { role: "status" }, now.wanted);
      this.hint = h("p", { class: "small" }, now.hint);
      this.bar = h("i");
      this.tiles = now.cells.map((cell) => h("div", { class: `health ${cell.state}`, role: "cell" }, h("b", {}, cell.name), h("span", { class: "sign", "aria-hidden": "true" }), h("span", {})));
      const lines = [];
      for (let at = now.cells.length - now.columns; at >= 0; at -= now.columns) lines.push(h("div", { class: "line", role: "row" }, this.tiles.slice(at, at + now.columns)));
      this.body.replaceChildren(this.wanted, this.hint, h("div", { class: "healths", role: "table", "aria-label": "Cells to weigh" }, lines), h("div", { class: "progress", role: "img", "aria-label": "Progress" }, this.bar), h("div", { class: "row" }, h("button", { type: "button", class: "quiet", onclick: () => this.post({ action: "stop" }) }, "Stop, keep the old one")), this.trouble);
      return;
    }
    const small = h("input", { class: "field short", inputmode: "decimal", value: "5", "aria-label": "Smaller weight in kilograms" });
    const large = h("input", { class: "field short", inputmode: "decimal", value: "20", "aria-label": "Larger weight in kilograms" });
    this.begin = h("button", { type: "button", class: "button main", onclick: () => this.post({ action: "start", masses_kg: [Number(small.value), Number(large.value)] }) }, "Start");
    const keep = now.state === "measured" ? [h("p", {}, now.outcome), h("div", { class: "row" }, h("button", { type: "button", class: "button main", onclick: () => this.post({ action: "keep" }) }, "Keep this calibration"), h("button", { type: "button", class: "button", onclick: () => this.post({ action: "stop" }) }, "Keep the old one"))] : null;
    this.body.replaceChildren(...(keep ?? [h("p", {}, "Two known weights on one cell after the other. The smaller one goes over each corner first: that finds a sensor that is wired wrongly. About 15 minutes."), h("div", { class: "row" }, small, large, h("span", { class: "small" }, "kg"), this.begin), h("p", { class: "mid" }, now.outcome)]), this.trouble);
  }
}
