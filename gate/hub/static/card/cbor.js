// Strict deterministic CBOR (RFC 8949, 4.2.1), as gate/signing/cbor.py: one encoding of each value, or
// Refused. Integers of up to 64 bits, byte and text strings, arrays and maps; shortest form, definite
// lengths, keys in bytewise order and once, at most six levels; no tag, float, true, false or null.
//
// An integer is a number where that holds it exactly and a BigInt where not, so no two are ever one.
import { malformed } from "./refused.js";

export const UINT = 0;
const NINT = 1;
const BYTES = 2;
export const TEXT = 3;
export const ARRAY = 4;
export const MAP = 5;

const MAX_DEPTH = 6;
// The least argument that needs one byte of its own, two, four, eight.
const SMALLEST = [24n, 1n << 8n, 1n << 16n, 1n << 32n];

// ignoreBOM keeps a byte order mark in the text, to be refused there; without it, it would vanish.
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class Reader {
  constructor(data) {
    this.data = data;
    this.pos = 0;
  }

  get isAtEnd() {
    return this.pos === this.data.length;
  }

  peek() {
    if (this.isAtEnd) throw malformed("the data ends too early");
    return this.data[this.pos];
  }

  byte() {
    const value = this.peek();
    this.pos += 1;
    return value;
  }

  take(length) {
    if (length > this.data.length - this.pos) throw malformed("the data ends too early");
    const start = this.pos;
    this.pos += Number(length);
    return this.data.subarray(start, this.pos);
  }

  // Passes over bytes that must stand here.
  expect(...bytes) {
    for (const due of bytes) {
      if (this.byte() !== due) throw malformed("something else stands there than is due");
    }
  }

  // Returns an item's major type, and its argument in shortest form.
  head() {
    const first = this.byte();
    const info = first & 31;
    if (info < 24) return [first >> 5, info];
    if (info > 27) throw malformed("CBOR: a length that is indefinite or reserved");
    let argument = 0n;
    for (const byte of this.take(1 << (info - 24))) argument = (argument << 8n) | BigInt(byte);
    if (argument < SMALLEST[info - 24]) throw malformed("CBOR: a number not in shortest form");
    return [first >> 5, argument <= Number.MAX_SAFE_INTEGER ? Number(argument) : argument];
  }

  // Returns the argument of an item that must be of this type, and the argument at most `limit`.
  count(major, limit) {
    const [found, argument] = this.head();
    if (found !== major || argument > limit) throw malformed("CBOR: another type, or too long");
    return argument;
  }

  bytes() {
    return this.take(this.count(BYTES, this.data.length));
  }

  // Returns the item that begins here, `depth` levels deep already: a number or BigInt, a Uint8Array,
  // a string, an Array or a Map.
  item(depth) {
    const [major, argument] = this.head();
    switch (major) {
      case UINT:
        return argument;
      case NINT:
        return typeof argument === "bigint" ? -1n - argument : -1 - argument;
      case BYTES:
        return this.take(argument);
      case TEXT:
        return decodeText(this.take(argument));
      case ARRAY:
      case MAP:
        if (depth === MAX_DEPTH) throw malformed(`CBOR: more than ${MAX_DEPTH} levels`);
        return major === ARRAY ? this.#array(argument, depth + 1) : this.#map(argument, depth + 1);
      default:
        throw malformed("CBOR: a tag, float or simple value");
    }
  }

  #array(length, depth) {
    const values = [];
    for (let at = 0; at < length; at += 1) values.push(this.item(depth));
    return values;
  }

  #map(length, depth) {
    const values = new Map();
    let before = new Uint8Array();
    for (let at = 0; at < length; at += 1) {
      const start = this.pos;
      const key = this.item(depth);
      const encoded = this.data.subarray(start, this.pos);
      if (typeof key === "object") throw malformed("CBOR: a key is neither an integer nor text");
      if (!isBefore(before, encoded)) throw malformed("CBOR: keys out of order or doubled");
      before = encoded;
      values.set(key, this.item(depth));
    }
    return values;
  }
}

function decodeText(bytes) {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw malformed("CBOR: a text that is not UTF-8");
  }
}

function isBefore(one, other) {
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at += 1) {
    if (one[at] !== other[at]) return one[at] < other[at];
  }
  return one.length < other.length;
}
