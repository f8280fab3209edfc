// Marking people safe, with or without the hub: each tap is a record with a name of its own, kept in
// this browser until the hub has it. Taps merge in any order: safe is who has one that none undoes.
const root = document.getElementById("roll-call");
const gone = document.getElementById("gone");
const ROUND_MS = 3000;

function ageWords(ms) {
  const minutes = Math.max(0, Math.round(ms / 60000));
  if (minutes < 1) return "less than a minute";
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function tellGone(isGone, waiting) {
  const age = ageWords(Date.now() - Number(root.dataset.at));
  const kept = waiting ? ` ${waiting} of your marks wait here and are sent when it is back.` : "";
  gone.textContent = `The hub does not answer. This list is ${age} old.${kept}`;
  gone.hidden = !isGone;
}

function store() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("roll-call", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("taps", { keyPath: "uid" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

function within(db, mode, act) {
  return new Promise((resolve, reject) => {
    const work = db.transaction("taps", mode);
    const asked = act(work.objectStore("taps"));
    work.oncomplete = () => resolve(asked?.result);
    work.onerror = () => reject(work.error);
  });
}

async function main() {
  const address = root.dataset.marks;
  const me = root.dataset.by;
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const known = new Map(JSON.parse(document.getElementById("marks").textContent).map((one) => [one.uid, one]));
  const db = await store();
  const rows = new Map([...document.querySelectorAll("[data-named]")].map((row) => [Number(row.dataset.named), row]));
  const mine = () => within(db, "readonly", (taps) => taps.getAll()).then((all) => all.filter((one) => one.address === address));
  for (const one of await mine()) known.set(one.uid, one);

  function standing() {
    const undone = new Set([...known.values()].map((one) => one.undoes).filter(Boolean));
    const found = new Map();
    for (const one of [...known.values()].sort((a, b) => a.at_ms - b.at_ms || (a.uid < b.uid ? -1 : 1))) {
      if (one.undoes || undone.has(one.uid)) continue;
      found.set(one.named, [...(found.get(one.named) ?? []), one]);
    }
    return found;
  }

  function show(waiting) {
    const found = standing();
    for (const [number, row] of rows) {
      const by = found.get(number);
      const button = row.querySelector("button");
      if (by) row.dataset.safe = by[0].by;
      else delete row.dataset.safe;
      row.querySelector(".said").textContent = by ? `Safe: ${by[0].by}` : "";
      if (button) {
        button.setAttribute("aria-pressed", String(Boolean(by)));
        button.lastChild.textContent = by ? "Undo" : "Safe";
      }
    }
    document.querySelector("[data-safe-number]").textContent = found.size;
    document.querySelector("[data-missing-number]").textContent = rows.size - found.size;
    document.querySelector("[data-waiting]").textContent = waiting ? `${waiting} not sent yet` : "";
  }

  async function tap(number) {
    const by = standing().get(number);
    const made = { named: number, at_ms: Date.now(), by: me, address };
    const taps = by
      ? by.map((one) => ({ ...made, uid: uid(), undoes: one.uid }))
      : [{ ...made, uid: uid(), undoes: null }];
    for (const one of taps) {
      known.set(one.uid, one);
      await within(db, "readwrite", (all) => all.put(one));
    }
    show((await mine()).length);
    round();
  }

  let isRunning = false;
  async function round() {
    if (isRunning) return;
    isRunning = true;
    try {
      const waiting = (await mine()).slice(0, 500);
      const marks = waiting.map(({ uid, named, undoes, at_ms }) => ({ uid, named, undoes, at_ms }));
      const options = waiting.length
        ? { method: "POST", body: JSON.stringify({ marks }), headers: { "X-CSRFToken": token, "Content-Type": "application/json" } }
        : {};
      const answer = await fetch(address, { ...options, redirect: "error", signal: AbortSignal.timeout(8000) });
      if (!answer.ok) throw new Error(`the hub answered ${answer.status}`);
      const said = await answer.json();
      const stored = new Set(said.marks.map((one) => one.uid));
      for (const one of said.marks) known.set(one.uid, one);
      await within(db, "readwrite", (all) => { for (const one of waiting) if (stored.has(one.uid)) all.delete(one.uid); });
      root.dataset.at = Date.now();
      if (said.steps !== Number(root.dataset.steps)) location.reload();
      tellGone(false, 0);
    } catch {
      tellGone(true, (await mine()).length);
    } finally {
      isRunning = false;
      show((await mine()).length);
    }
  }

  function uid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  for (const [number, row] of rows) {
    const button = row.querySelector("button");
    if (!button) continue;
    button.hidden = false;
    button.addEventListener("click", () => tap(number));
  }
  show((await mine()).length);
  setInterval(round, ROUND_MS);
  round();
}

if (root.hasAttribute("data-open")) main();
else if (Date.now() - Number(root.dataset.at) > 60000) tellGone(true, 0);
