// What a code is that is no card, by how its text begins, as gate/card/other_codes.py; nothing is
// opened, looked up or kept.
const KINDS = [
  ["web_code", ["http://", "https://", "www.", "urlto:", "mebkm:"]],
  ["wifi_code", ["wifi:"]],
  ["contact_code", ["begin:vcard", "mecard:", "bizcard:", "tel:", "mailto:", "sms:", "smsto:"]],
  ["health_code", ["hc1:", "shc:/"]],
];
const MAX_CHARS = 16;

// What Python takes for space, which trimStart does not: it leaves 1c to 1f and 85, and strips feff.
const SPACE_BEFORE = /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

// Tells whether a text says that it is a set-up code, of any version (gate/trust/set_up_text.py).
export function isSetUpCode(text) {
  return /^GE[0-9]+:/.test(text);
}

// Returns the reason for refusing a text that is neither card nor set-up code.
export function kindOf(text) {
  const begins = text.slice(0, MAX_CHARS).replace(SPACE_BEFORE, "").toLowerCase();
  const found = KINDS.find(([, beginnings]) => beginnings.some((one) => begins.startsWith(one)));
  return found === undefined ? "malformed" : found[0];
}
