// The frame of the page: which view, the link to the mat, the screen. It never counts time or picks a stage itself.
import { attr, command, h, pick, read, say, send, show, text } from "./kit.js";
import { LiveView } from "./live.js";

const LOST_MS = 3_000; // without a frame for so long the mat is lost
const AGAIN_MS = [1_000, 2_000, 5_000, 10_000];
const LINKS = { connecting: "Connecting", connected: "Connected", offline: "Offline" };
const SCREENS = { automatic: "Screen: automatic", light: "Screen: light", dark: "Screen: dark" };
const VIEWS = [
  [/^\/sessions?(\/\d+)?$/, "/sessions", () => import("./sessions.js"), "Sessions"],
  [/^\/journal$/, "/journal", () => import("./journal.js"), "Journal"],
  [/^\/trends$/, "/trends", () => import("./trends.js"), "Trends"],
  [/^\/set-up$/, "/set-up", () => import("./setup.js"), "Set-up"],
  [/^\/help$/, "/help", () => import("./help.js"), "Help"],
  [/^\/welcome$/, "/welcome", () => import("./welcome.js"), "Welcome"],
];

class App {
  frame = null;
  link = "connecting";
  lostAt = null;
  receivedAt = 0;
  failures = 0;

  async start() {
    this.main = document.getElementById("main");
    this.wall = new URLSearchParams(location.search).has("wall") && matchMedia("(min-width: 1024px)").matches;
    document.body.classList.toggle("wall", this.wall);
    this.screen();
    await this.visit();
    document.addEventListener("click", (event) => this.clicked(event));
    addEventListener("popstate", () => this.route());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.view?.redraw?.());
    setInterval(() => this.watch(), 250);
    this.open();
    await this.welcome();
    await this.route();
    if ("serviceWorker" in navigator) navigator.serviceWorker.register("/worker.js").catch(() => {});
  }

  // The token of a first visit stands behind the #, becomes a cookie, and goes from the address.
  async visit() {
    const token = new URLSearchParams(location.hash.slice(1)).get("visit");
    if (token === null) return;
    history.replaceState(null, "", location.pathname + location.search);
    try {
      await send("/api/visit", { token });
      this.first = !localStorage.getItem("visited");
    } catch (error) {
      say(error.message);
    }
  }

  // A first visit opens the three steps by itself, unless somebody is on the mat or has read the text. Back leads here.
  async welcome() {
    if (!this.first || this.wall || location.pathname !== "/") return;
    try {
      const [{ people }, now] = await Promise.all([read("/api/people"), read("/api/live").catch(() => null)]);
      if (!people.find((one) => one.chosen)?.read && !now?.occupied && !now?.in_session) history.pushState(null, "", "/welcome");
    } catch {
      // the live view says what is wrong
    }
  }

  // --- views -------------------------------------------------------------------------------------
  clicked(event) {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (link.classList.contains("skip")) {
      event.preventDefault(); // the address stays, so the view does too
      return this.main.focus();
    }
    const url = new URL(link.href);
    if (url.origin !== location.origin || link.hasAttribute("download")) return;
    event.preventDefault();
    this.go(url.pathname + url.search + url.hash);
  }
  go(path) {
    if (path !== location.pathname + location.search) history.pushState(null, "", path);
    this.route(true);
  }

  async route(moved = false) {
    const path = location.pathname;
    const [, tab, load, title] = VIEWS.find(([pattern]) => pattern.test(path)) ?? [null, "/", null, "Live"];
    for (const link of document.querySelectorAll(".tabs a, .help"))
      if (link.getAttribute("href") === tab) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    document.title = tab === "/" ? "acumat" : `${title} · acumat`;
    this.view?.stop?.();
    const turn = (this.turn = {});
    const view = load ? new (await load()).View(this) : new LiveView(this);
    let grid = null;
    for (let tries = 0; !grid && turn === this.turn; tries += 1)
      grid = await this.cells().catch((error) => (load || error.status === 401 || this.link === "offline" ? NO_GRID : new Promise((next) => setTimeout(() => next(null), AGAIN_MS[Math.min(tries, 3)]))));
    if (turn !== this.turn) return;
    this.view = view;
    this.main.replaceChildren(view.node);
    await view.start(grid);
    if (turn !== this.turn) return;
    this.main.dataset.ready = tab;
    if (moved) {
      this.main.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  }
  async cells() {
    this.grid ??= await read("/api/cells");
    return this.grid;
  }

  // --- the link ------------------------------------------------------------------------------------
  open() {
    if (this.source || document.hidden) return;
    this.receivedAt = performance.now();
    this.source = new EventSource("/api/live");
    this.source.onmessage = (event) => this.receive(JSON.parse(event.data));
    this.source.onerror = () => this.again();
  }
  close() {
    this.source?.close();
    this.source = null;
    clearTimeout(this.timer);
  }
  again() {
    this.close();
    this.timer = setTimeout(() => this.open(), AGAIN_MS[Math.min(this.failures, 3)]);
    this.failures += 1;
  }
  receive(frame) {
    const before = this.frame;
    this.frame = frame;
    this.receivedAt = performance.now();
    this.failures = 0;
    this.setLink("connected");
    this.speak(before, frame);
    this.playback(frame);
    this.view?.update?.();
    this.frames = (this.frames ?? 0) + 1;
  }
  watch() {
    if (document.hidden) return;
    if (performance.now() - this.receivedAt > LOST_MS) {
      if (this.link === "connected") {
        this.lostAt = Date.now() / 1000 - LOST_MS / 1000;
        this.setLink("offline");
        this.again();
      } else if (this.frame === null && this.link === "connecting" && this.failures > 1) this.setLink("offline");
      else if (this.source && this.link !== "connecting") this.again();
    }
    if (this.link === "offline") this.view?.update?.();
  }
  setLink(link) {
    if (this.link === link) return;
    const before = this.link;
    this.link = link;
    const node = document.getElementById("link");
    attr(node, "data-link", link);
    text(node.querySelector("span"), LINKS[link]);
    if (link === "connected" && !this.grid && this.view) this.route(); // it was drawn without knowing the grid
    if (before !== "connecting") say(link === "connected" ? "Connected to the mat again." : "This page lost the mat. The mat keeps timing on its own.");
  }
  // One polite status: stage, pause and link only.
  speak(before, frame) {
    if (before && before.state !== frame.state && (frame.in_session || before.in_session)) say(`${frame.stage}. ${frame.sentence}`);
  }

  // --- a simulated mat ------------------------------------------------------------------------------
  playback(frame) {
    const bar = document.getElementById("playback");
    show(bar, frame.speed !== null);
    if (frame.speed === null || bar.childNodes.length) return;
    const speeds = [["1", "×1"], ["8", "×8"], ["30", "×30"], ["60", "×60"]];
    bar.append(h("span", {}, "Simulated person"), pick("Speed of the simulation", speeds, String(frame.speed), (speed) => send("/api/playback", { speed: Number(speed) }).catch((error) => say(error.message))));
  }

  // --- the screen -----------------------------------------------------------------------------------
  screen() {
    const button = document.getElementById("screen");
    const apply = (choice) => {
      if (choice === "automatic") delete document.documentElement.dataset.screen;
      else document.documentElement.dataset.screen = choice;
      document.cookie = `screen=${choice}; Path=/; Max-Age=${400 * 86400}; SameSite=Strict`;
      attr(button, "aria-label", SCREENS[choice]);
      attr(button, "title", SCREENS[choice]);
      this.view?.redraw?.();
    };
    const names = Object.keys(SCREENS);
    let now = document.documentElement.dataset.screen ?? "automatic";
    attr(button, "aria-label", SCREENS[now]);
    button.addEventListener("click", () => {
      now = names[(names.indexOf(now) + 1) % names.length];
      apply(now);
      say(SCREENS[now]);
    });
  }
  command = command;
}

const NO_GRID = { rows: 4, columns: 3, cells: Array.from({ length: 12 }, (_, n) => ({ name: `${"ABCD"[Math.floor(n / 3)]}${(n % 3) + 1}`, row: Math.floor(n / 3), column: n % 3 })) };

const app = new App();
window.acumat = app;
app.start();
