// What a person's name may consist of, as gate/card/names.py: letters, marks and digits of Unicode 14,
// by the same frozen table, whatever Unicode this browser knows; for those NFC is the same for good.
import { NAME_RANGES } from "./name-ranges.js";

const MAX_BYTES = 64;
const NAME = new RegExp(`^[${characterClass()} '\u2019\\-\u2010.,]+$`, "u");

// Tells whether a text, which came from UTF-8, may stand as a holder's name.
export function isName(text) {
  return (
    NAME.test(text) &&
    new TextEncoder().encode(text).length <= MAX_BYTES &&
    !text.startsWith(" ") &&
    !text.startsWith("-") &&
    text === text.normalize("NFC")
  );
}

function characterClass() {
  const spans = NAME_RANGES.trim().split(/\s+/);
  return spans.map((span) => span.replace(/[0-9a-f]+/g, "\\u{$&}")).join("");
}
