//! Values of every kind that applications keep, as scripts.

use super::support::Holds;

/// What every tier keeps.
pub const TEXT: &[&str] = &[
    // Primitives.
    "''",
    "'text'",
    "'日本語 🗝 \\u0000 \\n \"quoted\" %25;,='",
    "'\\ud800 alone'",
    "0",
    "-0",
    "1.5e-300",
    "Number.MAX_SAFE_INTEGER",
    "NaN",
    "Infinity",
    "-Infinity",
    "true",
    "false",
    "null",
    "undefined",
    "0n",
    "-123456789012345678901234567890n",
    // Objects and lists.
    "{}",
    "[]",
    "[1, 'two', [3, [4]], null, undefined]",
    "{ a: { b: [{ c: 1 }, 'd'] }, 'e f': -0, g: undefined }",
    "{ $: 'Date', v: 1 }",
    "{ $$: 1, $: { $: 2 }, $x: [3] }",
    "JSON.parse('{ \"__proto__\": 1, \"constructor\": 2 }')",
    "{ 2: 'b', 1: 'a', z: 1, y: 2 }",
    // Dates.
    "new Date(1700000000123)",
    "new Date(-1)",
    "new Date(NaN)",
    // Collections.
    "new Map([['a', 1], [{ b: 1 }, new Map([[NaN, -0]])], [undefined, null]])",
    "new Set([1, 'one', { one: 1 }, new Set([new Date(0)])])",
    // Bytes.
    "new Uint8Array([0, 1, 127, 128, 255])",
    "new Uint8ClampedArray([1, 2])",
    "new Int8Array([-1, 1])",
    "new Int16Array([-300, 300])",
    "new Uint16Array([1, 65535])",
    "new Int32Array([-70000])",
    "new Uint32Array([4294967295])",
    "new Float32Array([1.5, NaN, -0])",
    "new Float64Array([Math.PI, Infinity])",
    "new BigInt64Array([-1n])",
    "new BigUint64Array([18446744073709551615n])",
    "new Uint8Array([1, 2, 3, 4]).subarray(1, 3)",
    "new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2)",
    "new Uint8Array([0, 200, 255]).buffer",
    "new ArrayBuffer(0)",
    "{ deep: [new Map([['bytes', new Uint8Array([255])]])] }",
];

/// What only some keep, and from which kind of tier on.
pub const RICH: &[(&str, Holds)] = &[
    ("new Blob(['blob', new Uint8Array([0, 255])], { type: 'text/x-test' })", Holds::Bodies),
    ("new Blob([])", Holds::Bodies),
    ("{ in: [new Blob(['blob'], { type: 'text/x-test' })] }", Holds::Clones),
    ("/a+/gi", Holds::Clones),
    ("{ why: new RangeError('no') }", Holds::Clones),
];

/// What no tier keeps as text, nor any other that cannot clone it.
pub const UNCLONEABLE: &[&str] =
    &["() => 1", "{ f() {} }", "Symbol('s')", "[new WeakMap()]", "Promise.resolve()"];

/// 5 MB of each kind that bodies have.
pub const LARGE: &[&str] = &[
    "'x'.repeat(5 * 1024 * 1024)",
    "new Uint8Array(5 * 1024 * 1024).map((_, index) => index)",
    "new Uint8Array(5 * 1024 * 1024).map((_, index) => index).buffer",
    "new Blob([new Uint8Array(5 * 1024 * 1024).map((_, index) => index)])",
];
