// The holder's public key inside a card, `{1: COSE_Key}`, in its one form for each kind (RFC 9053, 7), as
// gate/card/holder_key.py. The page has no use for it; a card with another form of it is no card.
import { ED25519, ESP256 } from "./cose.js";
import { whyNoKey } from "./curves.js";
import { malformed } from "./refused.js";

// Throws Refused unless a decoded item is such a key.
export function checkHolderKey(value) {
  const key = value instanceof Map && value.size === 1 ? value.get(1) : undefined;
  if (!(key instanceof Map)) throw malformed("cnf is not a map of one COSE key");
  const why = isEd25519(key)
    ? whyNoKey(ED25519, key.get(-2))
    : isP256(key)
      ? whyNoKey(ESP256, Uint8Array.of(4, ...key.get(-2), ...key.get(-3)))
      : "neither an Ed25519 nor a P-256 key in the one form allowed";
  if (why !== null) throw malformed(`cnf: ${why}`);
}

function isEd25519(key) {
  return key.size === 3 && key.get(1) === 1 && key.get(-1) === 6 && isBytes(key.get(-2));
}

function isP256(key) {
  const isNamed = key.size === 4 && key.get(1) === 2 && key.get(-1) === 1;
  return isNamed && isBytes(key.get(-2)) && key.get(-2).length === 32 && isBytes(key.get(-3));
}

function isBytes(value) {
  return value instanceof Uint8Array;
}
