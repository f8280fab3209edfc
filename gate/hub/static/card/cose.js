// COSE_Sign1 (RFC 9052) in the one form that cards use, as gate/signing/cose.py, and the one header
// that a card has: alg, kid and typ, of which only the kid differs from card to card.
import { ascii, hexOf } from "./bytes.js";
import { Reader } from "./cbor.js";
import { malformed } from "./refused.js";

export const ED25519 = -19;
export const ESP256 = -9;

const TYP = "application/vnd.sitecard+cwt";
const KID_BYTES = 8;
const KID_AT = 5;
const SIGNATURE_BYTES = 64;

// By the byte that stands for the number in CBOR.
const ALGORITHMS = new Map([
  [0x32, ED25519],
  [0x28, ESP256],
]);

// Returns { algorithm, kid, payload, signature, signed }: kid as hexadecimal, `signed` the bytes that
// the signature, which nobody has checked yet, is over.
export function parseSign1(data) {
  const reader = new Reader(data);
  reader.expect(0xd2, 0x84);
  const header = reader.bytes();
  reader.expect(0xa0);
  const payload = reader.bytes();
  const signature = reader.bytes();
  if (!reader.isAtEnd) throw malformed("COSE: bytes after the message");
  if (signature.length !== SIGNATURE_BYTES) throw malformed("COSE: the signature has not 64 bytes");
  return { ...parseHeader(header), payload, signature, signed: toBeSigned(header, payload) };
}

function parseHeader(header) {
  const algorithm = ALGORITHMS.get(header[2]);
  const kid = header.subarray(KID_AT, KID_AT + KID_BYTES);
  const only = [0xa3, 1, header[2], 4, 0x40 + KID_BYTES, ...kid, 16, 0x78, TYP.length, ...ascii(TYP)];
  if (algorithm === undefined || !isSame(header, only)) {
    throw malformed("the protected header is not exactly alg, kid and typ");
  }
  return { algorithm, kid: hexOf(kid) };
}

function isSame(bytes, others) {
  return bytes.length === others.length && bytes.every((byte, at) => byte === others[at]);
}

function toBeSigned(header, payload) {
  return Uint8Array.of(
    ...[0x84, 0x6a, ...ascii("Signature1")],
    ...[...lengthOf(header), ...header, 0x40],
    ...[...lengthOf(payload), ...payload],
  );
}

// Returns what begins a byte string; a card's have under 65,536 bytes (MAX_PAYLOAD_CHARS).
function lengthOf({ length }) {
  if (length < 24) return [0x40 + length];
  return length < 256 ? [0x58, length] : [0x59, length >> 8, length & 255];
}
