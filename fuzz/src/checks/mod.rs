//! What holds for any bytes, a check a fuzz target: no panic, and what a second, slow look at the same bytes says.
//!
//! libFuzzer looks for bytes that break one (`make fuzz`); `tests/http/corpus.rs` replays what it found, and
//! `tests/http/parsers.rs` tries others on the stable toolchain.

mod cache_control;
mod cache_status;
mod dates;
mod decision;
mod dice;
mod exchange;
mod no_vary_search;
mod ranges;
mod structured;
mod vary;
mod wire;

/// A check; it panics where something doesn't hold.
pub(crate) type Check = fn(&[u8]);

/// Each target and its check.
pub(crate) const ALL: &[(&str, Check)] = &[
    ("cache_control", cache_control::check),
    ("dates", dates::check),
    ("vary", vary::check),
    ("structured", structured::check),
    ("ranges", ranges::check),
    ("no_vary_search", no_vary_search::check),
    ("cache_status", cache_status::check),
    ("decision", decision::check),
    ("wire", wire::check),
];

/// A field's value as the Fetch standard has it: one char a byte.
fn value(data: &[u8]) -> String {
    data.iter().copied().map(char::from).collect()
}
