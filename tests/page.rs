//! The tiers in a page.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub)]

#[macro_use]
mod suite;
#[path = "suite/cookie.rs"]
mod cookie;
#[path = "suite/web_storage.rs"]
mod web_storage;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
