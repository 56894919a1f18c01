// Keeps the files of the page, so that it opens from the home screen and can show that the mat is away. Nothing about a person is kept.
const HELP = "/api/help"; // the words to read before use, the same for everybody
const NAME = "page-2";
const VIEWS = ["live", "sessions", "journal", "trends", "setup", "help", "welcome"].map((name) => `/${name}.js`);
const PARTS = ["app", "kit", "map", "chart", "person", "calibrate"].map((name) => `/${name}.js`);
const FILES = ["/", "/page.css", ...PARTS, ...VIEWS, "/icon.svg", "/page.webmanifest", HELP];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || (url.pathname.startsWith("/api/") && url.pathname !== HELP)) return;
  const kept = event.request.mode === "navigate" ? "/" : event.request;
  const fresh = fetch(event.request).then((response) => {
    if (response.ok) {
      const copy = response.clone();
      event.waitUntil(caches.open(NAME).then((cache) => cache.put(kept, copy)));
    }
    return response;
  });
  event.respondWith(fresh.catch(async () => (await caches.match(kept)) ?? Response.error()));
});
