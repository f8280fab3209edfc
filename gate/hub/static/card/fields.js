// The bounds of what stands on a card, and its fields as they are read, as gate/card/fields.py and the
// readers in gate/card/claims.py.
import { ARRAY, TEXT, UINT } from "./cbor.js";
import { malformed } from "./refused.js";

// From 2020 to the first second past 2100.
export const MIN_TIME_S = 1_577_836_800;
export const END_TIME_S = 4_133_980_800;
export const MAX_TEXT_CHARS = 64;
export const MAX_NUMBER_CHARS = 32;
export const MAX_URI_CHARS = 200;
export const SITE = "site:";

const MAX_CODE_CHARS = 24;
const DAY_S = 86_400;
// How a card's number may not begin: a spreadsheet would take it for a formula.
const FORMULA = /^[=+\-@]/;

// Returns printable ASCII of 1 to `limit` characters.
export function readText(reader, limit) {
  const bytes = reader.take(reader.count(TEXT, limit));
  if (bytes.length === 0 || bytes.some((byte) => byte < 0x20 || byte > 0x7e)) {
    throw malformed(`not printable ASCII of 1 to ${limit} characters`);
  }
  return String.fromCharCode(...bytes);
}

export function readNumber(reader) {
  const number = readText(reader, MAX_NUMBER_CHARS);
  if (FORMULA.test(number)) throw malformed("a card's number begins like a formula");
  return number;
}

// Returns a number, or a BigInt from 2 to the power of 53 on.
export function readUint(reader) {
  return reader.count(UINT, Infinity);
}

export function readTime(reader) {
  const seconds = readUint(reader);
  if (seconds < MIN_TIME_S || seconds >= END_TIME_S) throw malformed("a time before 2020 or after 2100");
  return seconds;
}

// Passes over a day, counted from 1970-01-01.
export function skipDay(reader) {
  const day = readUint(reader);
  if (day < MIN_TIME_S / DAY_S || day >= END_TIME_S / DAY_S) {
    throw malformed("a day before 2020 or after 2100");
  }
}

// Returns a catalogue's code: a string, or a number as `readUint` has it.
export function readCode(reader) {
  return reader.peek() >> 5 === TEXT ? readText(reader, MAX_CODE_CHARS) : readUint(reader);
}

// Returns a list of codes; one that is there is never empty.
export function readCodes(reader, limit) {
  const length = reader.count(ARRAY, limit);
  if (length === 0) throw malformed("a list of codes is empty");
  return Array.from({ length }, () => readCode(reader));
}
