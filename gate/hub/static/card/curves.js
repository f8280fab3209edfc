// What is a key, and what can be a signature, of the two curves: by their numbers alone, so that every
// browser's own cryptography is asked the same, and refuses what a gate's does.
//
// P-256: SP 800-186, 3.2.1.3. Ed25519: RFC 8032, 5.1.
import { hexOf } from "./bytes.js";
import { ED25519 } from "./cose.js";

const P256_P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const P256_B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const P256_N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const ED_P = 2n ** 255n - 19n;
const ED_L = 2n ** 252n + 27742317777372353535851937790883648493n;

const ED_Y8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
// Of every encoding of the eight points whose order divides 8, without its sign: anybody can make
// signatures that such a "key" accepts (gate/signing/keys.py).
const SMALL_ORDER_Y = [0n, 1n, ED_P - 1n, ED_P, ED_P + 1n, ED_Y8, ED_P - ED_Y8];

// Returns why bytes are no public key of an algorithm, or null if they are one: 32 bytes of Ed25519, or
// 65, uncompressed, of P-256.
export function whyNoKey(algorithm, bytes) {
  if (algorithm === ED25519) {
    if (bytes.length !== 32) return `an Ed25519 key of ${bytes.length} bytes: 32 are needed`;
    return SMALL_ORDER_Y.includes(yOf(bytes)) ? "a point of small order is no Ed25519 key" : null;
  }
  if (bytes.length !== 65 || bytes[0] !== 4) {
    return `a P-256 key of ${bytes.length} bytes: 65, uncompressed, are needed`;
  }
  const x = numberOf(bytes.subarray(1, 33));
  const y = numberOf(bytes.subarray(33));
  const isOn = x < P256_P && y < P256_P && (y * y - x * x * x + 3n * x - P256_B) % P256_P === 0n;
  return isOn ? null : "a point that is not on the curve is no P-256 key";
}

// Tells whether 64 bytes are in the range, and in the one form, of an algorithm's signatures: r and s
// from 1 to n - 1, or R as its point is encoded and S below the order.
export function canBeSignature(algorithm, bytes) {
  const [first, second] = [bytes.subarray(0, 32), bytes.subarray(32)];
  if (algorithm === ED25519) {
    const y = yOf(first);
    const isNegative = first[31] > 127;
    const hasZeroX = y === 1n || y === ED_P - 1n;
    return y < ED_P && !(hasZeroX && isNegative) && numberOf(second.slice().reverse()) < ED_L;
  }
  return [first, second].map(numberOf).every((number) => 0n < number && number < P256_N);
}

function yOf(encoded) {
  const bytes = encoded.slice().reverse();
  bytes[0] &= 127;
  return numberOf(bytes);
}

function numberOf(bytes) {
  return BigInt(`0x${hexOf(bytes)}`);
}
