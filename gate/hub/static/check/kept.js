// Checks that this device made, until the hub has them: each has a name of its own, so that one that
// is sent twice is one.
const MOST = 100; // in one message (gate/hub/check/taking.py)
const WAIT_MS = 8000;

function store() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("check", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("checks", { keyPath: "uid" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

async function within(mode, act) {
  const db = await store();
  return new Promise((resolve, reject) => {
    const work = db.transaction("checks", mode);
    const asked = act(work.objectStore("checks"));
    work.oncomplete = () => resolve(asked?.result);
    work.onabort = () => reject(work.error);
  }).finally(() => db.close());
}

export function keep(check) {
  return within("readwrite", (checks) => checks.put(check));
}

export async function waiting(address) {
  const all = await within("readonly", (checks) => checks.getAll());
  return all.filter((one) => one.address === address);
}

// Sends what waits, and returns what the hub says of each by its name. Throws if the hub did not take it.
export async function send(address, token) {
  const said = new Map();
  for (;;) {
    const some = (await waiting(address)).slice(0, MOST);
    if (some.length === 0) return said;
    const checks = some.map(({ uid, at_ms, text, told, book_ms }) => ({ uid, at_ms, text, told, book_ms }));
    const answer = await fetch(address, {
      method: "POST",
      body: JSON.stringify({ checks }),
      headers: { "X-CSRFToken": token, "Content-Type": "application/json" },
      redirect: "error",
      signal: AbortSignal.timeout(WAIT_MS),
    });
    if (!answer.ok) throw new Error(`the hub answered ${answer.status}`);
    for (const one of (await answer.json()).checks) said.set(one.uid, one);
    await within("readwrite", (all) => { for (const { uid } of some) if (said.has(uid)) all.delete(uid); });
    if (!some.every(({ uid }) => said.has(uid))) return said;
  }
}
