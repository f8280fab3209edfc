// A status list, as gate/trust/status_list.py: a few bits for each card, least significant first,
// unpacked from zlib within bounds.
export const MAX_LIST_BYTES = 8 << 20;

// Other values are the draft's reserve, and never read as valid.
const REASONS = [null, "revoked", "suspended"];

// Returns the unpacked bytes; throws an Error if `compressed` is not exactly one zlib stream, or has more
// than MAX_LIST_BYTES.
export async function unpack(compressed) {
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  const chunks = [];
  let total = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    chunks.push(read.value);
    total += read.value.length;
    if (total > MAX_LIST_BYTES) {
      await reader.cancel();
      throw new Error(`it unpacks to over ${MAX_LIST_BYTES} bytes`);
    }
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

// Returns what a list says against entry `index`: a reason, or null.
export function reasonAt({ bits, packed }, index) {
  if (index >= (packed.length * 8) / bits) return "malformed";
  const bit = index * bits;
  const value = (packed[Math.floor(bit / 8)] >> (bit % 8)) & ((1 << bits) - 1);
  return value < REASONS.length ? REASONS[value] : "malformed";
}
