// Small charts without a library: everything is drawn by the numbers, and every chart has a sentence and a table.
import { clock, h, s, shortDay } from "./kit.js";

const WIDE = matchMedia("(min-width: 1024px)").matches ? 520 : matchMedia("(min-width: 640px)").matches ? 640 : 320;
const [HIGH, LEFT, FOOT, HEAD] = [188, 34, 26, 16];
const PLOT = HIGH - FOOT - HEAD;

function frame(label, top, steps) {
  const y = (value) => HEAD + PLOT * (1 - value / top);
  const lines = steps.map((value) => [
    s("line", { class: "grid", x1: LEFT, x2: WIDE, y1: y(value), y2: y(value) }),
    s("text", { x: LEFT - 10, y: y(value) + 5, "text-anchor": "end" }, `${value}`),
  ]);
  return { y, node: s("svg", { class: "chart", viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": label }, lines.flat()) };
}
function under(node, x, words, anchor = "middle") {
  node.append(s("text", { x, y: HIGH - 4, "text-anchor": anchor }, words));
}

// Minutes a week: the present week is the strong one.
export function bars(label, weeks, last = "this week") {
  const most = Math.max(30, ...weeks.map((week) => week.minutes));
  const step = most <= 60 ? 20 : most <= 120 ? 30 : most <= 240 ? 60 : 120;
  const top = Math.ceil(most / step) * step;
  const { y, node } = frame(label, top, Array.from({ length: top / step + 1 }, (_, n) => n * step));
  const each = (WIDE - LEFT - 8) / weeks.length;
  weeks.forEach((week, n) => {
    const wide = Math.min(24, each * 0.66);
    const x = LEFT + 8 + each * (n + 0.5) - wide / 2;
    const newest = n === weeks.length - 1;
    if (week.minutes > 0)
      node.append(s("rect", { x: x.toFixed(1), width: wide.toFixed(1), y: y(week.minutes).toFixed(1), height: (y(0) - y(week.minutes)).toFixed(1), rx: 4, fill: newest ? "var(--accent)" : "var(--accent-mid)" }));
    if (newest) node.append(s("text", { x: x + wide / 2, y: y(week.minutes) - 6, "text-anchor": "middle", class: "now" }, `${Math.round(week.minutes)}`));
  });
  if (weeks.length) under(node, LEFT + 8, shortDay(weeks[0].start_s), "start");
  if (weeks.length > 6) under(node, LEFT + 8 + each * (Math.floor(weeks.length / 2) + 0.5), shortDay(weeks[Math.floor(weeks.length / 2)].start_s));
  under(node, WIDE, last, "end");
  return node;
}

// Before and after of the newest sessions: a ring and a dot on one stem.
export function pairs(label, points, last) {
  const { y, node } = frame(label, 10, [0, 5, 10]);
  const each = (WIDE - LEFT - 16) / Math.max(points.length, 1);
  points.forEach((point, n) => {
    const x = LEFT + 8 + each * (n + 0.5);
    const gap = point.before === point.after ? 0 : 5 * Math.sign(point.before - point.after);
    node.append(
      s("line", { x1: x, x2: x, y1: y(point.before) + gap, y2: y(point.after), stroke: "var(--accent)", "stroke-width": 2 }),
      s("circle", { cx: x, cy: y(point.after), r: 5, fill: "var(--accent)" }),
      s("circle", { cx: x, cy: y(point.before), r: point.before === point.after ? 7.5 : 5, fill: point.before === point.after ? "none" : "var(--surface)", stroke: "var(--accent)", "stroke-width": 2 }),
    );
  });
  if (points.length) under(node, LEFT + 8, shortDay(points[0].start_s), "start");
  under(node, WIDE, last, "end");
  return node;
}

// Minutes until it felt easier, with a line at the middle value.
export function dots(label, points, middle, last) {
  const top = Math.max(6, Math.ceil(Math.max(0, ...points.map((point) => point.seconds / 60)) / 2) * 2);
  const { y, node } = frame(label, top, Array.from({ length: top / 2 + 1 }, (_, n) => n * 2));
  const each = (WIDE - LEFT - 16) / Math.max(points.length, 1);
  if (middle !== null) node.append(s("line", { x1: LEFT, x2: WIDE, y1: y(middle / 60), y2: y(middle / 60), stroke: "var(--accent-mid)", "stroke-width": 2, "stroke-dasharray": "5 5" }));
  points.forEach((point, n) => node.append(s("circle", { cx: LEFT + 8 + each * (n + 0.5), cy: y(point.seconds / 60), r: 5, fill: "var(--accent)" })));
  if (points.length) under(node, LEFT + 8, shortDay(points[0].start_s), "start");
  under(node, WIDE, last, "end");
  return node;
}

// The load of a session as an area; the cursor is moved by the view.
export function strip(label, times, loads, length) {
  const [wide, high] = [700, 96];
  const top = Math.max(10, Math.ceil(Math.max(0, ...loads.filter((kg) => kg !== null)) / 10) * 10);
  const x = (at) => (wide * at) / length;
  const y = (kg) => 8 + (high - 8) * (1 - kg / top);
  const pieces = [];
  let piece = [];
  times.forEach((at, n) => {
    if (loads[n] === null) {
      if (piece.length) pieces.push(piece);
      piece = [];
    } else piece.push(`${x(Math.min(at, length)).toFixed(1)},${y(loads[n]).toFixed(1)}`);
  });
  if (piece.length) pieces.push(piece);
  const shapes = pieces.map((points) => {
    const [from, to] = [points[0].split(",")[0], points.at(-1).split(",")[0]];
    return [
      s("polygon", { points: `${from},${high} ${points.join(" ")} ${to},${high}`, fill: "var(--accent)", opacity: 0.13 }),
      s("polyline", { points: points.join(" "), fill: "none", stroke: "var(--accent)", "stroke-width": 1.8, "vector-effect": "non-scaling-stroke", "stroke-linejoin": "round" }),
    ];
  });
  const node = s("svg", { class: "strip", viewBox: `0 0 ${wide} ${high}`, preserveAspectRatio: "none", role: "img", "aria-label": label }, s("line", { class: "grid", x1: 0, x2: wide, y1: y(top), y2: y(top), stroke: "var(--line)", "vector-effect": "non-scaling-stroke" }), shapes.flat());
  return { node, top };
}

export function facts(pairs_) {
  return h("dl", { class: "four" }, pairs_.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}
export const length = (seconds) => clock(seconds);
