// Keeps the files of the page, so that it opens from the home screen and can show that the mat is away. No data is kept.
const NAME = "page-1";
const FILES = ["/", "/page.css", "/app.js", "/kit.js", "/map.js", "/live.js", "/icon.svg", "/page.webmanifest"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || url.pathname.startsWith("/api/")) return;
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
