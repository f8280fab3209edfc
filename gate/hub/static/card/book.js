// The book that a hub hands out: whom it believes (gate/trust/issuers.py) and the status lists it holds.
//
// A field that this file does not know is refused among issuers, keys and lists: it may take something
// back, as "compromised" does, and an old file kept in a browser must not read past it.
import { ED25519, ESP256 } from "./cose.js";
import { END_TIME_S, MIN_TIME_S } from "./fields.js";
import { CannotVerify, importKey } from "./keys.js";
import { MAX_LIST_BYTES, unpack } from "./status.js";

// In base64, of what a list has on its way at most (gate/trust/status_token.py: 4 MiB).
const MAX_PACKED_CHARS = 6 << 20;
// A quarter of a thousand million cards; a phone has to hold them.
const MAX_ALL_LISTS_BYTES = 8 * MAX_LIST_BYTES;
const USES = ["card", "list", "site"];

// Returns what `judge` takes: { issuers, keysNamed, lists }. `keysNamed` maps a kid to the pairs of issuer
// and key that bear it, `lists` a URI to { issuedS, bits, packed }.
//
// Throws an Error that names the place which is not of the book's form; CannotVerify if the browser gives
// this page no cryptography.
export async function openBook(book) {
  const { made_s, issuers, lists } = fieldsOf(book, "book", ["made_s", "issuers", "lists"], null);
  timeAt(made_s, "book.made_s");
  const opened = { issuers: [], keysNamed: new Map(), lists: new Map() };
  for (const [at, issuer] of listAt(issuers, "book.issuers").entries()) {
    await addIssuer(opened, issuer, `book.issuers[${at}]`);
  }
  let total = 0;
  for (const [at, list] of listAt(lists, "book.lists").entries()) {
    total += await addList(opened, list, `book.lists[${at}]`);
    if (total > MAX_ALL_LISTS_BYTES) wrong("book.lists", `over ${MAX_ALL_LISTS_BYTES} bytes in all`);
  }
  return opened;
}

async function addIssuer(opened, value, place) {
  const found = fieldsOf(value, place, ["iss", "schemes", "status_base", "keys"], []);
  const issuer = {
    iss: textAt(found.iss, `${place}.iss`),
    statusBase: textAt(found.status_base, `${place}.status_base`),
    schemes: new Set(listAt(found.schemes, `${place}.schemes`).map((one) => codeAt(one, `${place}.schemes`))),
  };
  if (!issuer.statusBase.endsWith("/")) wrong(`${place}.status_base`, 'it must end with "/"');
  opened.issuers.push(issuer);
  for (const [at, one] of listAt(found.keys, `${place}.keys`).entries()) {
    const key = await keyAt(one, `${place}.keys[${at}]`);
    opened.keysNamed.set(key.kid, [...(opened.keysNamed.get(key.kid) ?? []), { issuer, key }]);
  }
}

async function keyAt(value, place) {
  const needed = ["kid", "alg", "public_key", "use"];
  const found = fieldsOf(value, place, needed, ["not_before", "not_after", "compromised"]);
  if (![ED25519, ESP256].includes(found.alg)) wrong(`${place}.alg`, `${found.alg} is neither -19 nor -9`);
  const uses = listAt(found.use, `${place}.use`);
  if (!uses.every((use) => USES.includes(use))) wrong(`${place}.use`, `it may have ${USES.join(", ")}`);
  const key = await imported(found.alg, bytesOfHex(found.public_key, `${place}.public_key`), place);
  if (found.kid !== key.kid) wrong(`${place}.kid`, `${found.kid}, but this key's is ${key.kid}`);
  const { not_before = null, not_after = null, compromised = false } = found;
  if (typeof compromised !== "boolean") wrong(`${place}.compromised`, "neither true nor false");
  return {
    ...key,
    uses,
    notBeforeS: not_before === null ? -Infinity : timeAt(not_before, `${place}.not_before`),
    notAfterS: not_after === null ? Infinity : timeAt(not_after, `${place}.not_after`),
    compromised,
  };
}

async function imported(algorithm, bytes, place) {
  try {
    return await importKey(algorithm, bytes);
  } catch (error) {
    if (error instanceof CannotVerify) throw error;
    return wrong(`${place}.public_key`, error.message);
  }
}

async function addList(opened, value, place) {
  const found = fieldsOf(value, place, ["uri", "issued_s", "expires_s", "bits", "lst"], []);
  const uri = textAt(found.uri, `${place}.uri`);
  if (opened.lists.has(uri)) wrong(`${place}.uri`, `${uri} stands twice`);
  if (![1, 2, 4, 8].includes(found.bits)) wrong(`${place}.bits`, `${found.bits} is not 1, 2, 4 or 8`);
  if (found.expires_s !== null) timeAt(found.expires_s, `${place}.expires_s`);
  const issuedS = timeAt(found.issued_s, `${place}.issued_s`);
  const packed = await unpacked(textAt(found.lst, `${place}.lst`), `${place}.lst`);
  opened.lists.set(uri, { issuedS, bits: found.bits, packed });
  return packed.length;
}

async function unpacked(base64, place) {
  if (base64.length > MAX_PACKED_CHARS) wrong(place, `over ${MAX_PACKED_CHARS} characters`);
  try {
    return await unpack(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  } catch (error) {
    return wrong(place, error.message);
  }
}

// Returns an object that has the needed fields and, unless `others` is null, no more than these besides.
function fieldsOf(value, place, needed, others) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) wrong(place, "not an object");
  for (const name of needed) if (!Object.hasOwn(value, name)) wrong(place, `${name} is missing`);
  const unknown = Object.keys(value).find((name) => !needed.includes(name) && !others?.includes(name));
  if (others !== null && unknown !== undefined) wrong(place, `unknown ${unknown}; load this page again`);
  return value;
}

function listAt(value, place) {
  return Array.isArray(value) ? value : wrong(place, "not a list");
}

function textAt(value, place) {
  return typeof value === "string" && value !== "" ? value : wrong(place, "not a text, or empty");
}

// A number that JSON could not carry exactly would be another scheme's.
function codeAt(value, place) {
  return Number.isSafeInteger(value) ? value : textAt(value, place);
}

function timeAt(value, place) {
  const isTime = Number.isSafeInteger(value) && MIN_TIME_S <= value && value < END_TIME_S;
  return isTime ? value : wrong(place, `${value} is not seconds since 1970, from 2020 to 2100`);
}

function bytesOfHex(value, place) {
  if (typeof value !== "string" || !/^([0-9a-f]{2})+$/.test(value)) wrong(place, "not bytes in hexadecimal");
  return Uint8Array.from(value.match(/../g), (pair) => Number.parseInt(pair, 16));
}

function wrong(place, why) {
  throw new Error(`${place}: ${why}`);
}
