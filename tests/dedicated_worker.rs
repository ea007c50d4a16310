//! The tiers in a dedicated worker.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub)]

#[macro_use]
mod suite;
#[path = "suite/no_cookies.rs"]
mod no_cookies;
#[path = "suite/no_web_storage.rs"]
mod no_web_storage;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
