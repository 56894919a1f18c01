// Sessions: what happened, a scrubber and a replay, the map at that moment. /sessions shows the newest, /session/N that one.
import { facts, strip } from "./chart.js";
import { clock, dayOf, h, head, locked, MARK_WORDS, markIcon, markKeys, minutes, pick, read, spoken, text, timeOf, table } from "./kit.js";
import { MapView } from "./map.js";

const STEP_S = 5;
const STAGES = { settling: "Settling", easing: "Easing", resting: "Resting", closing: "Closing", done: "Done", overtime: "A little longer", paused: "Paused" };
const WEIGHT = { settling: 26, easing: 42, resting: 62, closing: 42, done: 26, overtime: 26, paused: 12 };

export class View {
  constructor(app) {
    this.app = app;
    this.node = h("div", {});
    this.speed = 8;
  }

  async start(grid) {
    this.grid = grid;
    const asked = location.pathname.match(/^\/session\/(\d+)$/);
    try {
      this.list = (await read("/api/sessions?limit=1000")).sessions;
      const id = asked ? Number(asked[1]) : this.list[0]?.id;
      this.one = id ? await read(`/api/session/${id}`) : null;
    } catch (error) {
      this.node.replaceChildren(head("Sessions"), error.status === 404 ? h("p", { class: "card" }, "There is no such session. ", h("a", { href: "/sessions" }, "See the newest one.")) : locked(error));
      return;
    }
    if (!this.one) this.node.replaceChildren(head("Sessions"), h("p", { class: "card" }, "No session yet. Lie down on the mat; the timer starts by itself."));
    else this.draw();
  }
  stop() {
    clearInterval(this.timer);
  }
  redraw() {
    this.map?.redraw();
  }

  draw() {
    const { session } = this.one;
    this.length = Math.max(session.lying_s, this.one.load_kg.t_s.at(-1) ?? 0, 1);
    const how = [minutes(Math.round(session.goal_s / 60) * 60).replace("min", "minutes"), session.cover, session.surface, session.level !== null && `level ${session.level}`, session.simulated && "simulated"].filter(Boolean).join(" · ");
    const title = session.start_s === null ? `Session ${session.id}` : `${dayOf(session.start_s)}, ${timeOf(session.start_s)}`;
    const step = (word, id) => (id ? h("a", { class: "button", href: `/session/${id}` }, word) : h("span", { class: "button", "aria-disabled": "true" }, word));
    this.map = new MapView(this.grid);
    this.mapTitle = h("h2", {}, "The mat");
    this.node.replaceChildren(
      head(title, how, h("div", { class: "row" }, step("Earlier", this.one.earlier), step("Later", this.one.later))),
      h("div", { class: "cols past" },
        h("div", { class: "stack" }, this.happened(), h("section", { class: "card", "aria-label": "In short" }, facts(this.facts())), this.others()),
        h("section", { class: "card" }, this.mapTitle, this.map.node)),
    );
    this.map.key.remove();
    this.seek(Math.min(this.length, this.one.maps.at(-1)?.at_s ?? this.length, 0.56 * this.length));
  }

  facts() {
    const { session, moves, lifts, eased_s: eased, exit } = this.one;
    const count = moves ? `${moves}${lifts ? `, and ${lifts} ${lifts === 1 ? "lift" : "lifts"}` : ""}` : lifts ? `${lifts} ${lifts === 1 ? "lift" : "lifts"}` : "none";
    const up = { rolled: "by rolling", "sat up": "by sitting up", quickly: "quickly" }[exit] ?? exit;
    return [["On the mat", clock(session.lying_s)], ["Felt easier after", eased === null ? "not said" : clock(eased)], ["Movements", count], ["Got up", up]];
  }

