// The live view: ring, stages and words; the map; the facts beside it.
import { attr, clock, command, h, markKeys, markShape, minutes, note, read, s, show, style, text, timeOf, toggle } from "./kit.js";
import { MapView } from "./map.js";

const [RADIUS, GAP, CENTRE] = [138.5, 11, 142];
const ROUND = 2 * Math.PI * RADIUS;
const [IN_S, BREATH_S] = [4, 10];
const SMALL = 0.5; // of a disc breathed out

export class LiveView {
  constructor(app) {
    this.app = app;
    this.parts = {};
    this.node = h("div", {});
  }

  async start(grid) {
    const p = this.parts;
    p.notes = h("div", {});
    p.stop = h("div", {});
    p.map = new MapView(grid);
    p.map.setSmooth(localStorage.getItem("map") === "smooth");
    const choice = pickMap(p.map);
    this.node.replaceChildren(
      p.stop, p.notes,
      h("div", { class: "cols live" },
        h("section", { class: "card session", "aria-label": "Session" }, h("div", {}, this.ring(), (p.stages = h("ol", { class: "stages", "aria-label": "Stages" }))), this.words()),
        h("section", { class: "card", "aria-label": "On the mat" }, h("div", { class: "head" }, h("h2", {}, "On the mat"), choice), p.map.node),
        this.facts(),
      ),
    );
    try {
      this.programme = await read("/api/programme");
    } catch {
      this.programme = null;
    }
    this.update();
  }

  // --- building ------------------------------------------------------------------------------------
  ring() {
    const p = this.parts;
    p.arcs = s("g", {});
    p.knob = s("circle", { class: "knob", r: 8.5, cx: CENTRE, cy: CENTRE - RADIUS });
    p.pace = s("g", { class: "pace" }, [122, 100, 74].map((r, n) => s("circle", { class: `disc d${n + 1}`, cx: CENTRE, cy: CENTRE, r })));
    p.drawing = s("svg", { viewBox: "0 0 284 284", "aria-hidden": "true" }, s("circle", { class: "still", cx: CENTRE, cy: CENTRE, r: 124 }), p.pace, p.arcs, p.knob);
    p.clock = h("div", { class: "clock" }, "");
    p.left = h("div", { class: "left" }, "");
    p.breath = h("div", { class: "breath", "aria-hidden": "true" }, "");
    p.dots = h("div", { class: "dots", "aria-hidden": "true" }, Array.from({ length: BREATH_S }, () => h("i")));
    p.guide = h("span", { class: "hidden" }, "");
    p.looking = looking();
    p.face = h("div", { class: "face" }, p.looking, p.clock, p.left, p.breath, p.dots, p.guide);
    p.ring = h("div", { class: "ring" }, p.drawing, p.face);
    return p.ring;
  }

  words() {
    const p = this.parts;
    p.title = h("h1", {}, "Looking for the mat");
    p.sentence = h("p", { class: "guide" }, "This takes a few seconds after it is switched on.");
    p.why = h("p", { class: "why" }, "");
    p.acts = h("div", { class: "acts" });
    p.trouble = h("p", { class: "trouble small", role: "status" });
    return h("div", { class: "say" }, p.title, p.sentence, p.why, p.acts, p.trouble);
  }

  facts() {
    const p = this.parts;
    const fact = (name, title, ...rest) => h("section", {}, h("h3", {}, title), ...rest);
    p.begun = h("p", { class: "value" }, "");
    p.how = h("p", { class: "small" }, "");
    p.breaths = h("p", { class: "big" }, "");
    p.breathsWhy = h("p", { class: "small" }, "");
    p.load = h("p", { class: "big" }, "");
    p.loadWhy = h("p", { class: "small" }, "");
    p.bead = h("i");
    p.balance = h("div", { class: "balance", "aria-hidden": "true" }, p.bead);
    p.right = h("span", {});
    p.leftSide = h("span", {});
    p.curve = s("polyline", { points: "" });
    p.marks = s("g", {});
    p.move = s("svg", { class: "move", viewBox: "0 0 250 46", role: "img", "aria-label": "Movement of the last five minutes" }, p.marks, p.curve);
    p.moved = h("p", { class: "small" }, "");
    return h(
      "section", { class: "card facts", "aria-label": "Figures" },
      fact("session", "This session", p.begun, p.how),
      h("section", { class: "two" }, h("section", {}, h("h3", {}, "Breaths a minute"), p.breaths, p.breathsWhy), h("section", {}, h("h3", {}, "Load on the mat"), p.load, p.loadWhy)),
      fact("sides", "Left and right", p.balance, h("p", { class: "small split" }, p.right, p.leftSide)),
      fact("movement", "Movement, last 5 minutes", p.move, h("p", { class: "small split" }, h("span", {}, "5 min ago"), h("span", {}, "now")), p.moved,
        markKeys({ wiggle: "moved", repositioned: "lifted", discomfort: "hurts", eased: "easing" })),
    );
  }

