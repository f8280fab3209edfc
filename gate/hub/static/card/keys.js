// Public keys in the browser's own cryptography (WebCrypto).
import { hexOf } from "./bytes.js";
import { ED25519 } from "./cose.js";
import { canBeSignature, whyNoKey } from "./curves.js";

const KID_BYTES = 8;
const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

// There is no verdict here, neither way: this browser can't do what it needs.
export class CannotVerify extends Error {}

// Returns { algorithm, bytes, kid, handle }: bytes and kid as hexadecimal; a handle of null is an Ed25519
// key where the browser does not know Ed25519.
//
// Throws an Error if the bytes are no such key; CannotVerify if the browser gives no cryptography.
export async function importKey(algorithm, bytes) {
  const why = whyNoKey(algorithm, bytes);
  if (why !== null) throw new Error(why);
  if (globalThis.crypto?.subtle === undefined) {
    throw new CannotVerify("cannot verify in this page: open it by https");
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return {
    algorithm,
    bytes: hexOf(bytes),
    kid: hexOf(digest.subarray(0, KID_BYTES)),
    handle: algorithm === ED25519 ? await importEd25519(bytes) : await load(bytes, P256),
  };
}

// Tells whether a signature of 64 bytes is this key's.
//
// Throws CannotVerify for an Ed25519 key where the browser does not know Ed25519.
export async function verifies(key, signature, signed) {
  if (key.handle === null) throw new CannotVerify("cannot verify Ed25519 in this browser");
  if (!canBeSignature(key.algorithm, signature)) return false;
  const parameters = key.algorithm === ED25519 ? { name: "Ed25519" } : P256;
  return crypto.subtle.verify(parameters, key.handle, signature, signed);
}

// Ed25519 came late: Safari 17, Firefox 129, Chromium 137. Each browser has its own error for what it
// does not know, and the bytes were judged before.
async function importEd25519(bytes) {
  try {
    return await load(bytes, { name: "Ed25519" });
  } catch {
    return null;
  }
}

function load(bytes, parameters) {
  return crypto.subtle.importKey("raw", bytes, parameters, false, ["verify"]);
}
