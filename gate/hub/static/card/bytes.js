// Bytes as other things are written.
export function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function ascii(text) {
  return Array.from(text, (character) => character.charCodeAt(0));
}
