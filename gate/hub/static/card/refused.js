// A text that is no card to be believed. `reason` is a word of gate.errors.Reason; the message is for
// engineers and never repeats what the text carried.
export class Refused extends Error {
  constructor(reason, detail) {
    super(`${reason}: ${detail}`);
    this.reason = reason;
  }
}

export function malformed(detail) {
  return new Refused("malformed", detail);
}
