// The wasm inside a script is compressed: what a worker's script weighs is paid at each of its starts.

/** Symbols by the next bits of the input, as `symbol << 4 | length of its code`. */
interface Codes {
  readonly table: Uint16Array;
  readonly mask: number;
}

/** The order in which a block lists the lengths of the code that the lengths of its codes are in. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/** Extra bits of the lengths 257… and of the distances 0…. */
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
/** Bytes in front of the first block, where a file has no name (RFC 1952 §2.3). */
const HEADER = 10;

/** What `input`, a gzip file without a name, was made of; the browser's own work where it has it. */
export async function gunzip(input: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (!("DecompressionStream" in globalThis)) return gunzipNow(input);
  const { body } = new Response(input);
  if (!body) return gunzipNow(input);
  const stream = body.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The same at once; ten times slower (RFC 1951). */
export function gunzipNow(input: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const output = new Uint8Array(new DataView(input.buffer, input.byteOffset).getUint32(input.length - 4, true));
  const lengthsFrom = [...sums(3, LENGTH_BITS.slice(0, -1)), 258];
  const distancesFrom = sums(1, DISTANCE_BITS);
  let [read, written, held, count] = [HEADER, 0, 0, 0];
  const fill = (wanted: number) => {
    for (; count < wanted; count += 8) held |= (input[read++] ?? 0) << count;
  };
  const drop = (bits: number) => {
    held >>>= bits;
    count -= bits;
  };
  const bits = (wanted: number) => {
    fill(wanted);
    const value = held & ((1 << wanted) - 1);
    drop(wanted);
    return value;
  };
  const symbol = ({ table, mask }: Codes) => {
    fill(15);
    const found = table[held & mask] as number;
    drop(found & 15);
    return found >> 4;
  };
  const stored = () => {
    read -= count >> 3;
    held = count = 0;
    const length = bits(16);
    read += 2; // the same, inverted
    output.set(input.subarray(read, (read += length)), written);
    written += length;
  };
  const copied = (literals: Codes, distances: Codes) => {
    for (let next = symbol(literals); next !== 256; next = symbol(literals)) {
      if (next < 256) {
        output[written++] = next;
        continue;
      }
      const length = (lengthsFrom[next - 257] as number) + bits(LENGTH_BITS[next - 257] as number);
      const place = symbol(distances);
      const distance = (distancesFrom[place] as number) + bits(DISTANCE_BITS[place] as number);
      // One by one: what is copied may be part of the copy.
      for (const end = written + length; written < end; written++) output[written] = output[written - distance] as number;
    }
  };
  const described = (): [Codes, Codes] => {
    const [literals, distances, orders] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
    const lengths = new Uint8Array(19);
    for (const at of ORDER.slice(0, orders)) lengths[at] = bits(3);
    const code = codes(lengths);
    const all = new Uint8Array(literals + distances);
    for (let at = 0; at < all.length; ) {
      const next = symbol(code);
      if (next < 16) all[at++] = next;
      else if (next === 16) all.fill(all[at - 1] as number, at, (at += 3 + bits(2)));
      else at += next === 17 ? 3 + bits(3) : 11 + bits(7);
    }
    return [codes(all.subarray(0, literals)), codes(all.subarray(literals))];
  };
  for (let isLast = false; !isLast; ) {
    isLast = bits(1) === 1;
    const kind = bits(2);
    if (kind === 0) stored();
    else copied(...(kind === 1 ? fixed() : described()));
  }
  return output;
}

/** The code of blocks that describe none: RFC 1951 §3.2.6. */
function fixed(): [Codes, Codes] {
  const lengths = new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280);
  return [codes(lengths), codes(new Uint8Array(30).fill(5))];
}

/** The code whose symbols have these lengths: RFC 1951 §3.2.2. */
function codes(lengths: Uint8Array): Codes {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] = (counts[length] as number) + 1;
  counts[0] = 0;
  const next = new Uint16Array(16);
  for (let length = 1; length < 15; length++) next[length + 1] = ((next[length] as number) + (counts[length] as number)) << 1;
  const table = new Uint16Array(1 << Math.max(...lengths));
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    const code = next[length] as number;
    next[length] = code + 1;
    // The input has the first bit of a code in its lowest.
    let first = 0;
    for (let bit = 0; bit < length; bit++) first |= ((code >> bit) & 1) << (length - 1 - bit);
    for (let at = first; at < table.length; at += 1 << length) table[at] = (symbol << 4) | length;
  });
  return { table, mask: table.length - 1 };
}

/** The first of each range: a range has as many as its bits can count. */
function sums(first: number, bits: readonly number[]): number[] {
  return bits.map((_, at) => bits.slice(0, at).reduce((sum, more) => sum + (1 << more), first));
}
