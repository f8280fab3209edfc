// Check a card: read it by this device's camera, judge it here by the book of the hub, tell it as the
// whole screen, and send that it was checked. The hub judges it too, as soon as it is there.
import { CannotVerify, judge, openBook } from "../card/verify.js";
import { close, nextTexts, open, prepare, textsOfPicture } from "./camera.js";
import { keep, send, waiting } from "./kept.js";
import { ageWords, show, verdictOf } from "./shown.js";

const root = document.getElementById("check");
const at = (name) => document.getElementById(name);
const token = document.querySelector("#check [name=csrfmiddlewaretoken]").value;
const { book: bookAddress, taken, faces } = root.dataset;
const WAIT_MS = 8000;
const RENEW_MS = 5 * 60_000;
const FETCHES_AT_ONCE = 4;
const CONTROLLED_MS = 2000;

let book = null; // what the hub handed out last
let opened = null; // the same, ready to judge by; null where this browser can't
let people = new Map();
let blocked = new Set();

const keyOf = (issuer, number) => `${issuer}\n${number}`;

async function renew() {
  try {
    const answer = await fetch(bookAddress, { redirect: "error", signal: AbortSignal.timeout(WAIT_MS) });
    if (!answer.ok) throw new Error(`the hub answered ${answer.status}`);
    await take(await answer.json());
    at("trouble").textContent = "";
  } catch (error) {
    at("trouble").textContent = book ? "" : `Nothing to check by yet: ${error.message}.`;
  }
  tellBook();
}

async function take(fresh) {
  try {
    opened = await openBook(fresh);
  } catch (error) {
    if (!(error instanceof CannotVerify)) throw error;
    opened = null;
  }
  book = fresh;
  people = new Map(book.people.flatMap((one) => one.keys.map((key) => [keyOf(...key), one])));
  blocked = new Set(book.blocked.map((key) => keyOf(...key)));
}

function tellBook() {
  if (!book) return;
  const age = ageWords(Date.now() / 1000 - book.made_s);
  const alone = opened ? "" : " This browser leaves the judging to the hub.";
  at("book").textContent = `What this device knows of the site is ${age} old: ${book.people.length} people.${alone}`;
}

// Has the worker keep this page, and what it is made of, for when the hub is gone.
async function keepForLater() {
  if (!navigator.serviceWorker?.controller) return;
  navigator.serviceWorker.controller.postMessage({ keep: location.pathname });
  const files = performance.getEntriesByType("resource").map((one) => one.name).filter((one) => one.includes("/static/"));
  const wanted = [...new Set([...files, root.dataset.wasm]), ...book.people.map(faceOf).filter(Boolean)];
  const some = async () => {
    for (let next = wanted.pop(); next; next = wanted.pop()) await fetch(next).catch(() => wanted.splice(0));
  };
  await Promise.all(Array.from({ length: FETCHES_AT_ONCE }, some));
  root.dataset.kept = "";
}

// Resolves once the worker answers for this page: keys.js registers it, and the first visit waits a moment.
function controlled() {
  if (!navigator.serviceWorker || navigator.serviceWorker.controller) return Promise.resolve();
  const taken = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
  return Promise.race([taken, new Promise((resolve) => setTimeout(resolve, CONTROLLED_MS))]);
}

const faceOf = (person) => (person?.face ? `${faces}${person.number}.jpg` : null);

// Judges one text, shows it, keeps that it was read, and asks the hub too.
async function check(text) {
  const made = { uid: uid(), at_ms: Date.now(), text, told: null, book_ms: null, address: taken };
  const mine = await judged(text);
  if (mine) Object.assign(made, { told: mine.reasons, book_ms: book.made_s * 1000 });
  await keep(made);
  if (mine) tell(mine, `Judged on this device${aged(mine)}. Asking the hub…`);
  const said = await sent();
  const theirs = said?.get(made.uid);
  if (theirs) tell(theirs, agreement(mine, theirs));
  else if (mine) tell(mine, `Judged on this device${aged(mine)}. The hub does not answer: the check is sent when it does.`);
  else tellNothing();
}

async function judged(text) {
  if (!opened) return null;
  try {
    const { reasons, card, listAgeS } = await judge(text, opened, Date.now() / 1000);
    const keys = [card, card?.standsOn].filter(Boolean).map((one) => keyOf(one.issuer, one.number));
    return { reasons, card, listAgeS, person: people.get(keys[0]) ?? null, blocked: keys.some((key) => blocked.has(key)) };
  } catch (error) {
    if (error instanceof CannotVerify) return null;
    throw error;
  }
}

function agreement(mine, theirs) {
  if (!mine) return "Judged by the hub.";
  if (mine.reasons.join() === theirs.reasons.join()) return "Judged on this device and by the hub alike.";
  return "The hub says this, by what it knows now; this device knew less.";
}

const aged = ({ listAgeS }) => (listAgeS === null ? "" : `, by a list of cancelled cards that is ${ageWords(listAgeS)} old`);

function tell(said, by) {
  const verdict = verdictOf(said, book.words);
  show(at("verdict"), { verdict, card: said.card, person: said.person, face: faceOf(said.person), by });
  navigator.vibrate?.(verdict.tone === "admit" ? 80 : [80, 80, 80]);
}

function tellNothing() {
  const verdict = { tone: "refuse", headline: "Not checked", why: ["This browser can't judge a card by itself, and the hub does not answer."] };
  show(at("verdict"), { verdict, card: null, person: null, face: null, by: "The check is sent when the hub answers." });
}

async function sent() {
  try {
    const said = await send(taken, token);
    at("waiting").textContent = "";
    return said;
  } catch {
    const number = (await waiting(taken)).length;
    at("waiting").textContent = number ? `${number} checks wait here and are sent when the hub answers.` : "";
    return null;
  }
}

// Goes on with what was read: one card among other codes is it, two cards are neither.
async function go(texts) {
  const cards = texts.filter((text) => text.startsWith("CC1:"));
  if (cards.length > 1) {
    const [headline, why] = book.words.several_codes;
    show(at("verdict"), { verdict: { tone: "note", headline, why: [why] }, card: null, person: null, face: null, by: "Nothing was kept of it." });
  } else await check(cards[0] ?? texts[0]);
}

async function watch() {
  const video = at("camera");
  at("trouble").textContent = "";
  try {
    await open(video);
    root.dataset.watching = "";
    await go(await nextTexts(video));
  } catch (error) {
    at("trouble").textContent = error.message;
  } finally {
    close(video);
    delete root.dataset.watching;
  }
}

async function look(file) {
  at("trouble").textContent = "";
  try {
    const texts = await textsOfPicture(file);
    if (texts.length) await go(texts);
    else at("trouble").textContent = `${file.name}: no code was found in it. Go closer, with the whole code in the picture.`;
  } catch (error) {
    at("trouble").textContent = error.message;
  }
}

function uid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

prepare(root.dataset.wasm);
at("start").addEventListener("click", watch);
at("picture").addEventListener("change", ({ target }) => {
  const [file] = target.files;
  if (file) look(file);
  target.value = "";
});
at("next").addEventListener("click", () => { at("verdict").close(); watch(); });
await controlled();
await renew();
root.dataset.ready = "";
at("start").disabled = !book;
at("picture").disabled = !book;
setInterval(renew, RENEW_MS);
setInterval(tellBook, 30_000);
await sent();
if (book) await keepForLater();