  happened() {
    const { stages, marks, load_kg: load } = this.one;
    const bands = stages.filter((stage) => stage.kind in STAGES).map((stage, n, all) => ({ ...stage, end: all[n + 1]?.at_s ?? this.length })).filter((stage) => stage.end - stage.at_s > 1 && stage.at_s < this.length);
    this.bands = bands;
    const share = (seconds) => `${(100 * Math.min(Math.max(seconds / this.length, 0), 1)).toFixed(2)}%`;
    const band = h("div", { class: "band", "aria-hidden": "true" }, bands.map((stage) => {
      const node = h("span", {}, (stage.end - stage.at_s) / this.length > 0.14 ? STAGES[stage.kind] : "");
      node.style.cssText = `left:${share(stage.at_s)};width:calc(${share(stage.end - stage.at_s)} - 2px);--w:${WEIGHT[stage.kind] ?? 20}%`;
      return node;
    }));
    const spots = h("div", { class: "spots", "aria-hidden": "true" }, marks.map((mark) => {
      const node = h("span", {}, markIcon(mark.kind));
      node.style.left = share(mark.at_s);
      return node;
    }));
    const mean = load.values.filter((kg) => kg !== null);
    const label = mean.length ? `Load over ${spoken(this.length)}, mostly about ${Math.round(mean.reduce((sum, kg) => sum + kg, 0) / mean.length)} kilograms.` : "The load of this session was not kept.";
    const area = strip(label, load.t_s, load.values, this.length);
    this.cursor = h("div", { class: "cursor", "aria-hidden": "true" });
    const every = this.length > 1500 ? 10 : this.length > 420 ? 5 : 1;
    const ticks = Array.from({ length: Math.floor(this.length / 60 / every) + 1 }, (_, n) => n * every);
    const axis = h("div", { class: "axis", "aria-hidden": "true" }, ticks.map((minute) => {
      const node = h("span", {}, `${minute} min`);
      node.style.left = share(minute * 60);
      return node;
    }));
    this.range = h("input", { type: "range", min: 0, max: Math.round(this.length), step: STEP_S, "aria-label": "Moment of the session", oninput: () => this.seek(Number(this.range.value)) });
    this.range.addEventListener("keydown", (event) => {
      const far = { PageUp: 60, PageDown: -60 }[event.key];
      if (!far) return;
      event.preventDefault();
      this.seek(Math.min(Math.max(this.at + far, 0), this.length));
    });
    this.now = h("span", { class: "small" });
    this.play = h("button", { type: "button", class: "button main", onclick: () => this.toggle() }, "Replay");
    const shown = Object.fromEntries(Object.entries(MARK_WORDS).filter(([kind]) => marks.some((mark) => mark.kind === kind)));
    return h("section", { class: "card" },
      h("div", { class: "split" }, h("h2", {}, "What happened"), this.now),
      h("div", { class: "timeline" }, band, spots, h("span", { class: "top small" }, `${area.top} kg on the mat`), area.node, this.cursor), axis, this.range,
      h("div", { class: "row" }, this.play, pick("Speed of the replay", [["1", "×1"], ["8", "×8"], ["30", "×30"]], "8", (speed) => (this.speed = Number(speed)))),
      markKeys(shown),
      table("What happened, as a table", ["At", "What"], this.rows()));
  }
  rows() {
    const all = [...this.bands.map((stage) => [stage.at_s, `${STAGES[stage.kind]} begins`]), ...this.one.marks.map((mark) => [mark.at_s, MARK_WORDS[mark.kind]]), [this.one.session.lying_s, this.one.ended.replace(/\.$/, "")]];
    return all.sort((a, b) => a[0] - b[0]).map(([at, what]) => [clock(at), what.charAt(0).toUpperCase() + what.slice(1)]);
  }

  others() {
    const rows = this.list.slice(0, 60).map((one) => h("li", {}, h("a", { href: `/session/${one.id}`, "aria-current": one.id === this.one.session.id ? "true" : null }, h("span", {}, one.start_s === null ? `Session ${one.id}` : `${dayOf(one.start_s)}, ${timeOf(one.start_s)}`), h("span", { class: "small" }, `${clock(one.lying_s)}${one.counted ? "" : ", not counted"}`))));
    return h("section", { class: "card" }, h("h2", {}, "All sessions"), h("ul", { class: "list", tabindex: 0, "aria-label": "All sessions" }, rows));
  }

  // --- a moment ------------------------------------------------------------------------------------
  seek(at) {
    this.at = at;
    this.range.value = at;
    this.range.style.setProperty("--done", `${(100 * at) / this.length}%`);
    this.cursor.style.left = `${(100 * at) / this.length}%`;
    const { load_kg: load, maps } = this.one;
    const index = load.t_s.findIndex((t) => t >= at);
    const kg = index < 0 ? null : load.values[index];
    const stage = this.bands.findLast((one) => one.at_s <= at);
    this.range.setAttribute("aria-valuetext", [spoken(at), stage && STAGES[stage.kind], kg === null ? "load not known" : `${Math.round(kg)} kilograms`].filter(Boolean).join(", "));
    text(this.now, `${clock(at)} of ${clock(this.length)}`);
    text(this.mapTitle, `The mat at ${clock(at)}`);
    const map = maps.find((one) => one.at_s >= at) ?? maps.at(-1);
    this.map.update(map ? map.cells_kg : null);
  }
  toggle() {
    if (this.timer) {
      clearInterval(this.timer);
      this.timer = null;
      return text(this.play, "Replay");
    }
    if (this.at >= this.length - STEP_S) this.seek(0);
    text(this.play, "Pause");
    let last = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      this.seek(Math.min(this.at + ((now - last) / 1000) * this.speed, this.length));
      last = now;
      if (this.at >= this.length) this.toggle();
    }, 100);
  }
}