  // --- drawing a frame -------------------------------------------------------------------------------
  update() {
    const { frame, link, lostAt } = this.app;
    if (!this.parts.map) return;
    if (!frame) return this.waiting();
    const p = this.parts;
    const offline = link !== "connected";
    show(p.looking, false);
    this.notices(frame, offline, lostAt);
    this.arcs(frame);
    const begun = frame.in_session;
    const left = frame.goal_s - frame.elapsed_s;
    const figures = !begun ? clock(frame.goal_s) : left > 0 ? clock(Math.ceil(left)) : `+${clock(-left)}`;
    text(p.clock, figures);
    toggle(p.clock, "long", figures.length > 5);
    const goal = minutes(frame.goal_s);
    text(p.left, !begun ? "goal for today" : left <= 0 ? `past your ${goal.replace("min", "minutes")}` : offline ? `left at ${timeOf(lostAt)}` : `left of ${goal}`);
    this.pacer(frame, offline);
    text(p.title, this.ended(frame) ? "Done" : frame.stage);
    text(p.sentence, this.ended(frame) ? frame.ended.text : frame.sentence);
    text(p.why, this.ended(frame) ? `You were on the mat for ${clock(frame.ended.lying_s)}.` : frame.reason);
    this.buttons(frame, offline);
    p.map.update(frame.cells_kg, frame);
    this.figures(frame);
  }

  ended(frame) {
    return frame.ended && !frame.in_session && frame.state === "idle";
  }

  waiting() {
    const p = this.parts;
    const away = this.app.link === "offline";
    show(p.looking, !away);
    text(p.title, away ? "This page cannot reach the mat" : "Looking for the mat");
    text(p.sentence, away ? "The mat times without it. This page tries again by itself." : "This takes a few seconds after it is switched on.");
    if (!p.arcs.childNodes.length) this.arcs({ goal_s: 600, elapsed_s: 0, in_session: false, stages: FIRST });
    p.map.update(null);
  }

  arcs(frame) {
    const p = this.parts;
    const shape = JSON.stringify(frame.stages);
    if (shape !== this.shape) {
      this.shape = shape;
      p.arcs.replaceChildren();
      p.stages.replaceChildren();
      this.pieces = frame.stages.map((stage) => {
        const [from, to] = [angle(stage.start_s / frame.goal_s, 1), angle(stage.end_s / frame.goal_s, -1)];
        const track = s("path", { class: "arc", d: arc(from, to) });
        const done = s("path", { class: "arc done", d: "" });
        p.arcs.append(track, done);
        const bar = h("i");
        const item = h("li", {}, h("b", {}, bar), h("span", {}, stage.word), h("small", {}, minutes(stage.end_s - stage.start_s)));
        p.stages.append(item);
        return { stage, from, to, track, done, bar, item };
      });
    }
    let knob = null;
    for (const piece of this.pieces) {
      const { start_s: start, end_s: end } = piece.stage;
      const share = frame.in_session ? Math.min(Math.max((frame.elapsed_s - start) / (end - start), 0), 1) : 0;
      const now = frame.in_session && frame.elapsed_s >= start && frame.elapsed_s < end;
      toggle(piece.track, "now", now);
      toggle(piece.item, "now", now);
      if (now) attr(piece.item, "aria-current", "step");
      else piece.item.removeAttribute("aria-current");
      const present = piece.from + (piece.to - piece.from) * share;
      attr(piece.done, "d", share > 0.004 ? arc(piece.from, present) : "");
      style(piece.bar, "transform", `scaleX(${share.toFixed(3)})`);
      if (now) knob = present;
    }
    show(p.knob, true);
    attr(p.knob, "visibility", knob === null ? "hidden" : "visible");
    if (knob !== null) {
      attr(p.knob, "cx", (CENTRE + RADIUS * Math.sin(knob)).toFixed(1));
      attr(p.knob, "cy", (CENTRE - RADIUS * Math.cos(knob)).toFixed(1));
    }
  }

