// What a card proves beside identity, as gate/card/claims.py reads it.
import { hexOf } from "./bytes.js";
import { ARRAY, MAP } from "./cbor.js";
import {
  MAX_TEXT_CHARS,
  MAX_URI_CHARS,
  SITE,
  readCode,
  readCodes,
  readNumber,
  readText,
  readTime,
  readUint,
  skipDay,
} from "./fields.js";
import { malformed } from "./refused.js";

// Levels around a value inside the identity or the competence.
export const INNER = 2;

const MAX_PAIRS = 255;
const PAIR = 0x82;
const PHOTO = 0x50;
const PHOTO_BYTES = 16;
const LANGUAGE = /^[a-z]{2}$/;

// By their key; what a later version may have added is passed over.
const READERS = new Map([
  [0, (reader) => ({ scheme: readCode(reader) })],
  [1, (reader) => ({ cardType: readCode(reader) })],
  [2, (reader) => void readCodes(reader, 6)],
  [3, (reader) => void readCodes(reader, 6)],
  [4, (reader) => void readCodes(reader, 4)],
  [5, skipHealthAndSafety],
  [6, skipPractice],
  [7, (reader) => void readCodes(reader, 8)],
  [8, (reader) => ({ limits: readCodes(reader, 4) })],
  [9, readPhoto],
  [10, (reader) => ({ standsOn: readBeneath(reader) })],
  [11, readLanguage],
]);

// Returns { scheme, cardType, limits, photoDigest, standsOn, language }; null is what a card does not say,
// but for its limits, of which it has none. `standsOn` is { issuer, number, expiresS, status }, where
// status is null or { uri, index }.
export function readCompetence(reader) {
  const found = { limits: [], photoDigest: null, standsOn: null, language: null };
  for (const key of risingKeys(reader)) {
    const read = READERS.get(key) ?? skipItem;
    Object.assign(found, read(reader));
  }
  if (found.scheme === undefined || found.cardType === undefined) {
    throw malformed("the competence is not a map with 0 and 1");
  }
  return found;
}

// Yields the keys of a map of unsigned integers, each before its value is read.
export function* risingKeys(reader) {
  let last = -1;
  for (let left = reader.count(MAP, MAX_PAIRS); left > 0; left -= 1) {
    const key = readUint(reader);
    if (key <= last) throw malformed("keys are out of order or doubled");
    last = key;
    yield key;
  }
}

function skipItem(reader) {
  reader.item(INNER);
}

function skipHealthAndSafety(reader) {
  reader.expect(PAIR);
  readCode(reader);
  skipDay(reader);
}

function skipPractice(reader) {
  reader.expect(PAIR);
  skipDay(reader);
  skipDay(reader);
}

function readPhoto(reader) {
  reader.expect(PHOTO);
  return { photoDigest: hexOf(reader.take(PHOTO_BYTES)) };
}

function readBeneath(reader) {
  const parts = reader.count(ARRAY, 5);
  if (parts !== 3 && parts !== 5) throw malformed("what the pass stands on is not of three or five");
  const issuer = readText(reader, MAX_TEXT_CHARS);
  if (issuer.startsWith(SITE)) throw malformed("what the pass stands on is no scheme card");
  const beneath = { issuer, number: readNumber(reader), expiresS: readTime(reader), status: null };
  if (parts === 5) {
    beneath.status = { uri: readText(reader, MAX_URI_CHARS), index: readUint(reader) };
  }
  return beneath;
}

function readLanguage(reader) {
  const language = readText(reader, 2);
  if (!LANGUAGE.test(language)) throw malformed("the language is not two letters a to z");
  return { language };
}
