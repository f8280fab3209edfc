// Keeps the last roll call of each site readable with the hub gone: what was shown is kept, and is
// shown again when no answer comes. The page itself says how old it is.
const KEPT = "roll-call";
const FILES = "files";
const WAIT_MS = 4000;
const WAIT_ELSE_MS = 10000;
const ROLL_CALL = /^\/sites\/([^/]+)\/roll-call\/(?:[0-9]+\/)?$/;
const OF_SITE = /^\/sites\/([^/]+)\//;
const FILE = /\.[a-z]+$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keepPage(event.data.keep));
  if (event.data === "forget") event.waitUntil(caches.delete(KEPT));
});

async function keepPage(address) {
  const answer = await fetch(address);
  if (answer.ok) await remember(new URL(answer.url), answer);
}

async function remember(url, answer) {
  const match = ROLL_CALL.exec(url.pathname);
  if (match === null) return;
  const kept = await caches.open(KEPT);
  await kept.put(`/kept/${match[1]}`, await plain(answer.clone()));
}

async function plain(answer) {
  // A page that came by a redirect can't answer a navigation.
  return new Response(await answer.blob(), { status: 200, headers: answer.headers });
}

// Only a page that is asked for is waited for: what is sent, such as a list of people, takes as long
// as it takes, and an answer that has begun is read to its end.
async function page(request, url) {
  const waiting = new AbortController();
  const waitMs = ROLL_CALL.test(url.pathname) ? WAIT_MS : WAIT_ELSE_MS;
  const late = request.method === "GET" && setTimeout(() => waiting.abort(), waitMs);
  try {
    const answer = await fetch(request, { signal: waiting.signal });
    clearTimeout(late);
    if (answer.ok) await remember(new URL(answer.url || url), answer.clone());
    return answer;
  } catch (error) {
    clearTimeout(late);
    const site = OF_SITE.exec(url.pathname);
    const kept = site && (await (await caches.open(KEPT)).match(`/kept/${site[1]}`));
    if (kept) return kept;
    throw error;
  }
}

async function file(request) {
  const files = await caches.open(FILES);
  try {
    const answer = await fetch(request);
    if (answer.ok) await files.put(request, answer.clone());
    return answer;
  } catch (error) {
    const kept = await files.match(request);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && OF_SITE.test(url.pathname) && !FILE.test(url.pathname)) {
    event.respondWith(page(event.request, url));
  } else if (url.pathname.startsWith("/static/") && event.request.method === "GET") {
    event.respondWith(file(event.request));
  }
});