  pacer(frame, offline) {
    const p = this.parts;
    let phase = frame.pacer_s;
    if (offline && phase !== null) phase = (phase + (performance.now() - this.app.receivedAt) / 1000) % BREATH_S; // it goes on
    toggle(p.ring, "paced", phase !== null);
    const pausing = frame.pause_left_s !== null;
    const word = pausing ? `${Math.ceil(frame.pause_left_s)} s to lie back` : phase === null ? "" : phase < IN_S ? "Breathe in" : "Breathe out";
    text(p.breath, word);
    text(p.guide, phase === null ? "" : "Breathing guide: in for 4 seconds, out for 6.");
    if (phase === null) return;
    const share = phase < IN_S ? (1 - Math.cos((Math.PI * phase) / IN_S)) / 2 : (1 + Math.cos((Math.PI * (phase - IN_S)) / (BREATH_S - IN_S))) / 2;
    p.pace.style.transform = `scale(${(SMALL + (1 - SMALL) * share).toFixed(3)})`;
    [...p.dots.children].forEach((dot, n) => toggle(dot, "on", n <= phase));
  }

  notices(frame, offline, lostAt) {
    const p = this.parts;
    const one = offline
      ? ["offline", `This page lost the mat at ${timeOf(lostAt)}.`, "The mat keeps timing on its own. The numbers below are from then. Trying again by itself."]
      : frame.note && [frame.note.kind, frame.note.title, frame.note.text];
    const key = one ? one.join("|") : "";
    if (key !== this.noted) {
      this.noted = key;
      p.notes.replaceChildren(...(one ? [note(...one)] : []));
    }
    const advice = frame.advice && `${frame.advice.title}|${offline}`;
    if (advice === this.advised) return;
    this.advised = advice;
    p.stop.replaceChildren();
    if (!frame.advice) return text(document.getElementById("alarm"), "");
    text(document.getElementById("alarm"), `${frame.advice.title} ${frame.advice.text}`);
    p.stop.append(
      h("section", { class: "stop", "aria-label": "Advice" }, h("h2", {}, frame.advice.title.replace(/\.$/, "")), h("p", {}, frame.advice.text),
        h("div", { class: "row" }, this.button("End session", "end", null, "main"), this.button("Carry on", "carry_on"))),
    );
  }

  // --- what may be pressed -------------------------------------------------------------------------
  buttons(frame, offline) {
    const kind = `${frame.in_session ? (frame.elapsed_s >= frame.goal_s ? "over" : "session") : frame.state === "idle" ? "empty" : "none"}|${offline}|${Boolean(frame.advice)}|${frame.goal_s}|${this.programme?.goal_min}`;
    if (kind === this.kind) return;
    this.kind = kind;
    const acts = this.parts.acts;
    acts.replaceChildren();
    if (kind.startsWith("session")) acts.append(this.button("It hurts now", "discomfort"), this.button("It is easing", "easing"), this.button("End session", "end", null, "wide", "quiet"));
    else if (kind.startsWith("over")) acts.append(this.button("End session", "end", null, "main wide"));
    else if (kind.startsWith("empty") && this.programme) {
      const { goal_min: goal, quick_min: quick, level, cover, surface, guest } = this.programme;
      const quickNow = frame.goal_s === quick * 60 && goal !== quick;
      acts.append(
        this.button(`Quick, ${quick} min`, "preset", "quick", quickNow ? "main" : ""), this.button(`${goal} min`, "preset", "normal", quickNow ? "" : "main"),
        h("p", { class: "small" }, guest ? "A guest lies here. " : `Level ${level}: ${cover}, ${surface}. `, h("a", { href: "/journal#person" }, "Change it in Journal.")),
      );
    }
    if (offline && frame.in_session) {
      for (const one of acts.querySelectorAll("button")) one.disabled = true;
      acts.append(h("p", { class: "small" }, "Use the button in your hand until the page is back."));
    }
  }

  button(word, name, value = null, more = "", kind = "button") {
    const node = h("button", { type: "button", class: `${kind} ${more}`.trim() }, word);
    node.addEventListener("click", async () => {
      text(this.parts.trouble, "");
      node.disabled = true;
      try {
        await command(name, value);
        if (name === "preset") this.kind = "";
      } catch (error) {
        text(this.parts.trouble, error.status === 401 ? "Open the page once by the address that the mat shows; then it may be pressed here." : error.message);
      }
      node.disabled = false;
    });
    return node;
  }

