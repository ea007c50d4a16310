async function same(one, other) {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  const kind = Object.prototype.toString.call(one);
  if (kind !== Object.prototype.toString.call(other)) return false;
  if (one instanceof Date) return Object.is(+one, +other);
  if (one instanceof RegExp || one instanceof Error) return String(one) === String(other);
  if (one instanceof Blob) {
    return one.type === other.type && same(await one.arrayBuffer(), await other.arrayBuffer());
  }
  if (one instanceof Map || one instanceof Set) return same([...one], [...other]);
  if (one instanceof ArrayBuffer || ArrayBuffer.isView(one)) {
    const bytes = (of) => new Uint8Array(of.buffer ?? of, of.byteOffset ?? 0, of.byteLength);
    const [left, right] = [bytes(one), bytes(other)];
    return left.length === right.length && left.every((byte, index) => byte === right[index]);
  }
  const names = Object.keys(one);
  const others = Object.keys(other);
  if (one.length !== other.length || names.length !== others.length) return false;
  for (const [index, name] of names.entries()) {
    if (name !== others[index] || !(await same(one[name], other[name]))) return false;
  }
  return true;
}
