// Is this text a card, who vouches for it, and is it good now? The same steps in the same order as
// gate/card/verify.py, to the same answer, with no network.
//
// A card's text is from a stranger: nothing of its claims is looked at before the signature holds.
import { decode } from "./base45.js";
import { parseClaims } from "./claims.js";
import { parseSign1 } from "./cose.js";
import { verifies } from "./keys.js";
import { isSetUpCode, kindOf } from "./other-codes.js";
import { Refused, malformed } from "./refused.js";
import { reasonAt } from "./status.js";

export { openBook } from "./book.js";
export { CannotVerify } from "./keys.js";

const PREFIX = "CC1:";
const MAX_PAYLOAD_CHARS = 1200;

// Returns { reasons, card, listAgeS } for the text of one QR code, an opened book, and now in seconds since
// 1970. No reasons is a good card; else they are words of gate.errors.Reason in a gate's order. `card` is
// null until an issuer signed it; a code of the catalogue is a string, a number, or a BigInt where a number
// would not hold it. `listAgeS` is of the oldest list that told of the card, below 0 if this clock is slow.
//
// Throws CannotVerify where this browser can't tell, which is no verdict.
export async function judge(text, opened, nowS) {
  if (!Number.isFinite(nowS)) throw new TypeError(`now: ${nowS} is not seconds since 1970`);
  try {
    const claims = await authenticate(text, opened);
    const issued = listsOf(claims, opened).map((list) => list.issuedS);
    return {
      reasons: standing(claims, opened, nowS),
      card: cardOf(claims),
      listAgeS: issued.length === 0 ? null : nowS - Math.min(...issued),
    };
  } catch (error) {
    if (error instanceof Refused) return { reasons: [error.reason], card: null, listAgeS: null };
    throw error;
  }
}

// 1. Undo the QR encoding.  2. Find the keys it names.  3. Check the signature.  4. Read the claims.
// 5. Check that this key may speak for this issuer, scheme and time.
async function authenticate(text, opened) {
  // 1.
  const message = takeApart(text);
  // 2.
  const named = opened.keysNamed.get(message.kid);
  if (named === undefined) throw new Refused("unknown_issuer", "no trusted key bears this name");
  // 3.
  const key = await signingKey(named, message);
  // 4.
  const claims = parseClaims(message.payload);
  // 5.
  checkAuthority(claims, named, key);
  return claims;
}

function takeApart(text) {
  if (isSetUpCode(text)) throw new Refused("set_up_code", "a code that makes units is no card");
  if (!text.startsWith(PREFIX)) throw new Refused(kindOf(text), `the text does not begin with ${PREFIX}`);
  if (text.length > MAX_PAYLOAD_CHARS) throw malformed(`over ${MAX_PAYLOAD_CHARS} characters`);
  return parseSign1(decode(text.slice(PREFIX.length)));
}

async function signingKey(named, { algorithm, signature, signed }) {
  for (const { key } of named) {
    if (key.algorithm === algorithm && (await verifies(key, signature, signed))) return key;
  }
  throw new Refused("bad_signature", "no trusted key of this name made it");
}

// Judges by the entry of the issuer that the card names; two issuers may share a key.
function checkAuthority(claims, named, { algorithm, bytes }) {
  const entry = named.find(
    ({ issuer, key }) =>
      issuer.iss === claims.issuer && key.algorithm === algorithm && key.bytes === bytes,
  );
  if (entry === undefined) throw new Refused("unknown_issuer", "the key belongs to another issuer");
  const { issuer, key } = entry;
  const isInTime = key.notBeforeS <= claims.issuedS && claims.issuedS <= key.notAfterS;
  const use = claims.audience === null ? "card" : "site";
  if (!key.uses.includes(use) || key.compromised || !isInTime) {
    throw new Refused("unknown_issuer", "the key is not trusted for this card's date or use");
  }
  if (!issuer.schemes.has(claims.scheme)) throw new Refused("scheme_not_trusted", "not this issuer's");
  if (!claims.status.uri.startsWith(issuer.statusBase)) {
    throw malformed("the status list belongs to another issuer");
  }
}

// Returns what speaks against an authentic card, each reason once.
function standing(claims, opened, nowS) {
  const against = [];
  if (nowS < claims.issuedS) against.push("not_yet_valid");
  if (nowS >= claims.expiresS) against.push("expired");
  against.push(onList(claims.status, opened), ...beneath(claims, opened));
  return [...new Set(against.filter((reason) => reason !== null))];
}

// Returns what speaks against the scheme card that a pass stands on, as far as its issuer is known.
function beneath({ expiresS, standsOn }, opened) {
  if (standsOn === null) return [];
  const outlives = expiresS > standsOn.expiresS ? "outlives_card" : null;
  const { status } = standsOn;
  const owner = status && opened.issuers.find((one) => status.uri.startsWith(one.statusBase));
  if (!owner) return [outlives];
  return [outlives, owner.iss === standsOn.issuer ? onList(status, opened) : "malformed"];
}

function onList({ uri, index }, opened) {
  const list = opened.lists.get(uri);
  return list === undefined ? "status_unknown" : reasonAt(list, index);
}

function listsOf({ status, standsOn }, opened) {
  const uris = [status.uri, standsOn?.status?.uri];
  return uris.map((uri) => opened.lists.get(uri)).filter((list) => list !== undefined);
}

function cardOf(claims) {
  const { issuer, number, holderId, name, issuedS, notBeforeS, expiresS } = claims;
  const { scheme, cardType, limits, language, photoDigest, standsOn } = claims;
  const under = standsOn && {
    issuer: standsOn.issuer,
    number: standsOn.number,
    expiresS: standsOn.expiresS,
  };
  return {
    ...{ issuer, number, holderId, name, issuedS, notBeforeS, expiresS },
    ...{ scheme, cardType, limits, language, photoDigest, standsOn: under },
  };
}
