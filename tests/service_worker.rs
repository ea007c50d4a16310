//! The tiers in a service worker.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub)]

#[macro_use]
mod suite;
#[path = "suite/cookie.rs"]
mod cookie;
#[path = "suite/no_web_storage.rs"]
mod no_web_storage;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_service_worker);
