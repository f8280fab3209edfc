// A card's signed claims, read straight from their bytes, as gate/card/claims.py: deterministic CBOR leaves
// one encoding of each card, so the reader knows at every byte what may follow.
import { ascii } from "./bytes.js";
import { Reader } from "./cbor.js";
import { INNER, readCompetence, risingKeys } from "./competence.js";
import { MAX_TEXT_CHARS, MAX_URI_CHARS, SITE, readNumber, readText, readTime, readUint } from "./fields.js";
import { checkHolderKey } from "./holder-key.js";
import { isName } from "./names.js";
import { malformed } from "./refused.js";

const AUD = 3;
const EXP = 4;
const NBF = 5;
const IAT = 6;
const CNF = 8;
const MAP_OF_8 = 0xa8;
const IDENTITY = [0x18, 0xa9];
const STATUS = [0x19, 0xff, 0xff, 0xa1, 0x6b, ...ascii("status_list"), 0xa2, 0x63, ...ascii("idx")];
const URI = [0x63, ...ascii("uri")];
const COMPETENCE = [0x3a, 0x00, 0x01, 0x11, 0x70];

// Returns what the claims say: issuer, number, audience, expiresS, notBeforeS, issuedS, holderId, name,
// status { uri, index }, and what `readCompetence` has. Throws Refused for what the format does not allow.
export function parseClaims(payload) {
  const reader = new Reader(payload);
  const first = reader.byte();
  reader.expect(1);
  const issuer = readText(reader, MAX_TEXT_CHARS);
  reader.expect(2);
  const number = readNumber(reader);
  const audience = readIf(reader, AUD, () => readText(reader, MAX_TEXT_CHARS));
  const times = readTimes(reader);
  const holderKey = readIf(reader, CNF, () => reader.item(1));
  if (holderKey !== null) checkHolderKey(holderKey);
  const identity = readIdentity(reader);
  const status = readStatus(reader);
  reader.expect(...COMPETENCE);
  const competence = readCompetence(reader);
  const optional = [audience, holderKey].filter((one) => one !== null).length;
  if (!reader.isAtEnd || first !== MAP_OF_8 + optional) {
    throw malformed("claims missing, unknown, cut short or trailed");
  }
  checkAudience(audience, issuer, competence);
  return { issuer, number, audience, ...times, ...identity, status, ...competence };
}

function readIf(reader, key, read) {
  if (reader.peek() !== key) return null;
  reader.expect(key);
  return read();
}

function readTimes(reader) {
  const [expiresS, notBeforeS, issuedS] = [EXP, NBF, IAT].map((key) => {
    reader.expect(key);
    return readTime(reader);
  });
  if (!(notBeforeS <= issuedS && issuedS <= expiresS)) throw malformed("nbf, iat and exp are not in order");
  return { expiresS, notBeforeS, issuedS };
}

function readIdentity(reader) {
  reader.expect(...IDENTITY);
  let [holderId, name] = [null, null];
  for (const key of risingKeys(reader)) {
    if (key === 1) holderId = readText(reader, MAX_TEXT_CHARS);
    else {
      const value = reader.item(INNER);
      if (key === 4) name = value;
    }
  }
  if (holderId === null || name === null) throw malformed("the identity is not a map with 1 and 4");
  if (typeof name !== "string" || !isName(name)) throw malformed("not a name");
  return { holderId, name };
}

function readStatus(reader) {
  reader.expect(...STATUS);
  const index = readUint(reader);
  reader.expect(...URI);
  return { uri: readText(reader, MAX_URI_CHARS), index };
}

function checkAudience(audience, issuer, { scheme, standsOn }) {
  const isSite = typeof scheme === "string" && scheme.startsWith(SITE);
  if (audience !== (isSite ? scheme.slice(SITE.length) : null)) {
    throw malformed("a site pass names its site both as aud and as scheme");
  }
  if (isSite && (issuer !== scheme || standsOn === null)) {
    throw malformed("a site pass is not its site's own, or stands on no scheme card");
  }
}
