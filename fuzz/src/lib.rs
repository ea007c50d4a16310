//! The fuzz targets' bodies. They stand in `checks`, which the native tests include too, to replay the corpora.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod checks;
#[path = "../../tests/http/model.rs"]
mod model;
#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../../tests/http/support.rs"]
mod support;

/// Runs the check called `target`.
pub fn check(target: &str, data: &[u8]) {
    let (_, check) = checks::ALL.iter().find(|(name, _)| *name == target).expect("a known target");
    check(data);
}