  figures(frame) {
    const p = this.parts;
    text(p.begun, frame.in_session ? (frame.begun_s === null ? `${clock(frame.elapsed_s)} so far` : `Began ${timeOf(frame.begun_s)}`) : frame.occupied ? "Not lying" : "Nobody lies here");
    const how = this.programme && !this.programme.guest ? `, ${this.programme.cover}, ${this.programme.surface}` : "";
    text(p.how, `${minutes(frame.goal_s).replace("min", "minutes")}${how}`);
    big(p.breaths, frame.breaths_per_min === null ? null : frame.breaths_per_min.toFixed(1), "about");
    text(p.breathsWhy, frame.breaths_text);
    big(p.load, frame.load_kg === null ? null : `${frame.at_least ? "at least " : ""}${frame.load_kg.toFixed(1)}`, "kg");
    text(p.loadWhy, frame.load_kg === null ? "No kilograms without a calibration." : frame.lying ? "Part of your weight; hips and legs rest beside it." : "");
    const right = frame.right_share;
    show(p.balance, right !== null);
    if (right !== null) style(p.bead, "left", `${((1 - right) * 100).toFixed(0)}%`);
    text(p.right, right === null ? "not known" : `Your right ${Math.round(right * 100)} %`);
    text(p.leftSide, right === null ? "" : `Your left ${100 - Math.round(right * 100)} %`);
    this.movement(frame);
  }

  movement(frame) {
    const p = this.parts;
    const top = Math.max(4, ...frame.movement);
    const y = (share) => (43 - 30 * (share / top)).toFixed(1);
    attr(p.curve, "points", frame.movement.map((share, n) => `${((n * 250) / 59).toFixed(1)},${y(share)}`).join(" "));
    const marks = frame.marks.map((mark) => `${mark.kind}:${Math.round(mark.ago_s / 3)}`).join();
    if (marks !== this.marked) {
      this.marked = marks;
      p.marks.replaceChildren(...frame.marks.filter((mark) => mark.ago_s <= 300).map((mark) => s("g", { transform: `translate(${(243 - (mark.ago_s / 300) * 243).toFixed(0)} -2) scale(.86)` }, markShape(mark.kind))));
    }
    const [moves, lifts] = ["wiggle", "repositioned"].map((kind) => frame.marks.filter((mark) => mark.kind === kind).length);
    const count = (n, one, many) => (n === 1 ? `1 ${one}` : `${n} ${many}`);
    const parts = [moves && count(moves, "movement", "movements"), lifts && count(lifts, "lift and replace", "lifts")].filter(Boolean).join(", ");
    text(p.moved, frame.lying || parts ? `${parts || "No movement"}. Lifting is the kind way to change position.` : "Nothing to show while nobody lies here.");
  }
}

const FIRST = [["settling", "Settling", 0, 60], ["easing", "Easing", 60, 300], ["resting", "Resting", 300, 540], ["closing", "Closing", 540, 600]].map(
  ([state, word, start_s, end_s]) => ({ state, word, start_s, end_s }),
);

function big(node, value, unit) {
  const key = `${value}`;
  if (node.dataset.value === key) return;
  node.dataset.value = key;
  node.className = value === null ? "value" : "big";
  node.replaceChildren(...(value === null ? ["not known"] : unit === "about" ? [value, h("small", {}, "about")] : [value, h("small", {}, unit)]));
}
function looking() {
  const dots = [];
  for (let row = 0; row < 4; row += 1) for (let col = 0; col < 3; col += 1) dots.push(s("circle", { cx: 3 + col * 9, cy: 3 + row * 9, r: 2.8, opacity: [0.35, 0.6, 1, 0.5][(row + col) % 4] }));
  return s("svg", { class: "looking", viewBox: "0 0 24 33", "aria-hidden": "true", fill: "currentColor" }, dots);
}
function pickMap(map) {
  const name = "mapkind";
  const change = (value) => {
    localStorage.setItem("map", value);
    map.setSmooth(value === "smooth");
  };
  return h("fieldset", { class: "pick" }, h("legend", { class: "hidden" }, "Kind of picture"),
    [["cells", "Cells"], ["smooth", "Smoothed"]].map(([value, word]) =>
      h("label", {}, h("input", { type: "radio", name, value, checked: map.smooth === (value === "smooth"), onchange: () => change(value) }), h("span", {}, word))));
}
// Angles run clockwise from the top; half a gap is left at each end of a stage.
function angle(share, side) {
  return share * 2 * Math.PI + (side * (GAP + 7) * Math.PI) / ROUND;
}
function arc(from, to) {
  const at = (one) => `${(CENTRE + RADIUS * Math.sin(one)).toFixed(2)} ${(CENTRE - RADIUS * Math.cos(one)).toFixed(2)}`;
  return `M${at(from)}A${RADIUS} ${RADIUS} 0 ${to - from > Math.PI ? 1 : 0} 1 ${at(Math.max(to, from + 0.001))}`;
}
