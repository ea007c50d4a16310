//! nearcache: one client cache over everything a browser can remember, with HTTP semantics.
//!
//! The map of the house; the tree reads as the data flow, and dependencies point one way, down this list:
//! - `browser`: the only `#[wasm_bindgen]`; JS value → option struct → core → JS value (wasm only)
//! - `engine`: the one driver: carries decisions out over tiers, origin and clock
//! - `router`, `strategy`: which rule holds for a request, and what to do next
//! - `http`: RFC 9111 and friends
//! - `tier`, `origin`, `sync`: adapters behind one trait each, and what is true of all of them
//! - `directory`, `evict`, `stats`, `event`: what is stored where, what to drop first, what happened
//! - `model`, `error`: the nouns; everything may see them
#![forbid(unsafe_code)]

#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod directory;
#[cfg(target_arch = "wasm32")]
pub mod dom;
pub mod engine;
pub mod error;
pub mod event;
pub mod evict;
pub mod http;
pub mod model;
pub mod options;
pub mod origin;
pub mod router;
pub mod stats;
pub mod strategy;
pub mod sync;
pub mod tier;
