// Base45 (RFC 9285), as gate/signing/base45.py: what `decode` returns encodes to the text alone.
import { malformed } from "./refused.js";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

// Returns a Uint8Array; throws Refused for anything that no bytes encode to.
export function decode(text) {
  if (text.length % 3 === 1) throw malformed("Base45: a character too many, or two too few");
  const out = new Uint8Array(Math.floor(text.length / 3) * 2 + (text.length % 3 === 2 ? 1 : 0));
  let place = 0;
  for (let start = 0; start < text.length; start += 3) {
    const group = text.slice(start, start + 3);
    let value = 0;
    for (let at = group.length - 1; at >= 0; at -= 1) value = value * 45 + digit(group[at]);
    const bytes = group.length - 1;
    if (value >= 256 ** bytes) throw malformed("Base45: characters that stand for too much");
    if (bytes === 2) out[place++] = value >> 8;
    out[place++] = value & 255;
  }
  return out;
}

function digit(character) {
  const found = ALPHABET.indexOf(character);
  if (found < 0) throw malformed("Base45: a character outside its alphabet");
  return found;
}
