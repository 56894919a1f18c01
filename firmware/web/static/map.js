// The mat seen from above, head at the top. A person on their back has their right hand on the LEFT of the screen.
import { attr, h, s, style, text, toggle } from "./kit.js";

const TOPS = [2, 4, 6, 8, 10, 15, 20, 30, 50];
const FALL_MS = 60_000; // the scale rises at once and falls after this
const TRAIL_MS = 6_000;
const [WIDE, HIGH] = [42, 66]; // pixels of the smoothed picture, scaled by CSS
const LIGHT = 0.179; // luminance from where black reads better than white

let ramps = new Map();

function ramp() {
  const dark = getComputedStyle(document.documentElement);
  const key = dark.getPropertyValue("--r0");
  if (!ramps.has(key)) {
    const stops = [0, 1, 2, 3, 4, 5, 6].map((n) => hex(dark.getPropertyValue(`--r${n}`).trim()));
    ramps.set(key, Array.from({ length: 257 }, (_, n) => between(stops, n / 256)));
  }
  return ramps.get(key);
}
function hex(code) {
  return [1, 3, 5].map((at) => Number.parseInt(code.slice(at, at + 2), 16));
}
function between(stops, share) {
  const place = Math.min(share * 6, 5.999999);
  const [low, part] = [Math.floor(place), place % 1];
  return stops[low].map((value, n) => Math.round(value + (stops[low + 1][n] - value) * part));
}
function luminance(rgb) {
  const [r, g, b] = rgb.map((value) => (value <= 10 ? value / 3294 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export class MapView {
  // grid is the answer of /api/cells. words is the caption below.
  constructor(grid, caption = "Kilograms on each cell, seen from above.") {
    this.grid = grid;
    this.smooth = false;
    this.caption = caption;
    this.top = TOPS[0];
    this.high = -Infinity;
    this.trail = [];
    this.cells = new Map();
    const rows = [];
    for (let row = grid.rows - 1; row >= 0; row -= 1) {
      const line = [];
      for (let column = grid.columns - 1; column >= 0; column -= 1) {
        const cell = grid.cells.find((one) => one.row === row && one.column === column);
        const number = h("span", {}, "–");
        const node = h("div", { class: "cell gone", role: "cell", "data-cell": cell.name }, h("span", { class: "hidden" }, `${place(cell, grid)}: `), number);
        this.cells.set(cell.name, { node, number, index: grid.cells.indexOf(cell), shown: null });
        line.push(node);
      }
      rows.push(h("div", { class: "line", role: "row" }, line));
    }
    this.canvas = h("canvas", { width: WIDE, height: HIGH, "aria-hidden": "true", hidden: true });
    this.line = s("polyline", { points: "", "vector-effect": "non-scaling-stroke" });
    this.path = s("svg", { class: "trail", viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" }, this.line);
    this.centre = h("div", { class: "centre", "aria-hidden": "true", hidden: true });
    this.board = h("div", { class: "grid12", role: "table", "aria-label": "Kilograms on each cell" }, this.canvas, rows, this.path, this.centre);
    this.scale = h("div", { class: "scale", "aria-hidden": "true" });
    this.words = h("span", {}, caption);
    this.key = h("span", { class: "key-of" }, " ", s("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, s("circle", { cx: 7, cy: 7, r: 5.4, fill: "none", stroke: "currentColor", "stroke-width": 2 }), s("circle", { cx: 7, cy: 7, r: 2, fill: "currentColor" })), " centre of load");
    this.node = h(
      "div", { class: "map" }, h("div", { class: "head-end", "aria-hidden": "true" }, "Head"), this.board, h("div", { class: "ramp", "aria-hidden": "true" }), this.scale,
      h("div", { class: "feet", "aria-hidden": "true" }, h("span", {}, "Your right"), h("span", {}, "Hips"), h("span", {}, "Your left")),
      h("p", { class: "legend" }, this.words, this.key),
    );
    this.drawScale();
  }

  setSmooth(smooth) {
    this.smooth = smooth;
    toggle(this.board, "smooth", smooth);
    this.canvas.hidden = !smooth;
    for (const cell of this.cells.values()) cell.shown = null;
    this.words.textContent = smooth ? `Smoothed picture: only the ${this.cells.size} dots are measured, the colour between them is a guess.` : this.caption;
    if (this.last) this.update(...this.last);
  }

  // Colours depend on the screen, so a change of it draws again.
  redraw() {
    for (const cell of this.cells.values()) cell.shown = null;
    if (this.last) this.update(...this.last);
  }

  update(cells, { lost = [], moved = [], centre = null, now = performance.now() } = {}) {
    this.last = [cells, { lost, moved, centre }];
    const known = (cells ?? []).filter((kg) => kg !== null);
    this.follow(Math.max(0, ...known), now);
    const table = ramp();
    const under = centre ? this.under(centre) : null;
    if (this.smooth && known.length) this.paint(cells, table);
    for (const [name, cell] of this.cells) {
      const kg = cells === null || cells === undefined ? undefined : cells[cell.index];
      const gone = kg === null || lost.includes(name);
      this.one(cell, name, { kg: gone ? null : kg, moved: moved.includes(name), low: name === under, table });
    }
    this.mark(centre, now);
  }

  one(cell, name, { kg, moved, low, table }) {
    const key = `${kg}|${moved}|${low}|${this.top}|${table[0]}`;
    if (cell.shown === key) return;
    cell.shown = key;
    const gone = kg === null || kg === undefined;
    toggle(cell.node, "gone", gone);
    toggle(cell.node, "wide", kg === undefined);
    toggle(cell.node, "moved", moved);
    toggle(cell.node, "low", low && !gone);
    text(cell.number, kg === null ? "no answer" : kg === undefined ? "–" : kg.toFixed(1));
    const colour = gone ? null : table[Math.round(Math.min(kg / this.top, 1) * 256)];
    style(cell.node, "background", gone || this.smooth ? "" : `rgb(${colour})`);
    style(cell.node, "color", gone ? "" : luminance(colour) > LIGHT ? "#000" : "#fff");
    void name;
  }

  follow(fullest, now) {
    const top = TOPS.find((one) => fullest <= one) ?? TOPS.at(-1);
    if (top >= this.top) this.high = now;
    if (top > this.top || (top < this.top && now - this.high > FALL_MS)) {
      this.top = top;
      this.high = now;
      this.drawScale();
    }
  }

  drawScale() {
    const step = this.top <= 6 ? 2 : this.top <= 10 ? 4 : this.top / 2;
    const values = [];
    for (let kg = 0; kg < this.top - 0.01; kg += step) values.push(kg);
    values.push(this.top);
    this.scale.replaceChildren(
      ...values.map((kg) => {
        const mark = h("span", {}, kg === this.top ? `${kg} kg` : `${kg}`);
        mark.style.bottom = `${(100 * kg) / this.top}%`;
        return mark;
      }),
    );
  }

  under([across, along]) {
    const { rows, columns, cells } = this.grid;
    const [x, y] = [across * columns, along * rows];
    const cell = cells.find((one) => one.column === Math.floor(x) && one.row === Math.floor(y));
    const high = 1 - (y % 1) < 0.36; // the number stands at the top of its cell
    return cell && high && 1 - (x % 1) < 0.7 ? cell.name : null;
  }

  mark(centre, now) {
    if (this.centre.hidden === Boolean(centre)) this.centre.hidden = !centre;
    if (!centre) {
      this.trail = [];
      attr(this.line, "points", "");
      return;
    }
    const [left, top] = [(1 - centre[0]) * 100, (1 - centre[1]) * 100];
    style(this.centre, "left", `${left.toFixed(1)}%`);
    style(this.centre, "top", `${top.toFixed(1)}%`);
    this.trail.push([now, `${left.toFixed(1)},${top.toFixed(1)}`]);
    while (now - this.trail[0][0] > TRAIL_MS) this.trail.shift();
    attr(this.line, "points", this.trail.filter(([, point], n, all) => !n || point !== all[n - 1][1]).map(([, point]) => point).join(" "));
  }

  // A soft picture between the middles of the cells; what does not answer stays a gap.
  paint(cells, table) {
    const { rows, columns } = this.grid;
    const context = this.canvas.getContext("2d");
    const image = context.createImageData(WIDE, HIGH);
    const at = (row, column) => cells[this.grid.cells.findIndex((one) => one.row === row && one.column === column)];
    const grid = Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_unused, column) => at(rows - 1 - row, columns - 1 - column)));
    const soft = (part) => part * part * (3 - 2 * part);
    for (let y = 0; y < HIGH; y += 1) {
      const v = Math.min(Math.max(((y + 0.5) / HIGH) * rows - 0.5, 0), rows - 1);
      const [r, fy] = [Math.min(Math.floor(v), rows - 2), soft(v - Math.min(Math.floor(v), rows - 2))];
      for (let x = 0; x < WIDE; x += 1) {
        const u = Math.min(Math.max(((x + 0.5) / WIDE) * columns - 0.5, 0), columns - 1);
        const [c, fx] = [Math.min(Math.floor(u), columns - 2), soft(u - Math.min(Math.floor(u), columns - 2))];
        let [sum, weight] = [0, 0];
        for (const [dr, wy] of [[0, 1 - fy], [1, fy]])
          for (const [dc, wx] of [[0, 1 - fx], [1, fx]]) {
            const kg = grid[r + dr][c + dc];
            if (kg !== null && kg !== undefined) {
              sum += kg * wy * wx;
              weight += wy * wx;
            }
          }
        const share = weight > 0 ? sum / weight / this.top : 0;
        const colour = table[Math.round(Math.min(share, 1) * 256)];
        image.data.set([...colour, 255], 4 * (y * WIDE + x));
      }
    }
    context.putImageData(image, 0, 0);
  }
}

export function place(cell, grid) {
  const end = cell.row === grid.rows - 1 ? "Head end" : cell.row === 0 ? "Hips end" : `Row ${cell.row + 1} from the hips`;
  const middle = 2 * cell.column === grid.columns - 1;
  return `${end}, ${middle ? "middle" : 2 * cell.column > grid.columns - 1 ? "your right" : "your left"}`;
}
