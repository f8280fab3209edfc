// Keeps the last roll call of each site readable with the hub gone, and cards to be checked there: what
// was shown is kept, and is shown again when no answer comes. Each page itself says how old it is.
const KEPT = "roll-call";
const CHECK = "check";
const FILES = "files";
const WAIT_MS = 4000;
const WAIT_ELSE_MS = 10000;
const ROLL_CALL = /^\/sites\/([^/]+)\/roll-call\/(?:[0-9]+\/)?$/;
const CHECK_PAGE = /^\/sites\/[^/]+\/check\/$/;
const CHECKED_BY = /^\/sites\/[^/]+\/check\/(?:book\.json|faces\/[0-9]+\.jpg)$/;
const OF_SITE = /^\/sites\/([^/]+)\//;
const FILE = /\.[a-z]+$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keepPage(event.data.keep));
  if (event.data === "forget") event.waitUntil(Promise.all([KEPT, CHECK].map((name) => caches.delete(name))));
});

async function keepPage(address) {
  const answer = await fetch(address);
  if (answer.ok) await remember(new URL(answer.url), answer);
}

async function remember(url, answer) {
  if (CHECK_PAGE.test(url.pathname)) await (await caches.open(CHECK)).put(url.pathname, await plain(answer.clone()));
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
async function answered(request, waitMs) {
  const waiting = new AbortController();
  const late = request.method === "GET" && waitMs && setTimeout(() => waiting.abort(), waitMs);
  try {
    return await fetch(request, { signal: waiting.signal });
  } finally {
    clearTimeout(late);
  }
}

async function page(request, url) {
  const isKept = ROLL_CALL.test(url.pathname) || CHECK_PAGE.test(url.pathname);
  try {
    const answer = await answered(request, isKept ? WAIT_MS : WAIT_ELSE_MS);
    if (answer.ok) await remember(new URL(answer.url || url), answer.clone());
    return answer;
  } catch (error) {
    const same = await (await caches.open(CHECK)).match(url.pathname);
    if (same) return same;
    const site = OF_SITE.exec(url.pathname);
    const kept = site && (await (await caches.open(KEPT)).match(`/kept/${site[1]}`));
    if (kept) return kept;
    throw error;
  }
}

async function newest(request, name, waitMs) {
  const there = await caches.open(name);
  try {
    const answer = await answered(request, waitMs);
    if (answer.ok) await there.put(request, answer.clone());
    return answer;
  } catch (error) {
    const kept = await there.match(request);
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
    event.respondWith(newest(event.request, FILES));
  } else if (CHECKED_BY.test(url.pathname) && event.request.method === "GET") {
    event.respondWith(newest(event.request, CHECK, WAIT_MS));
  }
});
